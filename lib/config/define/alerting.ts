// What a user writes about alert routing: an alertmanager.yml in TypeScript. Names are Alertmanager's in camelCase.
import type { SecretReference } from '../../model/notification.ts';

/**
 * Who is told about which alerts, and when.
 * @example
 * alerting: {
 *   route: { receiver: 'tickets', groupBy: ['alertname'], routes: [{ matchers: ['severity="page"'], receiver: 'pager' }] },
 *   receivers: [
 *     { name: 'tickets', slack: [{ appToken: { secret: 'tidewatch/slack' }, channel: '#alerts' }] },
 *     { name: 'pager', pagerduty: [{ routingKey: { parameter: '/tidewatch/pagerduty' } }] },
 *   ],
 * }
 */
export interface AlertingConfig {
  /** An alertmanager.yml with references instead of secrets, instead of everything below up to `timeIntervals`. */
  readonly alertmanagerFile?: string;
  readonly global?: AlertingGlobalConfig;
  readonly route?: AlertRouteConfig;
  readonly receivers?: readonly AlertReceiverConfig[];
  readonly inhibitRules?: readonly InhibitRuleConfig[];
  readonly timeIntervals?: readonly TimeIntervalConfig[];
  /** Silences that come again, such as each night; beside `alertmanagerFile` too. */
  readonly recurringSilences?: readonly RecurringSilenceConfig[];
  /**
   * Receivers that keep state of their own (PagerDuty, Jira, …) are told of a resolve although the alert is muted by
   * then, which Alertmanager does not do. Default: true.
   */
  readonly resolveWhenMuted?: boolean;
  /**
   * Puts out an alert `TidewatchSilenceEnds` of severity info a quarter of an hour before a silence of an hour or more
   * ends. Default: true.
   */
  readonly silenceReminder?: boolean;
  /** Gives each notification a score of 0 to 100 from what its alerts say of their weight. Default: true. */
  readonly priorityScore?: boolean;
  /**
   * An alert that ended `times` (default 4) within `within` (default "30m", at most "1h") flaps: that is told once, and
   * then nothing of it until it has been steady for half of that time. P1 is never held. Default: true.
   */
  readonly flapping?: boolean | { readonly times?: number; readonly within?: string };
  /** Takes the changes of CloudWatch alarms of this account and Region as alerts. Default: false. */
  readonly cloudwatchAlarms?: boolean | CloudWatchAlarmsConfig;
  /** ARNs of SNS topics whose messages are taken as alerts; subscribe them to `<ApiUrl>/sns`. */
  readonly snsTopics?: readonly string[];
}

/** @example { name: 'nights', matchers: ['env="test"'], timeInterval: { times: [{ startTime: '00:00', endTime: '06:00' }] } } */
export interface RecurringSilenceConfig {
  /** The API shows it as `recurring-<name>`. */
  readonly name: string;
  /** All must hold, and not everything may match. */
  readonly matchers: readonly MatcherConfig[];
  /** Name of one of `timeIntervals`, or when it holds: one of several. */
  readonly timeInterval: string | TimeRangeConfig | readonly TimeRangeConfig[];
  readonly comment?: string;
}

export interface CloudWatchAlarmsConfig {
  /** Only alarms whose name begins with one of these. */
  readonly namePrefixes?: readonly string[];
  /** Whether INSUFFICIENT_DATA ends the alert (`resolve`, default), leaves it as it is (`keep`) or fires (`fire`). */
  readonly insufficientData?: 'resolve' | 'keep' | 'fire';
  /** The `severity` of an alarm without a tag of that name. Default: `ticket`. */
  readonly severity?: string;
}

/** What integrations have when they do not say it themselves. */
export interface AlertingGlobalConfig {
  /** When an alert that was posted without an end is given up. Default: "5m". */
  readonly resolveTimeout?: string;
  readonly httpConfig?: HttpConfig;
  readonly smtpFrom?: string;
  readonly slackApiUrl?: SecretReference;
  readonly slackAppToken?: SecretReference;
  readonly slackAppUrl?: string;
  readonly pagerdutyUrl?: string;
  readonly opsgenieApiKey?: SecretReference;
  readonly opsgenieApiUrl?: string;
  readonly jiraApiUrl?: string;
  readonly telegramBotToken?: SecretReference;
  readonly telegramApiUrl?: string;
  readonly victoropsApiKey?: SecretReference;
  readonly victoropsApiUrl?: string;
  readonly webexApiUrl?: string;
  readonly mattermostWebhookUrl?: SecretReference;
}

