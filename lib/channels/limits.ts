// What receivers take at most, with where it is written. Read 2026-11.

/** Of every template; a message of any channel is shorter. */
export const TEMPLATE_LIMITS = {
  /** Characters of a template. */
  source: 20_000,
  /** Time to write one text. */
  renderMs: 500,
  /** liquidjs counts what is made while rendering. */
  memory: 5_000_000,
  /** Characters of the text. */
  output: 200_000,
} as const;

/** Alerts that a message lists; the rest is counted. Ours. */
export const LISTED_ALERTS = 20;

/** @see docs.slack.dev/reference/block-kit/blocks; the sum over all blocks is undocumented (bolt-js #2509) */
export const SLACK = {
  blocks: 50,
  headerText: 150,
  sectionText: 3_000,
  fields: 10,
  fieldText: 2_000,
  buttonText: 75,
  buttonValue: 2_000,
  buttonUrl: 3_000,
  contextText: 2_000,
  /** Top-level text; docs.slack.dev/reference/methods/chat.postMessage */
  text: 4_000,
  allText: 12_000,
} as const;

/** @see developer.pagerduty.com/docs/send-alert-event */
export const PAGERDUTY = {
  eventBytes: 512_000,
  dedupKey: 255,
  summary: 1_024,
  description: 1_024,
  links: 20,
} as const;

/** @see docs.opsgenie.com/docs/alert-api#create-alert; the same for Jira Service Management */
export const OPSGENIE = {
  message: 130,
  alias: 512,
  description: 15_000,
  tags: 20,
  tag: 50,
  actions: 10,
  action: 50,
  detailsTotal: 8_000,
  entity: 512,
  source: 100,
  note: 25_000,
} as const;

/** @see learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using */
export const TEAMS = { cardBytes: 28_000 } as const;

/** @see docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html and .../dg/quotas.html */
export const EMAIL = {
  recipients: 50,
  /** RFC 5322, a line. */
  subject: 900,
  /** Gmail hides what is longer (102 KB). */
  htmlBytes: 100_000,
  textBytes: 100_000,
} as const;

/** @see docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const SNS = { subject: 100, messageBytes: 262_144, smsText: 1_600, attributes: 10 } as const;

/** A text message costs by parts of 70 characters when it has others than those of GSM. Ours. */
export const SMS_CHARS = 320;

/** @see developer.atlassian.com/cloud/jira/platform/rest/v3 (summary: 255; text fields: 32,767) */
export const JIRA = { summary: 255, description: 32_767, label: 255 } as const;

/** Columns of the table `incident` as ServiceNow ships it: dictionary entries. */
export const SERVICENOW = { shortDescription: 160, description: 4_000, correlationId: 100 } as const;

/** @see docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html: the size of an entry */
export const EVENTBRIDGE = { entryBytes: 262_144, detailType: 128, source: 256 } as const;

/** @see docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html */
export const OPSITEM = {
  title: 1_024,
  description: 2_048,
  source: 128,
  category: 64,
  operationalValue: 20_480,
} as const;

/** @see discord.com/developers/docs/resources/message#embed-object-embed-limits */
export const DISCORD = {
  content: 2_000,
  title: 256,
  description: 4_096,
  username: 80,
  total: 6_000,
} as const;

/** @see core.telegram.org/bots/api#sendmessage: after entities are read */
export const TELEGRAM = { text: 4_096 } as const;

/** @see pushover.net/api#limits */
export const PUSHOVER = {
  title: 250,
  message: 1_024,
  url: 512,
  urlTitle: 100,
  minRetrySeconds: 30,
  maxExpireSeconds: 10_800,
} as const;

/** @see developer.webex.com/docs/api/v1/messages/create-a-message */
export const WEBEX = { markdownBytes: 7_439 } as const;

/** @see help.victorops.com/knowledge-base/rest-endpoint-integration-guide; message as in Alertmanager */
export const VICTOROPS = { stateMessage: 20_480, entityId: 512 } as const;

/** Message_MaxAllowedSize of a server as it is shipped. */
export const ROCKETCHAT = { text: 5_000 } as const;

/** @see developers.mattermost.com/integrate/webhooks/incoming */
export const MATTERMOST = { text: 16_383 } as const;
