// The routing tree as `amtool config routes show` draws it.
import { matchersText } from '../matchers/matcher-text.ts';
import type { Route } from './route.ts';

/** The tree as lines, without a line feed at the end. */
export function routeTreeText(root: Route): string {
  return ['Routing tree:', '.', ...branches([root], '')].join('\n');
}

function* branches(routes: readonly Route[], indent: string): Generator<string> {
  for (const [i, route] of routes.entries()) {
    const last = i === routes.length - 1;
    yield `${indent}${last ? '└── ' : '├── '}${nodeText(route)}`;
    yield* branches(route.routes, `${indent}${last ? '    ' : '│   '}`);
  }
}

function nodeText(route: Route): string {
  const parts = [route.matchers.length === 0 ? 'default-route' : matchersText(route.matchers)];
  if (route.continue) parts.push('continue: true');
  parts.push(`receiver: ${route.receiver}`);
  const grouping = route.groupByAll ? ['...'] : route.groupBy;
  if (grouping.length > 0) parts.push(`grouping: [${grouping.join(',')}]`);
  return parts.join('  ');
}
