// `/slo…` of the `api` function: how SLOs stand, whether a deployment may go on, and changes of budgets by hand.
import type { ApiRequest, ApiResponse, ApiRoute } from '../api/route.ts';
import { overrideAt, type SloChange, type SloChangeKind } from './changes/change.ts';
import { makeChange, makeWithdrawal } from './changes/make-change.ts';
import type { SloChangeStore } from './changes/ports.ts';
import { type GateDecision, gateOf } from './gate/gate.ts';
import type { SloStatusReader } from './ports.ts';
import type { SloProblem } from './problems.ts';
import type { SloSettings } from './settings.ts';
import { changeView, gateView, sloView } from './view.ts';

export interface SloRoutePorts {
  /** Of this deployment. */
  readonly slos: readonly SloSettings[];
  readonly statuses: SloStatusReader;
  readonly changes: SloChangeStore;
  /** An id that no other change has, such as randomUUID of node:crypto. */
  readonly newId: () => string;
}

/** Paths by what they change. */
const KINDS: Readonly<Record<string, SloChangeKind>> = {
  exclusions: 'exclusion',
  adjustments: 'adjustment',
  overrides: 'override',
};
/** A gate is asked while somebody waits, and a status is a minute old at most anyhow. */
const RETRY_AFTER_SECONDS = 60;
const GATE_STATUS: Readonly<Record<GateDecision['gate'], number>> = { open: 200, closed: 409, unknown: 503 };

export function sloRoutes(ports: SloRoutePorts): readonly ApiRoute[] {
  const byName = new Map(ports.slos.map((slo) => [slo.name, slo]));

  /** Answers with 404 for an SLO that is not there. */
  const ofSlo =
    (handle: (slo: SloSettings, request: ApiRequest) => Promise<ApiResponse>) =>
    async (request: ApiRequest): Promise<ApiResponse> => {
      const name = request.parameters.id ?? '';
      const slo = byName.get(name);
      return slo === undefined ? notFound(`there is no SLO ${name}`) : handle(slo, request);
    };

  const list = async ({ now }: ApiRequest): Promise<ApiResponse> => {
    const [statuses, changes] = await Promise.all([
      ports.statuses.statuses([...byName.keys()]),
      ports.changes.list(),
    ]);
    const slos = ports.slos.map((slo) => {
      const status = statuses.get(slo.name);
      return sloView(slo, status, gateOf(slo, status, overrideAt(changes, slo.name, now), now));
    });
    return json(200, { slos });
  };

  const know = async (slo: SloSettings, now: number) => {
    const [statuses, changes] = await Promise.all([
      ports.statuses.statuses([slo.name]),
      ports.changes.list(),
    ]);
    const status = statuses.get(slo.name);
    return { status, changes, gate: gateOf(slo, status, overrideAt(changes, slo.name, now), now) };
  };

  const show = ofSlo(async (slo, { now }) => {
    const { status, changes, gate } = await know(slo, now);
    const own = changes.filter((change) => change.slo === slo.name).map(changeView);
    return json(200, { ...sloView(slo, status, gate), policy: slo.policy, changes: own });
  });

  const showGate = ofSlo(async (slo, { now }) => {
    const { gate } = await know(slo, now);
    const retry = gate.gate === 'unknown' ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {};
    return json(GATE_STATUS[gate.gate], gateView(gate), retry);
  });

  const add = (kind: SloChangeKind) =>
    ofSlo(async ({ name: slo }, { body, caller, now }) => {
      const wish = parseBody(body);
      if (wish === undefined) return json(400, { error: 'the body is not JSON' });
      const existing = await ports.changes.list();
      const id = ports.newId();
      const result = makeChange(kind, wish, { slo, id, madeBy: caller ?? '', now, existing });
      if (result.kind === 'refused') return refused(result.problems);
      await ports.changes.add(result.change);
      return json(201, changeView(result.change));
    });

  const withdraw = (kind: SloChangeKind) =>
    ofSlo(async ({ name: slo }, { body, query, parameters, caller, now }) => {
      const wish = body.length === 0 ? Object.fromEntries(query) : parseBody(body);
      if (wish === undefined) return json(400, { error: 'the body is not JSON' });
      const wanted = makeWithdrawal(wish, { madeBy: caller ?? '', now });
      if (wanted.kind === 'refused') return refused(wanted.problems);
      const id = parameters.change ?? '';
      if (!isOf(await ports.changes.list(), slo, kind, id)) return notFound(`${slo} has no ${kind} ${id}`);
      const result = await ports.changes.withdraw(slo, id, wanted.withdrawal);
      return result.kind === 'notFound'
        ? notFound(`${slo} has no ${kind} ${id}`)
        : json(200, changeView(result.change));
    });

  return [
    { method: 'GET', path: '/slo', scope: 'slo:read', handle: list },
    { method: 'GET', path: '/slo/:id', scope: 'slo:read', handle: show },
    { method: 'GET', path: '/slo/:id/gate', scope: 'slo:read', handle: showGate },
    ...Object.entries(KINDS).flatMap(([path, kind]): ApiRoute[] => [
      { method: 'POST', path: `/slo/:id/${path}`, scope: 'slo:write', handle: add(kind) },
      { method: 'DELETE', path: `/slo/:id/${path}/:change`, scope: 'slo:write', handle: withdraw(kind) },
    ]),
  ];
}

function isOf(changes: readonly SloChange[], slo: string, kind: SloChangeKind, id: string): boolean {
  return changes.some((change) => change.slo === slo && change.kind === kind && change.id === id);
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function refused(problems: readonly SloProblem[]): ApiResponse {
  return json(400, { error: 'the change is refused', problems });
}

function notFound(error: string): ApiResponse {
  return json(404, { error });
}

function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
