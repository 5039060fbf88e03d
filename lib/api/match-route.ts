// Which route a request is for. Paths count below any prefix too, because a stage or a proxy may put one in front.
import type { ApiRoute } from './route.ts';

export type RouteMatch =
  | {
      readonly kind: 'route';
      readonly route: ApiRoute;
      readonly parameters: Readonly<Record<string, string>>;
      /** What stood in front, such as `/prod`; empty if nothing did. */
      readonly prefix: string;
      /** The path without it. */
      readonly path: string;
    }
  | {
      readonly kind: 'badMethod' | 'options';
      readonly methods: readonly string[];
      readonly isPublic: boolean;
    }
  | { readonly kind: 'unknownPath' };

interface Pattern {
  readonly route: ApiRoute;
  readonly steps: readonly string[];
  /** Steps that are no parameter: the more, the closer the match. */
  readonly literals: number;
}

export type RouteTable = readonly Pattern[];

/** @throws Error when two routes have the same method and path, which is a mistake of ours */
export function routeTable(routes: readonly ApiRoute[]): RouteTable {
  const seen = new Set<string>();
  const patterns = routes.map((route): Pattern => {
    const steps = stepsOf(route.path);
    const shape = `${route.method} /${steps.map((step) => (step.startsWith(':') ? ':' : step)).join('/')}`;
    if (seen.has(shape)) throw new Error(`two routes answer ${shape}`);
    seen.add(shape);
    return { route, steps, literals: steps.filter((step) => !step.startsWith(':')).length };
  });
  return patterns.sort((left, right) => right.literals - left.literals);
}

/** The longest ending of the path that a route is for counts; of several routes the one with more fixed steps. */
export function matchRoute(table: RouteTable, method: string, path: string): RouteMatch {
  const steps = stepsOf(path);
  const asked = method === 'HEAD' ? 'GET' : method;
  for (let from = 0; from < steps.length; from++) {
    const rest = steps.slice(from);
    const fitting = table.flatMap((pattern) => {
      const parameters = parametersOf(pattern.steps, rest);
      return parameters === undefined ? [] : [{ pattern, parameters }];
    });
    if (fitting.length === 0) continue;
    const found = fitting.find(({ pattern }) => pattern.route.method === asked);
    if (found !== undefined) {
      const prefix = steps.slice(0, from).map((step) => `/${step}`);
      const { route } = found.pattern;
      const { parameters } = found;
      return { kind: 'route', route, parameters, prefix: prefix.join(''), path: `/${rest.join('/')}` };
    }
    const methods = allowedMethods(fitting.map(({ pattern }) => pattern.route.method));
    const isPublic = fitting.every(({ pattern }) => pattern.route.scope === 'public');
    return { kind: method === 'OPTIONS' ? 'options' : 'badMethod', methods, isPublic };
  }
  return { kind: 'unknownPath' };
}

function allowedMethods(methods: readonly string[]): string[] {
  const all = new Set<string>([...methods, 'OPTIONS']);
  if (all.has('GET')) all.add('HEAD');
  return [...all].sort();
}

function stepsOf(path: string): string[] {
  return path.split('/').filter((step) => step !== '');
}

function parametersOf(
  pattern: readonly string[],
  steps: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== steps.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [place, wanted] of pattern.entries()) {
    const step = steps[place]!;
    if (!wanted.startsWith(':')) {
      if (wanted !== step) return undefined;
      continue;
    }
    const value = decoded(step);
    if (value === undefined) return undefined;
    parameters[wanted.slice(1)] = value;
  }
  return parameters;
}

function decoded(step: string): string | undefined {
  try {
    return decodeURIComponent(step);
  } catch {
    return undefined;
  }
}
