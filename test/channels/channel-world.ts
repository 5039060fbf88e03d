// A sender with a strict receiver behind each kind, secrets in a memory, and groups of every shape to tell of.
import type { ChannelPorts, HttpAnswer, HttpRequest } from '../../lib/channels/ports.ts';
import {
  type ChannelSender,
  createNotificationSender,
  type TemplateProblem,
} from '../../lib/channels/sender.ts';
import { PermanentError, RetryableError } from '../../lib/model/errors.ts';
import type {
  NotificationContent,
  NotificationContext,
  NotificationTarget,
  NotifiedAlert,
  SecretReference,
} from '../../lib/model/notification.ts';
import type { StrictServer } from '../support/channel-servers/strict.ts';
import {
  StrictBus,
  StrictMail,
  StrictOpsItems,
  StrictTopics,
} from '../support/channel-servers/strict-aws.ts';
import {
  strictDiscord,
  strictMattermost,
  strictPushover,
  strictRocketChat,
  strictTeams,
  strictTelegram,
  strictWebex,
  strictWebhook,
} from '../support/channel-servers/strict-chat.ts';
import {
  strictOpsgenie,
  strictPagerDuty,
  strictVictorOps,
} from '../support/channel-servers/strict-paging.ts';
import { strictSlack } from '../support/channel-servers/strict-slack.ts';
import { strictJira, strictServiceNow } from '../support/channel-servers/strict-tickets.ts';

export const NOW = Date.parse('2026-11-24T10:00:00Z');
export const CONTEXT: NotificationContext = { idempotencyKey: 'a1b2c3d4e5f6', now: NOW };

/** By name. */
export const SECRETS: Readonly<Record<string, string>> = {
  webhook: 'https://hooks.example.com/in/tok-9f86d081884c7d65',
  slackHook: 'https://hooks.slack.com/services/T000/B000/0a1b2c3d4e5f',
  slackToken: 'xoxb-1111-2222-abcdefABCDEF',
  pagerduty: 'R0123456789abcdef0123456789abcde',
  genie: 'genie-0a1b2c3d-4e5f',
  teams: 'https://prod-1.westeurope.logic.azure.com/workflows/abc/triggers/manual/run?sig=s3cr3tSignature',
  jira: 'ATATT3xFfGF0-jira',
  snow: 'snow-p@ss word',
  discord: 'https://discord.com/api/webhooks/123/dIsCoRdToKeN',
  telegram: '12345:AAtelegramTOKEN',
  pushToken: 'azGDORePK8gMaC0QOYAMyEEuzJnyUi',
  pushUser: 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG',
  webex: 'webex-bot-token-1',
  victorops: 'vo-558e7ebc-074d',
  mattermost: 'https://chat.example.com/hooks/mmHookKey123',
  rocketToken: 'rocket-token-9HqLlyZOugoStsXCUfD',
  rocketUser: 'aobEdbYhXfu5hkeqG',
  hmac: 'whsec-please-sign',
};

const at = (secret: string): SecretReference => ({ secret });
const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Settings of one integration of each kind. */
export const TARGETS: Readonly<Record<string, NotificationTarget>> = Object.fromEntries(
  Object.entries<Record<string, unknown>>({
    webhook: { url: at('webhook'), signing_secret: at('hmac') },
    slack: { app_token: at('slackToken'), channel: '#alerts', interactive: true },
    pagerduty: { routing_key: at('pagerduty') },
    jsm: { api_key: at('genie') },
    opsgenie: {
      api_key: at('genie'),
      tags: 'shop,{{ priority }}',
      details: { runbook: '{{ links.runbook }}' },
    },
    msteamsv2: { webhook_url: at('teams') },
    teamsworkflow: { webhook_url: at('teams') },
    email: { to: 'ada@example.com, Bob <bob@example.com>', from: 'Tidewatch <alerts@example.com>' },
    sns: { topic_arn: 'arn:aws:sns:eu-west-1:123456789012:alerts' },
    jira: {
      api_url: 'https://example.atlassian.net',
      user: 'bot@example.com',
      api_token: at('jira'),
      project: 'OPS',
      issue_type: 'Bug',
      labels: ['{{ commonLabels.service }}'],
      resolve_transition: 'Done',
      reopen_transition: 'Reopen',
      reopen_duration: '1h',
    },
    servicenow: { api_url: 'https://example.service-now.com', user: 'tidewatch', password: at('snow') },
    eventbridge: {},
    opsitem: {},
    discord: { webhook_url: at('discord') },
    telegram: { bot_token: at('telegram'), chat_id: '-1001' },
    pushover: {
      user_key: at('pushUser'),
      token: at('pushToken'),
      priority: '{% if priority == "P1" %}2{% else %}0{% endif %}',
    },
    webex: { token: at('webex'), room_id: 'room' },
    victorops: { api_key: at('victorops'), routing_key: 'on-call' },
    mattermost: { webhook_url: at('mattermost') },
    rocketchat: { token: at('rocketToken'), token_id: at('rocketUser'), channel: '#alerts' },
  }).map(([kind, fields]) => [kind, { kind, fields }]),
);

