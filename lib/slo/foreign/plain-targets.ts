// Lists of targets as people write them without a specification: a service with `slos`, a map `slo_targets`, or a list
// of { name, target, window, burnRates }. Rewritten into Tidewatch's own form, whose reader then checks it. What such
// files leave open (where a metric lies) stays open, and budgets that they state are computed anew.
import { formatDuration, parseDuration } from '../../model/duration.ts';
import { readSlos, type SloReading } from '../definition/read-slos.ts';
import { ProblemList } from '../problems.ts';
import { errorBudget, withoutDust } from '../windows/burn-rate.ts';
import { LONG_TO_SHORT, wholeMinutes } from '../windows/default-table.ts';

type Fields = Readonly<Record<string, unknown>>;

const DEFAULT_WINDOW = '30d';
const MINUTE = 60_000;
/** "30 days", "1 hour (rolling)": the unit's first letter is that of a duration. */
const SPELLED = /^(\d+)\s*(minute|hour|day|week)s?\b/i;
const PAGING: readonly unknown[] = ['critical', 'page'];

/** Whether a document is one of these; Tidewatch's own form has `objective` and `period` instead. */
export function isPlainTargets(value: unknown): boolean {
  const fields = fieldsOf(value);
  if (Object.keys(fieldsOf(fields.slo_targets)).length > 0) return true;
  const list = Array.isArray(value) ? value : fields.slos;
  return Array.isArray(list) && list.some((item) => 'target' in fieldsOf(item));
}

/** Reads all targets of a document; never throws. */
export function readPlainTargets(value: unknown): SloReading {
  const problems = new ProblemList();
  const fields = fieldsOf(value);
  const service = typeof fields.service === 'string' ? fields.service : '';
  const isMap = fields.slo_targets !== undefined;
  const items: [path: string, name: unknown, item: Fields][] = isMap
    ? Object.entries(fieldsOf(fields.slo_targets)).map(([name, item]) => [
        `slo_targets.${name}`,
        name,
        fieldsOf(item),
      ])
    : listOf(Array.isArray(value) ? value : fields.slos).map((item, at) => [
        `slos[${at}]`,
        fieldsOf(item).name,
        fieldsOf(item),
      ]);
  const shared = burnWindows(fieldsOf(fields.burn_rate_alerts), problems);
  const rewritten = items.map(([path, name, item]) => rewrite(path, name, item, service, shared, problems));
  const reading = readSlos(rewritten);
  return { slos: reading.slos, problems: [...problems.items, ...reading.problems] };
}

function rewrite(
  path: string,
  name: unknown,
  item: Fields,
  service: string,
  shared: readonly Fields[],
  problems: ProblemList,
): Fields {
  const objective = objectiveOf(String(name), item);
  const window = windowOf(item.window ?? item.time_window);
  const sli = typeof item.sli === 'string' ? item.sli : 'unnamed';
  const own = listOf(item.burnRates).map((rate) => burnRate(fieldsOf(rate)));
  const windows = own.length > 0 ? own : shared;
  problems.warning(path, `"${sli}" does not say which metric that is: it can be replayed, not evaluated`);
  if (item.error_budget !== undefined && typeof objective === 'number' && objective >= 0 && objective < 1)
    problems.warning(
      `${path}.error_budget`,
      `${JSON.stringify(item.error_budget)} is not read; computed: ${budgetText(objective, window)}`,
    );
  return {
    name: slug(service === '' ? String(name) : `${service} ${String(name)}`),
    ...(service !== '' && { service }),
    ...(typeof item.description === 'string' && { description: item.description }),
    objective,
    period: window,
    indicator: { good: { other: sli }, total: { other: sli } },
    ...(windows.length > 0 && { windows }),
  };
}

/** A percentage of good events; of a latency its `measurement` says it, of an error rate what is left of all. */
function objectiveOf(name: string, { target, measurement }: Fields): unknown {
  const share = percentOf(measurement) ?? percentOf(target);
  if (share === undefined) return target;
  return /error/i.test(name) && measurement === undefined && share < 0.5 ? withoutDust(1 - share) : share;
}

/** "99.9%", "95% of requests", and 99.9 where a plain number can only be percent. */
function percentOf(value: unknown): number | undefined {
  const text = typeof value === 'string' ? /^[<>=≥≤\s]*(\d+(?:\.\d+)?)\s*%/.exec(value)?.[1] : undefined;
  if (text !== undefined) return withoutDust(Number(text) / 100);
  return typeof value === 'number' && value > 1 && value <= 100 ? withoutDust(value / 100) : undefined;
}

function windowOf(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? DEFAULT_WINDOW;
  const [, count, unit] = SPELLED.exec(value) ?? [];
  return count === undefined ? value : `${count}${unit![0]!.toLowerCase()}`;
}

function burnRate({ window, threshold, severity }: Fields): Fields {
  return {
    severity: PAGING.includes(severity) ? 'page' : 'ticket',
    longWindow: window,
    shortWindow: shortOf(window),
    factor: threshold,
  };
}

/** Sentences such as "Consuming 5% error budget in 1 hour" and "… 2x faster than sustainable". */
function burnWindows(alerts: Fields, problems: ProblemList): Fields[] {
  return Object.entries(alerts).flatMap(([key, sentences]): Fields[] => {
    const severity = /fast/i.test(key) ? 'page' : 'ticket';
    const text = listOf(sentences)
      .map((sentence) => (typeof sentence === 'string' ? sentence : JSON.stringify(sentence)))
      .join('\n');
    const share = /(\d+(?:\.\d+)?%) (?:of the )?(?:error )?budget in (\d+) (hour|day)/i.exec(text);
    if (share !== null) {
      const longWindow = `${share[2]}${share[3]![0]}`;
      return [{ severity, longWindow, shortWindow: shortOf(longWindow), budgetShare: share[1] }];
    }
    const times = /(\d+(?:\.\d+)?)\s*x /i.exec(text);
    if (times !== null) return [{ severity, longWindow: '1d', shortWindow: '2h', factor: Number(times[1]) }];
    problems.warning(
      `burn_rate_alerts.${key}`,
      'expected "5% error budget in 1 hour" or "2x faster"; not read',
    );
    return [];
  });
}

/** A twelfth, as the workbook has it. */
function shortOf(window: unknown): unknown {
  const ms = typeof window === 'string' ? parseDuration(window) : undefined;
  return ms === undefined ? window : formatDuration(wholeMinutes(ms / LONG_TO_SHORT));
}

function budgetText(objective: number, window: unknown): string {
  const budget = errorBudget(objective);
  const ms = typeof window === 'string' ? parseDuration(window) : undefined;
  const share = `${withoutDust(budget * 100)}% of events, however many there are`;
  return ms === undefined
    ? share
    : `${share}, or ${withoutDust((budget * ms) / MINUTE)} minutes of complete failure in ${String(window)}`;
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-|-$/g, '');
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
