// Ranks the components that may have caused a symptom: what moved most, in the symptom's own metric and direction,
// furthest down the calls. Simple on purpose: on public cases rules like these match learned models, and a person
// can follow the reasons.
import { type Shift, shiftBetween } from './shift.ts';

export interface MetricSample {
  readonly component: string;
  readonly metric: string;
  readonly statistic: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly value: number;
}

export interface CallEdge {
  readonly caller: string;
  readonly callee: string;
}

export interface Symptom {
  readonly component: string;
  readonly metric: string;
  readonly statistic: string;
  /** When it was noticed, epoch milliseconds. */
  readonly from: number;
}

export interface Cause {
  readonly component: string;
  /** 0..1, in quarters: anomalous while nothing it calls is; anomalous; called by the symptom; not connected. */
  readonly score: number;
  readonly reasons: readonly string[];
}

export interface CauseInput {
  readonly samples: readonly MetricSample[];
  /** Samples of normal times; without them the samples before the symptom are the baseline. */
  readonly baseline?: readonly MetricSample[];
  readonly edges: readonly CallEdge[];
  readonly symptom: Symptom;
}

/** Deviations from which a component counts as anomalous. */
export const ANOMALOUS_SHIFT = 3;
/** Reasons listed for a component. */
const REASONS_MAX = 4;
/** Metrics that are bad when low; others are taken to be bad when high unless the symptom itself shows otherwise. */
const BAD_WHEN_LOW = /availab|success|healthy|free|remaining|balance|hit.?rat|uptime/i;
const BAD_WHEN_HIGH =
  /latency|duration|time|error|fault|fail|throttl|5xx|4xx|util|cpu|memory|age|depth|backlog|lag|loss/i;
/** Host names that only pass requests on: what answers slowly or wrongly is behind them. */
const PASSES_ON = /\.elb\.amazonaws\.com|execute-api\./i;
/** What a component's other metrics are worth beside the symptom's own. */
const OTHER_METRIC_WEIGHT = 0.25;

interface Finding {
  readonly metric: string;
  readonly statistic: string;
  readonly shift: Shift;
}

/** All components, the likeliest cause first. Ties are broken by name, so that an answer repeats. */
export function rankCauses({ samples, baseline, edges, symptom }: CauseInput): Cause[] {
  const start = symptom.from - samplingStep(samples);
  const now = groupValues(samples.filter(({ time }) => time > start));
  const before = groupValues(baseline ?? samples.filter(({ time }) => time <= start));
  const findings = compare(before, now);
  const calls = new CallGraph(edges);
  const direction = worseDirection(symptom.metric, find(findings.get(symptom.component), symptom)?.shift);

  const evidence = new Map<string, number>();
  const components = new Set([...findings.keys(), ...before.keys(), ...now.keys(), ...calls.components()]);
  for (const component of components) {
    evidence.set(component, evidenceOf(findings.get(component) ?? [], symptom, direction));
  }
  const reachable = calls.reachableFrom(symptom.component);
  const isAnomalous = (component: string): boolean => (evidence.get(component) ?? 0) >= ANOMALOUS_SHIFT;
  // A call back to the symptom explains nothing.
  const isCulprit = (callee: string): boolean => callee !== symptom.component && isAnomalous(callee);
  const hasOwnData = (component: string): boolean => find(findings.get(component), symptom) !== undefined;

  const causes = [...components].map((component): Cause => {
    const strength = evidence.get(component)!;
    const share = strength / (strength + ANOMALOUS_SHIFT) / 4;
    const reasons = reasonsOf(findings.get(component) ?? [], symptom);
    if (now.has(component) === false && before.has(component)) reasons.push('has reported nothing since');
    const connected = reachable.has(component);
    if (connected && component !== symptom.component) reasons.push(`called by ${symptom.component}`);
    if (!connected) return { component, score: share, reasons };
    if (!isAnomalous(component)) return { component, score: 1 / 4 + share, reasons };
    const blamed = calls.nearestCallees(component, hasOwnData).filter(isCulprit);
    if (blamed.length > 0) {
      return {
        component,
        score: 2 / 4 + share,
        reasons: [...reasons, `calls ${blamed[0]!}, which is anomalous too`],
      };
    }
    if (PASSES_ON.test(component)) {
      return {
        component,
        score: 3 / 4 + share / 2,
        reasons: [...reasons, 'only passes requests on: look behind it'],
      };
    }
    return { component, score: 3 / 4 + share, reasons: [...reasons, 'nothing it calls is anomalous'] };
  });
  return causes.sort((a, b) => b.score - a.score || (a.component < b.component ? -1 : 1));
}

/** Who calls whom. */
class CallGraph {
  readonly #callees = new Map<string, Set<string>>();
  readonly #components = new Set<string>();

