// Changes of log patterns → alerts with a beginning and an end. Pure.
import { createHash } from 'node:crypto';
import type { Alert, AlertSeverity } from '../../model/alert.ts';
import type { PatternChange, PatternChangeKind } from '../log-patterns/pattern-changes.ts';
import { ALERT_TTL_MS } from '../run/alert-times.ts';

/** An alert that is being sent. Plain JSON. */
export interface OpenPatternAlert {
  readonly kind: PatternChangeKind;
  readonly template: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: number;
  /** When it was last seen to be so. */
  readonly lastAt: number;
}

/** How long each is told after it was last so: a vanished pattern until it is back, or a day. */
const LASTS_MS: Readonly<Record<PatternChangeKind, number>> = {
  new: 3_600_000,
  surging: 600_000,
  vanished: 86_400_000,
};
const SURE_SCORE = 0.7;
/** Alerts open of one group: a deployment that changes every line is one change, not a thousand. */
const OPEN_MAX = 20;
const TEMPLATE_CHARS = 500;
const PATTERN_DIGITS = 10;

export interface PatternAlerts {
  readonly open: readonly OpenPatternAlert[];
  readonly alerts: readonly Alert[];
  /** Changes beyond those that are told. */
  readonly untold: number;
}

/** @param counts lines of the last window by template */
export function nextPatternAlerts(
  before: readonly OpenPatternAlert[],
  changes: readonly PatternChange[],
  counts: ReadonlyMap<string, number>,
  { group, severity }: { readonly group: string; readonly severity: AlertSeverity },
  nowMs: number,
): PatternAlerts {
  const open = new Map(before.map((one) => [`${one.kind} ${one.template}`, one]));
  let untold = 0;
  for (const change of changes) {
    const key = `${change.kind} ${change.template}`;
    const known = open.get(key);
    if (known !== undefined) open.set(key, { ...known, lastAt: nowMs });
    else if (open.size >= OPEN_MAX) untold++;
    else open.set(key, opened(change, group, severity, nowMs));
  }
  const alerts: Alert[] = [];
  const going: OpenPatternAlert[] = [];
  for (const one of open.values()) {
    const isBack = one.kind === 'vanished' && (counts.get(one.template) ?? 0) > 0;
    const isOver = isBack || nowMs - one.lastAt >= LASTS_MS[one.kind];
    if (!isOver) going.push(one);
    alerts.push(alertOf(one, isOver ? nowMs : nowMs + ALERT_TTL_MS));
  }
  return { open: going, alerts, untold };
}

function opened(
  { kind, template, score, now, usual }: PatternChange,
  group: string,
  severity: AlertSeverity,
  nowMs: number,
): OpenPatternAlert {
  const service = group.split('/').at(-1) || group;
  const shown = template.slice(0, TEMPLATE_CHARS);
  const what = { new: 'new log pattern', vanished: 'log pattern vanished', surging: 'log pattern surges' }[
    kind
  ];
  return {
    kind,
    template,
    startsAt: nowMs,
    lastAt: nowMs,
    labels: {
      alertname: 'LogPattern',
      severity: score >= SURE_SCORE ? severity : 'info',
      service,
      log_group: group,
      kind,
      pattern: createHash('sha256').update(template).digest('hex').slice(0, PATTERN_DIGITS),
    },
    annotations: {
      summary: `${service}: ${what}: ${shown}`,
      template: shown,
      score: score.toFixed(2),
      lines: `${now} in the last five minutes, usually ${Number(usual.toPrecision(3))}`,
    },
  };
}

function alertOf({ labels, annotations, startsAt }: OpenPatternAlert, endsAt: number): Alert {
  const group = encodeURIComponent(encodeURIComponent(labels.log_group ?? '')).replaceAll('%', '$');
  return {
    labels,
    annotations,
    startsAt,
    endsAt,
    generatorUrl: `https://console.aws.amazon.com/cloudwatch/home#logsV2:log-groups/log-group/${group}`,
    source: 'log-patterns',
  };
}