export interface ChannelWorld {
  readonly sender: ChannelSender;
  /** What was sent, in order. */
  readonly requests: HttpRequest[];
  readonly problems: TemplateProblem[];
  readonly secrets: Map<string, string>;
  readonly forgotten: string[];
  /** By host; a test may put another receiver in a place. */
  readonly servers: Map<string, StrictServer>;
  readonly slack: ReturnType<typeof strictSlack>;
  readonly pagerDuty: ReturnType<typeof strictPagerDuty>;
  readonly genie: ReturnType<typeof strictOpsgenie>;
  readonly jsm: ReturnType<typeof strictOpsgenie>;
  readonly victorOps: ReturnType<typeof strictVictorOps>;
  readonly jira: ReturnType<typeof strictJira>;
  readonly serviceNow: ReturnType<typeof strictServiceNow>;
  readonly mail: StrictMail;
  readonly topics: StrictTopics;
  readonly bus: StrictBus;
  readonly opsItems: StrictOpsItems;
}

export function channelWorld(
  options: Partial<Parameters<typeof createNotificationSender>[0]> = {},
): ChannelWorld {
  const secrets = new Map(Object.entries(SECRETS));
  const requests: HttpRequest[] = [];
  const problems: TemplateProblem[] = [];
  const forgotten: string[] = [];
  const pathOf = (secret: string) => new URL(SECRETS[secret]!).pathname;
  const slack = strictSlack(SECRETS.slackToken!, pathOf('slackHook'));
  const pagerDuty = strictPagerDuty(SECRETS.pagerduty!);
  const genie = strictOpsgenie('', SECRETS.genie!);
  const jsm = strictOpsgenie('/jsm/ops/integration', SECRETS.genie!);
  const victorOps = strictVictorOps(SECRETS.victorops!);
  const jira = strictJira(basic('bot@example.com', SECRETS.jira!));
  const serviceNow = strictServiceNow(basic('tidewatch', SECRETS.snow!));
  const servers = new Map<string, StrictServer>(
    Object.entries({
      'hooks.example.com': strictWebhook(pathOf('webhook')).serve,
      'slack.com': slack.serve,
      'hooks.slack.com': slack.serve,
      'events.pagerduty.com': pagerDuty.serve,
      'api.opsgenie.com': genie.serve,
      'api.atlassian.com': jsm.serve,
      'prod-1.westeurope.logic.azure.com': strictTeams(pathOf('teams')).serve,
      'example.atlassian.net': jira.serve,
      'example.service-now.com': serviceNow.serve,
      'discord.com': strictDiscord(pathOf('discord')).serve,
      'api.telegram.org': strictTelegram(SECRETS.telegram!).serve,
      'api.pushover.net': strictPushover(SECRETS.pushToken!, SECRETS.pushUser!).serve,
      'webexapis.com': strictWebex(SECRETS.webex!).serve,
      'alert.victorops.com': victorOps.serve,
      'open.rocket.chat': strictRocketChat(SECRETS.rocketToken!, SECRETS.rocketUser!).serve,
      'chat.example.com': strictMattermost(pathOf('mattermost')).serve,
    }),
  );
  const [mail, topics, bus, opsItems] = [
    new StrictMail(),
    new StrictTopics(),
    new StrictBus(),
    new StrictOpsItems(),
  ];
  const ports: ChannelPorts = {
    http: {
      async send(request): Promise<HttpAnswer> {
        requests.push(request);
        const serve = servers.get(new URL(request.url).host);
        if (serve === undefined) throw new RetryableError('unavailable', 'no such host');
        return serve(request);
      },
    },
    secrets: {
      async read(reference) {
        const name = 'secret' in reference ? reference.secret : reference.parameter;
        const text = secrets.get(name);
        if (text === undefined) throw new PermanentError('notFound', `secret ${name} does not exist`);
        return text;
      },
      forget: (reference) => forgotten.push('secret' in reference ? reference.secret : reference.parameter),
    },
    mail,
    topics,
    eventBus: bus,
    opsItems,
  };
  const sender = createNotificationSender({
    ports,
    onTemplateProblem: (problem) => problems.push(problem),
    ...options,
  });
  return {
    sender,
    requests,
    problems,
    secrets,
    forgotten,
    servers,
    slack,
    pagerDuty,
    genie,
    jsm,
    victorOps,
    jira,
    serviceNow,
    mail,
    topics,
    bus,
    opsItems,
  };
}

