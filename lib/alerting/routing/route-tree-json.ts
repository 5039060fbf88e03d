// The routing tree for a machine: what each node has after inheriting, durations in milliseconds.
import { matcherText } from '../matchers/matcher-text.ts';
import type { Route } from './route.ts';

export function routeTreeJson(route: Route): unknown {
  const { matchers, routes, ...rest } = route;
  return { ...rest, matchers: matchers.map(matcherText), routes: routes.map(routeTreeJson) };
}
