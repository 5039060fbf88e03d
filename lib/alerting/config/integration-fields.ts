// The integrations that a receiver of Alertmanager 0.34 can have, and their fields. Source: Alertmanager's
// configuration page (docs/configuration.md) and the settings of its notify packages, read 2026-11.

import type { FieldKind, IntegrationFields } from '../../model/integration-fields.ts';

type Words = Partial<Record<FieldKind, string>>;

function integration(
  fields: Words,
  rules: Partial<Omit<IntegrationFields, 'fields'>> = {},
): IntegrationFields {
  const entries = Object.entries(fields).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, kind as FieldKind] as const),
  );
  return {
    sendResolved: rules.sendResolved ?? true,
    retries429: rules.retries429 ?? false,
    required: rules.required ?? [],
    exclusive: rules.exclusive ?? [],
    fields: { ...Object.fromEntries(entries), send_resolved: 'boolean', http_config: 'http' },
  };
}

/** By the part of the field's name before `_configs`, in the order in which Alertmanager numbers them. */
export const INTEGRATIONS: Readonly<Record<string, IntegrationFields>> = {
  webhook: integration(
    {
      secretUrl: 'url',
      secretFile: 'url_file',
      integer: 'max_alerts',
      duration: 'timeout',
      nested: 'payload',
    },
    { required: [['url', 'url_file']], exclusive: [['url', 'url_file']] },
  ),
  email: integration(
    {
      template: 'to from html text',
      text: 'smarthost hello auth_username auth_identity',
      secret: 'auth_password auth_secret',
      secretFile: 'auth_password_file auth_secret_file',
      boolean: 'require_tls force_implicit_tls',
      nested: 'tls_config headers threading',
    },
    {
      sendResolved: false,
      required: [['to'], ['smarthost', 'global.smtp_smarthost'], ['from', 'global.smtp_from']],
      exclusive: [['auth_password', 'auth_password_file']],
    },
  ),
  pagerduty: integration(
    {
      secret: 'service_key routing_key',
      secretFile: 'service_key_file routing_key_file',
      url: 'url',
      template: 'client client_url description severity source class component group',
      duration: 'timeout',
      nested: 'details images links',
    },
    {
      retries429: true,
      required: [['routing_key', 'routing_key_file', 'service_key', 'service_key_file']],
      exclusive: [
        ['routing_key', 'routing_key_file'],
        ['service_key', 'service_key_file'],
      ],
    },
  ),
  opsgenie: integration(
    {
      secret: 'api_key',
      secretFile: 'api_key_file',
      url: 'api_url',
      template: 'message description source tags note priority entity actions',
      boolean: 'update_alerts',
      nested: 'details responders',
    },
    {
      retries429: true,
      required: [['api_key', 'api_key_file', 'global.opsgenie_api_key', 'global.opsgenie_api_key_file']],
      exclusive: [['api_key', 'api_key_file']],
    },
  ),
  jsmops: integration(
    {
      text: 'cloud_id',
      url: 'api_url',
      template: 'message description source entity actions tags note priority',
      boolean: 'update_alerts',
      nested: 'details responders',
    },
    { retries429: true, required: [['cloud_id']] },
  ),
  wechat: integration(
    {
      secret: 'api_secret',
      secretFile: 'api_secret_file',
      text: 'corp_id message_type',
      template: 'message agent_id to_user to_party to_tag',
      url: 'api_url',
    },
    {
      sendResolved: false,
      required: [
        ['api_secret', 'api_secret_file', 'global.wechat_api_secret', 'global.wechat_api_secret_file'],
        ['corp_id', 'global.wechat_api_corp_id'],
      ],
    },
  ),
  slack: integration(
    {
      secretUrl: 'api_url',
      secret: 'app_token',
      secretFile: 'api_url_file app_token_file',
      url: 'app_url',
      template:
        'channel username color title title_link pretext text footer fallback callback_id icon_emoji icon_url image_url thumb_url message_text',
      boolean: 'short_fields link_names update_message post_updates_to_thread',
      nested: 'fields actions mrkdwn_in',
      duration: 'timeout',
    },
    {
      sendResolved: false,
      required: [
        [
          'api_url',
          'api_url_file',
          'app_token',
          'app_token_file',
          'global.slack_api_url',
          'global.slack_api_url_file',
          'global.slack_app_token',
          'global.slack_app_token_file',
        ],
      ],
      exclusive: [['api_url', 'api_url_file']],
    },
  ),
  victorops: integration(
    {
      secret: 'api_key',
      secretFile: 'api_key_file',
      url: 'api_url',
      template: 'routing_key message_type state_message entity_display_name monitoring_tool',
      nested: 'custom_fields',
    },
    {
      required: [
        ['routing_key'],
        ['api_key', 'api_key_file', 'global.victorops_api_key', 'global.victorops_api_key_file'],
      ],
      exclusive: [['api_key', 'api_key_file']],
    },
  ),
  pushover: integration(
    {
      secret: 'user_key token',
      secretFile: 'user_key_file token_file',
      template: 'title message url url_title device sound priority',
      duration: 'retry expire ttl',
      boolean: 'html monospace',
    },
    {
      required: [
        ['user_key', 'user_key_file'],
        ['token', 'token_file'],
      ],
      exclusive: [
        ['user_key', 'user_key_file'],
        ['token', 'token_file'],
        ['html', 'monospace'],
      ],
    },
  ),
  sns: integration(
    {
      template: 'api_url topic_arn phone_number target_arn subject message',
      nested: 'sigv4 attributes',
    },
    { required: [['topic_arn', 'phone_number', 'target_arn']] },
  ),
  telegram: integration(
    {
      url: 'api_url',
      secret: 'bot_token',
      secretFile: 'bot_token_file chat_id_file',
      integer: 'chat_id message_thread_id',
      template: 'message',
      boolean: 'disable_notifications',
      text: 'parse_mode',
    },
    {
      required: [
        ['bot_token', 'bot_token_file', 'global.telegram_bot_token', 'global.telegram_bot_token_file'],
        ['chat_id', 'chat_id_file'],
      ],
      exclusive: [['bot_token', 'bot_token_file']],
    },
  ),
  discord: integration(
    {
      secretUrl: 'webhook_url',
      secretFile: 'webhook_url_file',
      template: 'content title message',
      text: 'username avatar_url',
    },
    { required: [['webhook_url', 'webhook_url_file']], exclusive: [['webhook_url', 'webhook_url_file']] },
  ),
  webex: integration({ url: 'api_url', template: 'message room_id' }, { required: [['room_id']] }),
  msteams: integration(
    { secretUrl: 'webhook_url', secretFile: 'webhook_url_file', template: 'title summary text' },
    { required: [['webhook_url', 'webhook_url_file']], exclusive: [['webhook_url', 'webhook_url_file']] },
  ),
  msteamsv2: integration(
    { secretUrl: 'webhook_url', secretFile: 'webhook_url_file', template: 'title text' },
    { required: [['webhook_url', 'webhook_url_file']], exclusive: [['webhook_url', 'webhook_url_file']] },
  ),
  jira: integration(
    {
      url: 'api_url',
      text: 'api_type issue_type resolve_transition reopen_transition wont_fix_resolution',
      template: 'project summary description priority',
      duration: 'reopen_duration',
      nested: 'labels fields',
    },
    { retries429: true, required: [['project'], ['issue_type'], ['api_url', 'global.jira_api_url']] },
  ),
  rocketchat: integration(
    {
      url: 'api_url',
      secret: 'token token_id',
      secretFile: 'token_file token_id_file',
      template: 'channel color title title_link text emoji icon_url image_url thumb_url',
      boolean: 'short_fields link_names',
      nested: 'fields actions',
    },
    {
      sendResolved: false,
      required: [
        ['token', 'token_file', 'global.rocketchat_token', 'global.rocketchat_token_file'],
        ['token_id', 'token_id_file', 'global.rocketchat_token_id', 'global.rocketchat_token_id_file'],
      ],
      exclusive: [
        ['token', 'token_file'],
        ['token_id', 'token_id_file'],
      ],
    },
  ),
  incidentio: integration(
    {
      url: 'url',
      secretFile: 'url_file alert_source_token_file',
      secret: 'alert_source_token',
      integer: 'max_alerts',
      duration: 'timeout',
      nested: 'metadata',
    },
    { retries429: true, required: [['url', 'url_file']], exclusive: [['url', 'url_file']] },
  ),
  mattermost: integration(
    {
      secretUrl: 'webhook_url',
      secretFile: 'webhook_url_file',
      template:
        'channel username text fallback color pretext author_name author_link author_icon title title_link thumb_url footer footer_icon image_url icon_url icon_emoji',
      text: 'type',
      nested: 'attachments props priority fields',
    },
    {
      required: [
        [
          'webhook_url',
          'webhook_url_file',
          'global.mattermost_webhook_url',
          'global.mattermost_webhook_url_file',
        ],
      ],
      exclusive: [['webhook_url', 'webhook_url_file']],
    },
  ),
};

