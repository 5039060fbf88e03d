// `npm run bench -- alerting`: CPU of one flush of a large group and of alerts on their way into groups, rules without
// storage; beside it what a real Alertmanager spends on the same, where one is on the machine.
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { decide } from '../../lib/alerting/durable/alert-intake.ts';
import { headOf, outboxOf, stateOfGroup } from '../../lib/alerting/durable/group-session.ts';
import { notificationContent } from '../../lib/alerting/durable/notification-content.ts';
import { createRouter, step, withSameRules } from '../../lib/alerting/groups/router.ts';
import type { RouterState } from '../../lib/alerting/groups/router-state.ts';
import type { SilenceRecord, StoredGroup } from '../../lib/alerting/ports.ts';
import { webhookBody } from '../../lib/channels/webhook.ts';
import type { BenchOptions, Figure } from '../figure.ts';
import { configText, makeAlerts, makeSilences } from './load.ts';
import { measureAlertmanager } from './real-alertmanager.ts';

const NOW = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const GROUP_BY = ['alertname', 'cluster'];

/** Measures the group. */
export async function* run({ rounds, progress }: BenchOptions): AsyncIterable<Figure> {
  const posted = makeAlerts().map((alert) => ({ ...alert, startsAt: NOW - HOUR, endsAt: NOW + HOUR }));
  const silences = makeSilences().map(
    (matchers, i): SilenceRecord => ({
      id: String(i),
      matcherSets: [
        matchers.map(({ name, value, isRegex }) => ({ name, value, operator: isRegex ? '=~' : '=' })),
      ],
      startsAt: NOW - HOUR,
      endsAt: NOW + HOUR,
      updatedAt: NOW - HOUR,
      createdBy: 'bench',
      comment: '',
      annotations: {},
      version: 1,
    }),
  );
  const oneGroup = createRouter(parseAlertmanagerConfig(configText('http://hook.invalid/', [], '0s')));
  const manyGroups = createRouter(
    parseAlertmanagerConfig(configText('http://hook.invalid/', GROUP_BY, '0s')),
  );

  progress('the same in a real Alertmanager');
  const real = await measureAlertmanager(progress);

  progress('one flush of 10,000 alerts');
  const prepare = prepareFlush(oneGroup, posted, silences);
  const { listed } = prepare()();
  if (real !== undefined && real.listed !== listed) {
    throw new Error(`Alertmanager told its receiver of ${real.listed} alerts, we of ${listed}`);
  }
  const flush = best(rounds, prepare, (work) => work());
  yield compared('alerting-flush-s', flush, real?.flushCpuS, 's CPU', '<= 1');

  progress('alerts a second through route and group');
  const routing = best(
    rounds,
    () => withSameRules(manyGroups),
    (state) => step(state, { kind: 'alerts', alerts: posted }, NOW).effects.length,
  );
  const perSecond = posted.length / routing;
  const baseline = real && posted.length / real.intakeCpuS;
  yield {
    name: 'alerting-per-s',
    ours: perSecond,
    unit: 'alerts/s CPU',
    must: '>= 10000',
    ...(baseline !== undefined && { baseline }),
  };

  progress('the durable path: what is read is parsed, what changed is written out');
  const texts = posted.map((alert) => JSON.stringify(alert));
  const durable = best(
    rounds,
    () => texts,
    (lines) => durableIntake(manyGroups, lines),
  );
  yield { name: 'alerting-durable-per-s', ours: posted.length / durable, unit: 'alerts/s CPU' };
  const stored = storedGroup(oneGroup, posted);
  const sources = JSON.stringify(sourcesOf(oneGroup, posted));
  const session = best(
    rounds,
    () => stored,
    (text) => durableFlush(oneGroup, text, { silences: JSON.stringify(silences), sources }),
  );
  yield { name: 'alerting-durable-flush-s', ours: session, unit: 's CPU' };
}

type Posted = Parameters<typeof decide>[1];

/** A state that holds everything, and the flush with its notification as a webhook gets it. */
function prepareFlush(rules: RouterState, posted: Posted, silences: readonly SilenceRecord[]) {
  const stored = storedGroup(rules, posted);
  const sources = sourcesOf(rules, posted);
  return () => {
    const group = JSON.parse(stored) as StoredGroup;
    const small = stateOfGroup(rules, group, rules.root, { log: new Map(), silences, sources });
    return () => tell(small, group);
  };
}

function tell(
  small: ReturnType<typeof stateOfGroup>,
  { head }: StoredGroup,
): { written: number; listed: number } {
  const { state, group } = small;
  step(state, { kind: 'groupDue', group: group.id, at: head.nextFlushAt }, NOW);
  const outbox = outboxOf(group, () => undefined);
  let [written, listed] = [0, 0];
  for (const entry of outbox) {
    const content = notificationContent(entry, head, '');
    written += JSON.stringify(webhookBody(content, content.alerts.length)).length;
    listed += content.alerts.length;
  }
  return { written, listed };
}

function durableFlush(
  rules: RouterState,
  stored: string,
  { silences, sources }: { readonly silences: string; readonly sources: string },
): number {
  const group = JSON.parse(stored) as StoredGroup;
  const context = { log: new Map(), silences: JSON.parse(silences), sources: JSON.parse(sources) };
  const small = stateOfGroup(rules, group, rules.root, context);
  const { written } = tell(small, group);
  const outbox = JSON.stringify(outboxOf(small.group, () => undefined));
  const flushes = small.state.flushes;
  const head = headOf(group.head, { group: small.group, flushes }, NOW, () => ({
    retryAt: NOW,
    inDoubt: true,
  }));
  return written + outbox.length + JSON.stringify(head).length;
}

function durableIntake(rules: RouterState, lines: readonly string[]): number {
  const posted = lines.map((line) => JSON.parse(line)) as unknown as Posted;
  let written = 0;
  // As many as a batch of messages holds.
  for (let from = 0; from < posted.length; from += 1_000) {
    const some = posted.slice(from, from + 1_000);
    const { changed, joins } = decide(rules, some, { known: new Map(), rewriteBelow: 0.5 }, NOW);
    written += JSON.stringify(changed).length + JSON.stringify(joins).length;
  }
  return written;
}

function storedGroup(rules: RouterState, posted: Posted): string {
  const { joins } = decide(rules, posted, { known: new Map(), rewriteBelow: 0.5 }, NOW);
  const [join] = joins;
  if (join === undefined || joins.length > 1) throw new Error('the bench expects one group');
  return JSON.stringify({ ...join, outbox: [] } satisfies StoredGroup);
}

function sourcesOf(rules: RouterState, posted: Posted) {
  const { changed } = decide(rules, posted, { known: new Map(), rewriteBelow: 0.5 }, NOW);
  return changed.map(({ alert }) => alert).filter(({ labels }) => labels.severity === 'critical');
}

function compared(
  name: string,
  ours: number,
  baseline: number | undefined,
  unit: string,
  must: string,
): Figure {
  return { name, ours, unit, must, ...(baseline !== undefined && { baseline }) };
}

/** CPU seconds of the best round; what `prepare` does is not counted. */
function best<T>(rounds: number, prepare: () => T, work: (prepared: T) => unknown): number {
  let fewest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const prepared = prepare();
    const before = process.cpuUsage();
    work(prepared);
    const { user, system } = process.cpuUsage(before);
    fewest = Math.min(fewest, (user + system) / 1e6);
  }
  return fewest;
}
