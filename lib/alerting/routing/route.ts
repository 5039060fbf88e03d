// The routing tree: children inherit, and an alert finds the nodes that notify about it.
import type { RouteConfig } from '../config/route-fields.ts';
import { type LabelSet, type Matcher, matchesAll } from '../matchers/matcher.ts';
import { matchersText } from '../matchers/matcher-text.ts';

export interface Route {
  /** The matchers on the way to this node: `{}/{team="web"}`. Two siblings may share it. */
  readonly key: string;
  /** The key with the places of the node and its ancestors among their siblings; no other node has it. */
  readonly id: string;
  readonly receiver: string;
  readonly groupBy: readonly string[];
  readonly groupByAll: boolean;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
  readonly repeatIntervalMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly matchers: readonly Matcher[];
  readonly continue: boolean;
  readonly muteTimeIntervals: readonly string[];
  readonly activeTimeIntervals: readonly string[];
  readonly routes: readonly Route[];
}

/** What the root has when it says nothing: Alertmanager's defaults. */
const DEFAULTS = {
  receiver: '',
  groupBy: [] as readonly string[],
  groupByAll: false,
  groupWaitMs: 30_000,
  groupIntervalMs: 5 * 60_000,
  repeatIntervalMs: 4 * 3_600_000,
  labels: {} as Readonly<Record<string, string>>,
};

/** Builds the tree from what is written: receiver, grouping, times and labels are inherited, the rest is not. */
export function buildRoutes(root: RouteConfig): Route {
  return build(root, DEFAULTS, '', '');
}

function build(config: RouteConfig, parent: typeof DEFAULTS, prefix: string, place: string): Route {
  const key = `${prefix}${matchersText(config.matchers)}`;
  const inherited = {
    receiver: config.receiver ?? parent.receiver,
    groupBy: config.groupBy ?? parent.groupBy,
    groupByAll: config.groupBy === undefined && (config.groupByAll || parent.groupByAll),
    groupWaitMs: config.groupWaitMs ?? parent.groupWaitMs,
    groupIntervalMs: config.groupIntervalMs ?? parent.groupIntervalMs,
    repeatIntervalMs: config.repeatIntervalMs ?? parent.repeatIntervalMs,
    labels: { ...parent.labels, ...config.labels },
  };
  const id = `${key}${place}`;
  return {
    ...inherited,
    key,
    id,
    matchers: config.matchers,
    continue: config.continue,
    muteTimeIntervals: config.muteTimeIntervals,
    activeTimeIntervals: config.activeTimeIntervals,
    routes: config.routes.map((child, i) => build(child, inherited, `${key}/`, `${place}/${i}`)),
  };
}

/**
 * The nodes that notify about an alert, in the order of the tree: depth first, the first matching child of each node
 * and those after a `continue`; the node itself if no child matches. Empty only if the node itself does not match.
 */
export function matchRoutes(route: Route, labels: LabelSet): Route[] {
  if (!matchesAll(route.matchers, labels)) return [];
  const found: Route[] = [];
  for (const child of route.routes) {
    const matches = matchRoutes(child, labels);
    found.push(...matches);
    if (matches.length > 0 && !child.continue) break;
  }
  return found.length > 0 ? found : [route];
}

/** Every node of the tree by its id. */
export function routesById(root: Route): ReadonlyMap<string, Route> {
  const found = new Map<string, Route>();
  const visit = (route: Route): void => {
    found.set(route.id, route);
    route.routes.forEach(visit);
  };
  visit(root);
  return found;
}
