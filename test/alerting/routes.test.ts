// The routing tree: inheritance, the law of matching, keys; and the real amtool, where it is on the machine.
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAlertmanagerConfig } from '../../lib/alerting/config/parse-config.ts';
import { labelValue, matchesAll } from '../../lib/alerting/matchers/matcher.ts';
import { buildRoutes, matchRoutes, type Route } from '../../lib/alerting/routing/route.ts';
import { routeTreeText } from '../../lib/alerting/routing/route-tree-text.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { arbitraryLabels, arbitraryTree } from './arbitrary-routes.ts';

function routesOf(route: string): Route {
  return buildRoutes(
    parseAlertmanagerConfig(`${route}\nreceivers: [{name: a}, {name: b}, {name: c}]\n`).route,
  );
}

describe('a route', () => {
  const root = routesOf(`
route:
  receiver: a
  group_by: [team]
  group_wait: 1s
  labels: {from: root, kind: any}
  routes:
  - matchers: [env=~"a|b", team=x]
    receiver: b
    group_by: ['...']
    labels: {kind: special}
    continue: true
    routes:
    - match_re: {zone: 1|2}
      group_by: [zone]
      group_interval: 2s
    - {group_by: []}
  - {matchers: [team=x]}
  - {matchers: [team=x]}`);

  test('inherits receiver, grouping, times and labels, but neither matchers nor continue', () => {
    const [first, second] = root.routes;
    expect(first).toMatchObject({
      receiver: 'b',
      groupByAll: true,
      groupWaitMs: 1_000,
      groupIntervalMs: 300_000,
    });
    expect(first?.labels).toEqual({ from: 'root', kind: 'special' });
    expect(first?.routes[0]).toMatchObject({
      receiver: 'b',
      groupBy: ['zone'],
      groupByAll: false,
      groupIntervalMs: 2_000,
      repeatIntervalMs: 14_400_000,
      continue: false,
    });
    expect(first?.routes[1]).toMatchObject({ groupByAll: true });
    expect(second).toMatchObject({ receiver: 'a', groupBy: ['team'], continue: false });
  });

  test('is known by its matchers, sorted, on the way from the root; siblings that share them by their place', () => {
    expect(root.key).toBe('{}');
    expect(root.routes[0]?.routes[0]?.key).toBe('{}/{env=~"a|b",team="x"}/{zone=~"^(?:1|2)$"}');
    expect(root.routes[1]?.key).toBe(root.routes[2]?.key);
    expect(root.routes[1]?.id).not.toBe(root.routes[2]?.id);
  });

  test('goes to the deepest node that matches, and on to siblings only after a continue', () => {
    const receivers = (labels: Record<string, string>) => matchRoutes(root, labels).map(({ id }) => id);
    expect(receivers({})).toEqual([root.id]);
    expect(receivers({ env: 'a', team: 'x', zone: '1' })).toEqual([
      root.routes[0]?.routes[0]?.id,
      root.routes[1]?.id,
    ]);
    expect(receivers({ team: 'x' })).toEqual([root.routes[1]?.id]);
  });

  test('is drawn as amtool draws it', () => {
    expect(routeTreeText(root)).toBe(
      [
        'Routing tree:',
        '.',
        '└── default-route  receiver: a  grouping: [team]',
        '    ├── {env=~"a|b",team="x"}  continue: true  receiver: b  grouping: [...]',
        '    │   ├── {zone=~"^(?:1|2)$"}  receiver: b  grouping: [zone]',
        '    │   └── default-route  receiver: b  grouping: [...]',
        '    ├── {team="x"}  receiver: a  grouping: [team]',
        '    └── {team="x"}  receiver: a  grouping: [team]',
      ].join('\n'),
    );
  });

  test('law: what is found matches on its whole way, is no inner node with a matching child, and comes in order', () => {
    fc.assert(
      fc.property(arbitraryTree(), arbitraryLabels(), (config, labels) => {
        const tree = buildRoutes(parseAlertmanagerConfig(config).route);
        const order: { route: Route; way: readonly Route[] }[] = [];
        const visit = (route: Route, way: readonly Route[]): void => {
          order.push({ route, way: [...way, route] });
          for (const child of route.routes) visit(child, [...way, route]);
        };
        visit(tree, []);
        const found = matchRoutes(tree, labels);
        const places = found.map((route) => order.findIndex((one) => one.route === route));
        expect(places).toEqual([...places].sort((left, right) => left - right));
        expect(new Set(places).size).toBe(places.length);
        expect(places.length).toBeGreaterThan(0);
        for (const place of places) {
          const { route, way } = order[place]!;
          expect(way.every(({ matchers }) => matchesAll(matchers, labels))).toBe(true);
          expect(route.routes.some(({ matchers }) => matchesAll(matchers, labels))).toBe(false);
          // Whatever matched before on the same level let it through.
          way.slice(1).forEach((node, depth) => {
            const siblings = way[depth]!.routes;
            const before = siblings.slice(0, siblings.indexOf(node));
            expect(before.every((one) => one.continue || !matchesAll(one.matchers, labels))).toBe(true);
          });
        }
      }),
    );
  });
});

test('a label called like a method of objects is absent unless it is there', () => {
  expect(labelValue({}, 'constructor')).toBe('');
});

const AMTOOL = process.env.TIDEWATCH_AMTOOL ?? 'amtool';
const version = spawnSync(AMTOOL, ['--version'], { encoding: 'utf8' });
const amtoolIsHere = version.status === 0;
const TREES = 500;
const LABEL_SETS = 10;
const SIDE_BY_SIDE = 4;

describe.skipIf(!amtoolIsHere)(
  `amtool${amtoolIsHere ? '' : ' (skipped: it is not on the machine; Debian package prometheus-alertmanager)'}`,
  () => {
    test(`answers the same for ${TREES * LABEL_SETS} label sets on random trees`, {
      timeout: 600_000,
    }, async () => {
      const folder = temporaryFolder();
      const seed = Number(process.env.TIDEWATCH_SEED ?? 5);
      const trees = fc.sample(arbitraryTree(), { numRuns: TREES, seed });
      const labelSets = fc.sample(arbitraryLabels(), { numRuns: TREES * LABEL_SETS, seed });
      const wrong: unknown[] = [];
      const cases = trees.flatMap((config, i) => {
        const file = join(folder, `${i}.yml`);
        writeFileSync(file, config);
        const root = buildRoutes(parseAlertmanagerConfig(config).route);
        return labelSets
          .slice(i * LABEL_SETS, (i + 1) * LABEL_SETS)
          .map((labels) => ({ file, config, root, labels }));
      });
      const work = async (): Promise<void> => {
        for (let next = cases.pop(); next !== undefined; next = cases.pop()) {
          const { file, config, root, labels } = next;
          const ours = matchRoutes(root, labels).map(({ receiver }) => receiver);
          const theirs = await amtool(file, labels);
          if (ours.join() !== theirs) wrong.push({ seed, config, labels, ours, theirs });
        }
      };
      await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
      expect(wrong).toEqual([]);
    });
  },
);

/** The last line: warnings come before it on the same stream. */
function amtool(file: string, labels: Record<string, string>): Promise<string> {
  const args = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&')}"`);
  return new Promise((resolve, reject) => {
    const child = spawn(AMTOOL, ['config', 'routes', 'test', `--config.file=${file}`, ...args]);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output = `${chunk}${output}`;
    });
    child.on('error', reject);
    child.on('close', () => resolve(output.trimEnd().split('\n').at(-1) ?? ''));
  });
}
