// Who calls whom, read from the dimensions of Tidewatch's own span metrics: a metric `Calls` of {service, remote}
// is a call from a service to a remote.
import type { CallEdge } from '../causes/rank-causes.ts';
import type { MetricIdentity } from '../ports.ts';

/** Name of the span metric that counts calls. */
export const CALLS_METRIC = 'Calls';
const NO_REMOTE = '_other';

/** The remotes' names as services, where a service goes by that name or by its host. */
export class ServiceNames {
  readonly #services: ReadonlySet<string>;

  constructor(services: Iterable<string>) {
    this.#services = new Set(services);
  }

  /**
   * The component behind a remote: the service of that name, else of the first label of its host name, else itself.
   * @example new ServiceNames(['payments']).of('http://payments.internal:8080') // 'payments'
   */
  of(remote: string): string {
    if (this.#services.has(remote)) return remote;
    const host = remote.replace(/^[a-z]+:\/\//, '').replace(/[:/].*$/, '');
    if (this.#services.has(host)) return host;
    const label = host.split('.')[0]!;
    return this.#services.has(label) ? label : remote;
  }
}

/** Calls between components, from the metrics of the span namespace. */
export function callEdges(metrics: readonly MetricIdentity[]): CallEdge[] {
  const names = new ServiceNames(metrics.map((metric) => value(metric, 'service') ?? ''));
  const edges = new Map<string, CallEdge>();
  for (const metric of metrics) {
    const caller = value(metric, 'service');
    const remote = value(metric, 'remote');
    if (metric.name !== CALLS_METRIC || caller === undefined || remote === undefined || remote === NO_REMOTE)
      continue;
    const callee = names.of(remote);
    if (callee !== caller) edges.set(`${caller}\n${callee}`, { caller, callee });
  }
  return [...edges.values()];
}

function value({ dimensions }: MetricIdentity, key: string): string | undefined {
  return dimensions.find(({ name }) => name === key)?.value;
}
