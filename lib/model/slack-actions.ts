// What a button in a Slack message says back when it is pressed: written by the channel, read by whoever takes Slack's
// interactions.

export const SLACK_ACTIONS = {
  /** Its value is the signed part of the link that acknowledges, or the id of the incident. */
  acknowledge: 'tidewatch_acknowledge',
  /** Its value is the labels of the group, as JSON: silence what has them all, for an hour. */
  silence: 'tidewatch_silence',
} as const;