/** A node of the tree: an alert goes down to the first child that matches, and on to the next after `continue`. */
export interface AlertRouteConfig {
  /** Needed at the root; children inherit it. */
  readonly receiver?: string;
  /** Labels by which alerts become one notification; `['...']` for each alert its own. */
  readonly groupBy?: readonly string[];
  /** All must hold. Not at the root. */
  readonly matchers?: readonly MatcherConfig[];
  readonly continue?: boolean;
  /** Default: "30s". */
  readonly groupWait?: string;
  /** Default: "5m". */
  readonly groupInterval?: string;
  /** Default: "4h". */
  readonly repeatInterval?: string;
  readonly muteTimeIntervals?: readonly string[];
  readonly activeTimeIntervals?: readonly string[];
  /** Given to notifications. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly routes?: readonly AlertRouteConfig[];
}

/** @example 'severity=~"page|critical"' @example { name: 'team', operator: '=', value: 'web' } */
export type MatcherConfig =
  | string
  | {
      readonly name: string;
      /** Default: "=". */
      readonly operator?: '=' | '!=' | '=~' | '!~';
      readonly value: string;
    };

export interface InhibitRuleConfig {
  readonly name?: string;
  readonly sourceMatchers: readonly MatcherConfig[];
  readonly targetMatchers: readonly MatcherConfig[];
  /** Labels that must have the same value on both sides. */
  readonly equal?: readonly string[];
}

export interface TimeIntervalConfig {
  readonly name: string;
  readonly timeIntervals: readonly TimeRangeConfig[];
}

/** What is left out holds always. */
export interface TimeRangeConfig {
  readonly times?: readonly { readonly startTime: string; readonly endTime: string }[];
  /** Such as "monday:friday". */
  readonly weekdays?: readonly string[];
  /** Such as "1:5" or "-3:-1". */
  readonly daysOfMonth?: readonly string[];
  readonly months?: readonly string[];
  readonly years?: readonly string[];
  /** IANA name; default UTC. */
  readonly location?: string;
}

/** A name and the ways to tell; see docs/channels.md for the fields of each kind, written here in camelCase. */
export interface AlertReceiverConfig {
  readonly name: string;
  readonly webhook?: readonly WebhookConfig[];
  readonly slack?: readonly (ChannelConfig & SlackFields)[];
  readonly pagerduty?: readonly (ChannelConfig & {
    readonly routingKey?: SecretReference;
    readonly serviceKey?: SecretReference;
    readonly severity?: string;
    readonly description?: string;
    readonly details?: Readonly<Record<string, string>>;
  })[];
  readonly jsm?: readonly OpsgenieConfig[];
  readonly opsgenie?: readonly OpsgenieConfig[];
  readonly msteamsv2?: readonly TeamsConfig[];
  readonly teamsworkflow?: readonly TeamsConfig[];
  readonly email?: readonly (ChannelConfig & {
    readonly to: string;
    readonly from?: string;
    readonly replyTo?: string;
    readonly title?: string;
    readonly html?: string;
    readonly text?: string;
    readonly configurationSet?: string;
  })[];
  readonly sns?: readonly (ChannelConfig & {
    readonly topicArn?: string;
    readonly phoneNumber?: string;
    readonly targetArn?: string;
    readonly subject?: string;
    readonly message?: string;
  })[];
  readonly jira?: readonly (ChannelConfig & {
    readonly project: string;
    readonly issueType: string;
    readonly apiUrl?: string;
    readonly user?: string;
    readonly apiToken?: SecretReference;
    readonly summary?: string;
    readonly description?: string;
  })[];
  readonly servicenow?: readonly (ChannelConfig & {
    readonly apiUrl: string;
    readonly user?: string;
    readonly password?: SecretReference;
    readonly token?: SecretReference;
    readonly assignmentGroup?: string;
  })[];
  readonly eventbridge?: readonly (ChannelConfig & {
    readonly eventBus?: string;
    readonly source?: string;
  })[];
  readonly opsitem?: readonly (ChannelConfig & { readonly title?: string; readonly description?: string })[];
  readonly discord?: readonly (ChannelConfig & { readonly webhookUrl: SecretReference })[];
  readonly telegram?: readonly (ChannelConfig & {
    readonly botToken?: SecretReference;
    readonly chatId: string;
    readonly message?: string;
  })[];
  readonly pushover?: readonly (ChannelConfig & {
    readonly userKey: SecretReference;
    readonly token: SecretReference;
  })[];
  readonly webex?: readonly (ChannelConfig & { readonly roomId: string; readonly token?: SecretReference })[];
  readonly victorops?: readonly (ChannelConfig & {
    readonly apiKey?: SecretReference;
    readonly routingKey: string;
  })[];
  readonly mattermost?: readonly (ChannelConfig & {
    readonly webhookUrl?: SecretReference;
    readonly channel?: string;
  })[];
  /** Opens an incident and starts a policy of `onCall`. */
  readonly escalation?: readonly { readonly policy: string; readonly sendResolved?: boolean }[];
}

/** Further fields of a kind are checked when the configuration is compiled. */
export interface ChannelConfig {
  readonly sendResolved?: boolean;
  readonly httpConfig?: HttpConfig;
  readonly timeout?: string;
  /**
   * Told in this order when this one refuses, or answers nothing useful until the flush is over: the first that takes
   * it is the last that is told. At most 4.
   * @example [{ sns: { phoneNumber: '+4915100000000' } }, { email: { to: 'ops@example.com', from: 'tidewatch@example.com' } }]
   */
  readonly otherwise?: readonly Readonly<Record<string, ChannelConfig>>[];
  readonly [field: string]: unknown;
}

export interface HttpConfig {
  readonly authorization?: { readonly type?: string; readonly credentials: SecretReference };
  readonly basicAuth?: { readonly username: string; readonly password: SecretReference };
  readonly bearerToken?: SecretReference;
  readonly httpHeaders?: Readonly<Record<string, unknown>>;
  readonly followRedirects?: boolean;
}

export interface WebhookConfig extends ChannelConfig {
  readonly url: SecretReference;
  readonly maxAlerts?: number;
  /** Signs each body. */
  readonly signingSecret?: SecretReference;
}

interface SlackFields {
  /** An incoming webhook, or `appToken` with `channel`. */
  readonly apiUrl?: SecretReference;
  readonly appToken?: SecretReference;
  readonly channel?: string;
  readonly title?: string;
  readonly text?: string;
}

interface OpsgenieConfig extends ChannelConfig {
  readonly apiKey?: SecretReference;
  readonly apiUrl?: string;
  readonly priority?: string;
}

interface TeamsConfig extends ChannelConfig {
  readonly webhookUrl: SecretReference;
  readonly title?: string;
  readonly text?: string;
}
