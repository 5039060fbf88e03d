// `tidewatch alerts`: `replay` plays a history of alerts against an Alertmanager configuration, on a virtual clock; the
// others are about a running deployment.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { wrongUsage } from '../failures.ts';
import { printLine, say, wantsJson } from '../output.ts';
import { registerLiveAlerts } from './alerts-live.ts';

interface ReplayCommandOptions {
  readonly config: string;
  readonly events: string;
  readonly until?: string;
  readonly start?: string;
}

const HELP = `
Examples:
  tidewatch alerts replay --config alertmanager.yml --events history.jsonl
  tidewatch alerts replay --config tidewatch.config.ts --events history.jsonl --until 10m --json

Events, one JSON object a line (times count from the start):
  { "at": "70s", "labels": {…}, "annotations": {…}, "startsAt"?, "endsAt"?: "100s" }
  { "at": "80s", "silence": { "matchers": [{ "name", "value", "isRegex", "isEqual" }], "endsAt": "1h" } }
  { "at": "90s", "expireSilence": 0 }
  { "at": "95s", "receiverFails": { "receiver", "until": "2m", "status": 503 } }

With --json, one line for each notification delivered: { at, receiver, groupKey, status, alerts: [{ labels, status }] }`;

/** Adds `alerts` to the program. */
export function registerAlerts(program: Command): void {
  const alerts = program.command('alerts').description('alerts and how they are routed');
  registerLiveAlerts(alerts);
  alerts
    .command('replay')
    .description('play alerts, silences and failures against a configuration, and list what is delivered')
    .requiredOption('--config <file>', 'alertmanager.yml or tidewatch.config.ts')
    .requiredOption('--events <jsonl>', 'what happens, one JSON object a line')
    .option('--until <time>', 'end of the replay, such as "10m" (default: the time of the last event)')
    .option('--start <time>', 'the start on the calendar, for time intervals (ISO 8601; default: 1970-01-01)')
    .addHelpText('after', HELP)
    .action((options: ReplayCommandOptions, command: Command) => replayAlerts(options, wantsJson(command)));
}

async function replayAlerts(options: ReplayCommandOptions, json: boolean): Promise<void> {
  const [{ readRoutingFile }, { parseReplayEvents, parseReplayTime }, { replay }] = await Promise.all([
    import('../routing-file.ts'),
    import('../../alerting/replay/replay-events.ts'),
    import('../../alerting/replay/replay.ts'),
  ]);
  const { until, start } = options;
  // Seconds may be given as a bare number, as they are printed.
  const untilMs =
    until === undefined ? undefined : parseReplayTime(/^[\d.]+$/.test(until) ? `${until}s` : until);
  if (until !== undefined && untilMs === undefined) {
    throw wrongUsage(`--until: expected a time such as "10m", got "${until}"`);
  }
  const startMs = start === undefined ? 0 : Date.parse(start);
  if (Number.isNaN(startMs)) throw wrongUsage(`--start: expected ISO 8601, got "${start}"`);

  const config = await readRoutingFile(options.config);
  const notifications = replay(config, parseReplayEvents(readEvents(options.events)), {
    untilMs,
    startMs,
    onRejected: (atMs, reason) => say(`at ${atMs / 1_000}s: refused (${reason})`),
  });
  for (const notification of notifications) {
    if (json) {
      printLine(JSON.stringify(notification));
      continue;
    }
    const { at, receiver, groupKey, status, alerts } = notification;
    printLine(`${at.toFixed(3).padStart(10)}s  ${receiver}  ${status}  ${groupKey}`);
    for (const alert of alerts) printLine(`             ${alert.status}  ${JSON.stringify(alert.labels)}`);
  }
}

function readEvents(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw wrongUsage(`--events: cannot read ${path}`);
  }
}
