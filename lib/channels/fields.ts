// The kinds of integration that can be deployed and the fields each takes: read by the configuration, which refuses the
// others, and by the channels. Names are Alertmanager's wherever it has the kind; see docs/channels.md.
import type { FieldKind, IntegrationFields } from '../model/integration-fields.ts';

type Words = Partial<Record<FieldKind, string>>;

/** What every channel that speaks HTTP takes. */
const HTTP: Words = { http: 'http_config', duration: 'timeout' };

function channel(
  words: readonly Words[],
  rules: Partial<Omit<IntegrationFields, 'fields' | 'retries429'>> = {},
): IntegrationFields {
  const entries = words.flatMap((part) =>
    Object.entries(part).flatMap(([kind, names]) =>
      names.split(' ').map((name) => [name, kind as FieldKind] as const),
    ),
  );
  return {
    sendResolved: rules.sendResolved ?? true,
    // A channel says by its answer what is tried again; see lib/channels/http-answer.ts.
    retries429: true,
    required: rules.required ?? [],
    exclusive: rules.exclusive ?? [],
    fields: { ...Object.fromEntries(entries), send_resolved: 'boolean', otherwise: 'otherwise' },
  };
}

const OPSGENIE: Words = {
  secret: 'api_key',
  url: 'api_url',
  template: 'message description source tags note priority entity actions',
  boolean: 'update_alerts',
  nested: 'details responders',
};
const TEAMS: Words = { secretUrl: 'webhook_url', template: 'title text' };

/** Every kind that can be deployed, with all its fields. */
export const CHANNEL_FIELDS: Readonly<Record<string, IntegrationFields>> = {
  webhook: channel([{ secretUrl: 'url', integer: 'max_alerts', secret: 'signing_secret' }, HTTP], {
    required: [['url']],
  }),
  slack: channel(
    [
      {
        secretUrl: 'api_url',
        secret: 'app_token',
        url: 'app_url',
        template: 'channel username color title title_link text fallback icon_emoji icon_url',
        boolean: 'update_message post_updates_to_thread interactive',
      },
      HTTP,
    ],
    {
      sendResolved: false,
      required: [['api_url', 'app_token', 'global.slack_api_url', 'global.slack_app_token']],
      exclusive: [['api_url', 'app_token']],
    },
  ),
  pagerduty: channel(
    [
      {
        secret: 'routing_key service_key',
        url: 'url',
        template: 'client client_url description severity source class component group',
        nested: 'details images links',
      },
      HTTP,
    ],
    { required: [['routing_key', 'service_key']], exclusive: [['routing_key', 'service_key']] },
  ),
  jsm: channel([OPSGENIE, HTTP], { required: [['api_key']] }),
  opsgenie: channel([OPSGENIE, HTTP], { required: [['api_key', 'global.opsgenie_api_key']] }),
  msteamsv2: channel([TEAMS, HTTP], { required: [['webhook_url']] }),
  teamsworkflow: channel([TEAMS, HTTP], { required: [['webhook_url']] }),
  email: channel(
    [
      {
        template: 'to from reply_to title html text',
        text: 'configuration_set',
        nested: 'headers',
      },
    ],
    { sendResolved: false, required: [['to'], ['from', 'global.smtp_from']] },
  ),
  sns: channel([{ template: 'topic_arn phone_number target_arn subject message', nested: 'attributes' }], {
    required: [['topic_arn', 'phone_number', 'target_arn']],
    exclusive: [['topic_arn', 'phone_number', 'target_arn']],
  }),
  jira: channel(
    [
      {
        url: 'api_url',
        text: 'api_type issue_type resolve_transition reopen_transition wont_fix_resolution user',
        secret: 'api_token',
        template: 'project summary description priority',
        duration: 'reopen_duration',
        nested: 'labels fields',
      },
      HTTP,
    ],
    {
      required: [
        ['project'],
        ['issue_type'],
        ['api_url', 'global.jira_api_url'],
        // Jira answers 401 to whoever says nothing of who he is.
        ['api_token', 'http_config', 'global.http_config'],
      ],
    },
  ),
  servicenow: channel(
    [
      {
        url: 'api_url',
        text: 'user table close_code resolved_state',
        secret: 'password token',
        template: 'short_description description assignment_group cmdb_ci impact urgency',
        nested: 'fields',
      },
      HTTP,
    ],
    { required: [['api_url'], ['password', 'token', 'http_config']], exclusive: [['password', 'token']] },
  ),
  eventbridge: channel([{ text: 'event_bus source' }]),
  opsitem: channel([
    {
      template: 'title description',
      text: 'source category',
      boolean: 'resolve',
      nested: 'operational_data',
    },
  ]),
  discord: channel(
    [{ secretUrl: 'webhook_url', template: 'content title message', text: 'username avatar_url' }, HTTP],
    { required: [['webhook_url']] },
  ),
  telegram: channel(
    [
      {
        secret: 'bot_token',
        url: 'api_url',
        text: 'chat_id',
        integer: 'message_thread_id',
        template: 'message',
        boolean: 'disable_notifications',
      },
      HTTP,
    ],
    { required: [['bot_token', 'global.telegram_bot_token'], ['chat_id']] },
  ),
  pushover: channel(
    [
      {
        secret: 'user_key token',
        template: 'title message url url_title device sound priority',
        duration: 'retry expire ttl',
      },
      HTTP,
    ],
    { required: [['user_key'], ['token']] },
  ),
  webex: channel([{ url: 'api_url', secret: 'token', template: 'message room_id' }, HTTP], {
    required: [['room_id'], ['token', 'http_config']],
  }),
  victorops: channel(
    [
      {
        secret: 'api_key',
        url: 'api_url',
        template: 'routing_key message_type state_message entity_display_name monitoring_tool',
        nested: 'custom_fields',
      },
      HTTP,
    ],
    { required: [['routing_key'], ['api_key', 'global.victorops_api_key']] },
  ),
  mattermost: channel(
    [{ secretUrl: 'webhook_url', template: 'channel username title text color icon_url icon_emoji' }, HTTP],
    { required: [['webhook_url', 'global.mattermost_webhook_url']] },
  ),
  rocketchat: channel(
    [
      {
        url: 'api_url',
        secret: 'token token_id',
        template: 'channel color title title_link text emoji icon_url',
      },
      HTTP,
    ],
    {
      sendResolved: false,
      required: [
        ['token', 'global.rocketchat_token'],
        ['token_id', 'global.rocketchat_token_id'],
        ['channel'],
      ],
    },
  ),
};