/** Fields of `global`, without those of receivers' own. */
export const GLOBAL_FIELDS: Readonly<Record<string, FieldKind>> = {
  resolve_timeout: 'duration',
  http_config: 'http',
  smtp_from: 'template',
  smtp_hello: 'text',
  smtp_smarthost: 'text',
  smtp_auth_username: 'text',
  smtp_auth_password: 'secret',
  smtp_auth_password_file: 'secretFile',
  smtp_auth_secret: 'secret',
  smtp_auth_secret_file: 'secretFile',
  smtp_auth_identity: 'text',
  smtp_require_tls: 'boolean',
  smtp_force_implicit_tls: 'boolean',
  smtp_tls_config: 'nested',
  slack_api_url: 'secretUrl',
  slack_api_url_file: 'secretFile',
  slack_app_token: 'secret',
  slack_app_token_file: 'secretFile',
  slack_app_url: 'url',
  pagerduty_url: 'url',
  opsgenie_api_url: 'url',
  opsgenie_api_key: 'secret',
  opsgenie_api_key_file: 'secretFile',
  wechat_api_url: 'url',
  wechat_api_secret: 'secret',
  wechat_api_secret_file: 'secretFile',
  wechat_api_corp_id: 'text',
  victorops_api_url: 'url',
  victorops_api_key: 'secret',
  victorops_api_key_file: 'secretFile',
  telegram_api_url: 'url',
  telegram_bot_token: 'secret',
  telegram_bot_token_file: 'secretFile',
  webex_api_url: 'url',
  rocketchat_api_url: 'url',
  rocketchat_token: 'secret',
  rocketchat_token_file: 'secretFile',
  rocketchat_token_id: 'secret',
  rocketchat_token_id_file: 'secretFile',
  mattermost_webhook_url: 'secretUrl',
  mattermost_webhook_url_file: 'secretFile',
  jira_api_url: 'url',
  jsmops_api_url: 'url',
};
