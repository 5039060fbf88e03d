// The rhythm of the alert contract (lib/model/alert.ts), for every evaluator of this folder.

/** How long an alert stands without being sent again. */
export const ALERT_TTL_MS = 15 * 60_000;
/** Sent again after five minutes; a little less, so that a schedule that is seconds early is no reason to skip one. */
export const RESEND_MS = 5 * 60_000 - 30_000;