/** Kinds of Alertmanager that cannot be deployed, and what to write instead. */
export const REFUSED_KINDS: Readonly<Record<string, string>> = {
  jsmops: 'write kind `jsm` with the `api_key` of an integration of Jira Service Management',
  msteams:
    'Microsoft has ended Office 365 connectors; make a workflow "when a webhook request is received" and write kind `msteamsv2`',
  wechat: 'there is no channel for WeChat; a `webhook` to a bridge can take its place',
  incidentio: 'there is no channel for incident.io; its HTTP source takes kind `webhook`',
};

/** Fields of Alertmanager that mean nothing here, by kind: what to know instead. */
export const REFUSED_FIELDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  webhook: { payload: 'the body is that of webhook version 4; a shape of your own is not written' },
  email: Object.fromEntries(
    'smarthost hello auth_username auth_identity auth_password auth_secret require_tls force_implicit_tls tls_config threading http_config'
      .split(' ')
      .map((field) => [field, 'mail is sent by Amazon SES with the role of the function; leave it out']),
  ),
  mattermost: Object.fromEntries(
    'fallback pretext author_name author_link author_icon title_link thumb_url footer footer_icon image_url type attachments props priority fields'
      .split(' ')
      .map((field) => [field, 'write what the message should say into `title` and `text`']),
  ),
  slack: Object.fromEntries(
    'pretext footer callback_id image_url thumb_url message_text short_fields link_names fields actions mrkdwn_in'
      .split(' ')
      .map((field) => [
        field,
        'messages are made of blocks; write what it should say into `title` and `text`',
      ]),
  ),
  sns: {
    api_url: 'the endpoint is that of the Region',
    sigv4: 'messages are signed with the role of the function',
    http_config: 'messages are sent with the role of the function',
  },
  rocketchat: Object.fromEntries(
    'image_url thumb_url short_fields link_names fields actions'
      .split(' ')
      .map((field) => [field, 'write what the message should say into `title` and `text`']),
  ),
  telegram: { parse_mode: 'messages are sent as HTML' },
  pushover: { html: 'messages are sent as HTML', monospace: 'messages are sent as HTML' },
};

/** Fields of `http_config` that are understood. */
export const HTTP_CONFIG_FIELDS: ReadonlySet<string> = new Set([
  'authorization',
  'basic_auth',
  'bearer_token',
  'http_headers',
  'follow_redirects',
  'enable_http2',
]);

/** Where a field that is not written is taken from in `global`. */
export const GLOBAL_FALLBACKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  slack: { api_url: 'slack_api_url', app_token: 'slack_app_token', app_url: 'slack_app_url' },
  pagerduty: { url: 'pagerduty_url' },
  opsgenie: { api_key: 'opsgenie_api_key', api_url: 'opsgenie_api_url' },
  email: { from: 'smtp_from' },
  jira: { api_url: 'jira_api_url' },
  telegram: { bot_token: 'telegram_bot_token', api_url: 'telegram_api_url' },
  victorops: { api_key: 'victorops_api_key', api_url: 'victorops_api_url' },
  webex: { api_url: 'webex_api_url' },
  mattermost: { webhook_url: 'mattermost_webhook_url' },
  rocketchat: { token: 'rocketchat_token', token_id: 'rocketchat_token_id', api_url: 'rocketchat_api_url' },
};
