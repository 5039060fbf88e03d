// Kinds of integration by their channel.
import type { Channel } from './channel.ts';
import { discordChannel } from './chat/discord.ts';
import { mattermostChannel } from './chat/mattermost.ts';
import { pushoverChannel } from './chat/pushover.ts';
import { rocketChatChannel } from './chat/rocketchat.ts';
import { telegramChannel } from './chat/telegram.ts';
import { webexChannel } from './chat/webex.ts';
import { emailChannel } from './email.ts';
import { eventBridgeChannel } from './eventbridge.ts';
import { jiraChannel } from './jira/jira.ts';
import { jsmChannel, opsgenieChannel } from './opsgenie.ts';
import { opsItemChannel } from './opsitem.ts';
import { pagerDutyChannel } from './pagerduty.ts';
import { serviceNowChannel } from './servicenow.ts';
import { slackChannel } from './slack/slack.ts';
import { snsChannel } from './sns.ts';
import { teamsChannel } from './teams.ts';
import { victorOpsChannel } from './victorops.ts';
import { webhookChannel } from './webhook.ts';

/** The same kinds as CHANNEL_FIELDS; a test holds it. */
export const CHANNELS: Readonly<Record<string, Channel>> = {
  webhook: webhookChannel,
  slack: slackChannel,
  pagerduty: pagerDutyChannel,
  jsm: jsmChannel,
  opsgenie: opsgenieChannel,
  msteamsv2: teamsChannel,
  teamsworkflow: teamsChannel,
  email: emailChannel,
  sns: snsChannel,
  jira: jiraChannel,
  servicenow: serviceNowChannel,
  eventbridge: eventBridgeChannel,
  opsitem: opsItemChannel,
  discord: discordChannel,
  telegram: telegramChannel,
  pushover: pushoverChannel,
  webex: webexChannel,
  victorops: victorOpsChannel,
  mattermost: mattermostChannel,
  rocketchat: rocketChatChannel,
};