/** An alert of a shop that fires for 25 minutes. */
export function alertOf(instance: string, change: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    fingerprint: Buffer.from(instance.padEnd(8, '0').slice(0, 8)).toString('hex'),
    labels: { alertname: 'CheckoutFails', service: 'checkout', severity: 'page', instance },
    annotations: {
      summary: 'Checkout fails for 12 % of customers',
      description: 'More than 5 % of checkouts have failed for 10 minutes.',
      impact: 'customers cannot pay',
      runbook_url: 'https://runbooks.example.com/checkout',
    },
    status: 'firing',
    startsAt: NOW - 25 * 60_000,
    endsAt: NOW + 15 * 60_000,
    generatorUrl: 'https://prometheus.example.com/graph?g0.expr=up&g0.tab=1',
    ...change,
  };
}

export function contentOf(
  alerts: readonly NotifiedAlert[],
  change: Partial<NotificationContent> = {},
): NotificationContent {
  const [first] = alerts;
  const { instance: _, ...common } = first?.labels ?? {};
  return {
    receiver: 'team-shop',
    groupKey: '{}/{service="checkout"}:{alertname="CheckoutFails"}',
    groupLabels: { alertname: 'CheckoutFails', service: 'checkout' },
    commonLabels: common,
    commonAnnotations: first?.annotations ?? {},
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    priority: 'P1',
    alerts,
    links: {
      runbook: 'https://runbooks.example.com/checkout',
      dashboard: 'https://grafana.example.com/d/checkout?from=now-1h&to=now',
      trace: 'https://tidewatch.example.com/trace/1-5f84c7a1-0123456789abcdef01234567',
      logs: 'https://tidewatch.example.com/logs?q=checkout',
      acknowledge: 'https://api.example.com/ack/signed-token',
      incident: 'https://api.example.com/incidents/inc-42',
    },
    externalUrl: 'https://api.example.com',
    remarks: [],
    ...change,
  };
}

const resolvedOf = (instance: string) => alertOf(instance, { status: 'resolved', endsAt: NOW - 60_000 });

/** Groups that are told of, by name. */
export const CONTENTS: Readonly<Record<string, NotificationContent>> = {
  firing: contentOf([alertOf('web-1')]),
  updated: contentOf([alertOf('web-1'), alertOf('web-2', { startsAt: NOW - 60_000 }), resolvedOf('web-3')], {
    remarks: ['Escalated: nobody acknowledged within 10 minutes'],
  }),
  resolved: contentOf([resolvedOf('web-1')]),
};

const ODD = 'a\u0000b\ud800 😀<b>&amp;|`*_~"\'\\ \u202e\u2028{{ x }} <!channel> @everyone %2F\r\n𝒳é';

/** Groups that strain every limit. */
export const HARD_CONTENTS: Readonly<Record<string, NotificationContent>> = {
  '500 alerts': contentOf(
    Array.from({ length: 500 }, (_, i) =>
      alertOf(`web-${i}.very.long.host.name.of.a.machine.example.com`, {
        annotations: { summary: `Checkout ${i} fails. `.repeat(20), description: 'why '.repeat(200) },
      }),
    ),
  ),
  'odd Unicode': contentOf(
    [
      alertOf(ODD, {
        labels: { alertname: ODD, [ODD]: ODD },
        annotations: { summary: ODD, description: ODD },
      }),
    ],
    {
      groupLabels: { [ODD]: ODD },
      commonLabels: { alertname: ODD, service: ODD, severity: ODD },
      commonAnnotations: { summary: ODD, description: ODD },
      remarks: [ODD],
      links: { runbook: 'javascript:alert(1)', dashboard: `https://example.com/${'<>"|)'}` },
    },
  ),
  'huge annotations': contentOf(
    [
      alertOf('web-1', {
        annotations: {
          summary: '€'.repeat(200_000),
          description: '😀'.repeat(200_000),
          impact: 'x'.repeat(50_000),
        },
      }),
    ],
    {
      commonLabels: Object.fromEntries(
        Array.from({ length: 300 }, (_, i) => [`label_${i}`, 'v'.repeat(300)]),
      ),
      groupLabels: { alertname: 'n'.repeat(5_000), service: 's'.repeat(5_000) },
      remarks: ['r'.repeat(20_000)],
      links: { dashboard: `https://example.com/${'d'.repeat(5_000)}` },
    },
  ),
  'no words at all': contentOf([alertOf('', { labels: {}, annotations: {} })], {
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    links: {},
    generatorUrl: '',
  } as Partial<NotificationContent>),
  'no alerts': contentOf([], { status: 'resolved' }),
};