  constructor(edges: readonly CallEdge[]) {
    for (const { caller, callee } of edges) {
      this.#components.add(caller).add(callee);
      const callees = this.#callees.get(caller);
      if (callees) callees.add(callee);
      else this.#callees.set(caller, new Set([callee]));
    }
  }

  components(): Iterable<string> {
    return this.#components;
  }

  /** The component and everything it calls, directly or not. */
  reachableFrom(component: string): Set<string> {
    const seen = new Set([component]);
    for (const one of seen) for (const callee of this.#callees.get(one) ?? []) seen.add(callee);
    return seen;
  }

  /** The callees that have data; behind one that has none, its own callees. */
  nearestCallees(component: string, hasData: (component: string) => boolean): string[] {
    const seen = new Set([component]);
    const found: string[] = [];
    for (const one of seen) {
      if (one !== component && hasData(one)) {
        found.push(one);
        continue;
      }
      for (const callee of this.#callees.get(one) ?? []) seen.add(callee);
    }
    return found;
  }
}

/** Values by component, then by metric and statistic. */
type Grouped = Map<string, Map<string, number[]>>;

function groupValues(samples: Iterable<MetricSample>): Grouped {
  const grouped: Grouped = new Map();
  for (const { component, metric, statistic, value } of samples) {
    if (!Number.isFinite(value)) continue;
    let metrics = grouped.get(component);
    if (metrics === undefined) {
      metrics = new Map();
      grouped.set(component, metrics);
    }
    const key = `${metric}\n${statistic}`;
    const values = metrics.get(key);
    if (values) values.push(value);
    else metrics.set(key, [value]);
  }
  return grouped;
}

function compare(before: Grouped, now: Grouped): Map<string, Finding[]> {
  const findings = new Map<string, Finding[]>();
  for (const [component, metrics] of now) {
    const found: Finding[] = [];
    for (const [key, values] of metrics) {
      const shift = shiftBetween(before.get(component)?.get(key) ?? [], values);
      if (shift === undefined) continue;
      const [metric = '', statistic = ''] = key.split('\n');
      found.push({ metric, statistic, shift });
    }
    findings.set(component, found);
  }
  return findings;
}

function find(findings: readonly Finding[] | undefined, symptom: Symptom): Finding | undefined {
  return findings?.find(
    ({ metric, statistic }) => metric === symptom.metric && statistic === symptom.statistic,
  );
}

/** 1 where more of a metric is worse, -1 where less is. */
function worseDirection(metric: string, shift: Shift | undefined): number {
  if (BAD_WHEN_LOW.test(metric)) return -1;
  if (BAD_WHEN_HIGH.test(metric) || shift === undefined || Math.abs(shift.mean) < ANOMALOUS_SHIFT) return 1;
  return Math.sign(shift.mean);
}

/** Mean and median shift together, towards the symptom's side; 0 for a shift to the other side. */
function towards(shift: Shift, direction: number): number {
  const byMean = Math.max(0, shift.mean * direction);
  const byMedian = Math.max(0, shift.median * direction);
  return Math.max(byMean, Math.sqrt(byMean * byMedian));
}

function evidenceOf(findings: readonly Finding[], symptom: Symptom, direction: number): number {
  const own = find(findings, symptom);
  if (own !== undefined) return towards(own.shift, direction);
  let most = 0;
  for (const { shift } of findings) most = Math.max(most, Math.abs(shift.mean));
  return OTHER_METRIC_WEIGHT * most;
}

function reasonsOf(findings: readonly Finding[], symptom: Symptom): string[] {
  const isOwn = (finding: Finding): number =>
    Number(finding.metric === symptom.metric) + Number(finding.statistic === symptom.statistic);
  return findings
    .filter(({ shift }) => Math.abs(shift.mean) >= ANOMALOUS_SHIFT)
    .sort((a, b) => isOwn(b) - isOwn(a) || Math.abs(b.shift.mean) - Math.abs(a.shift.mean))
    .slice(0, REASONS_MAX)
    .map(({ metric, statistic, shift }) => {
      const side = shift.mean > 0 ? 'above' : 'below';
      const amounts = `${shift.before.toPrecision(3)} → ${shift.now.toPrecision(3)}`;
      return `${metric} ${statistic} is ${Math.abs(shift.mean).toFixed(1)} deviations ${side} normal (${amounts})`;
    });
}

/** The usual time between samples of one series, in milliseconds; 0 when there is only one. */
function samplingStep(samples: readonly MetricSample[]): number {
  const times = [...new Set(samples.map(({ time }) => time))].sort((a, b) => a - b);
  const gaps = times.slice(1).map((time, at) => time - times[at]!);
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? 0;
}
