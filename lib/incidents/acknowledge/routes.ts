// `/ack/:token`: mail programs and chat previews open links, so GET changes nothing; the button of its page does.
import type { ApiRequest, ApiResponse, ApiRoute } from '../../api/route.ts';
import { type DeskPorts, IncidentDesk } from '../desk.ts';
import type { Incident } from '../incident/incident.ts';
import { step } from '../incident/step.ts';
import { type AcknowledgeClaim, readAcknowledgeToken } from './link.ts';
import { acknowledgePage } from './page.ts';

export interface AcknowledgePorts extends DeskPorts {
  /** Signs links; the same for all functions of a deployment. */
  readonly linkSecret: () => Promise<string>;
}

export type LinkOutcome = 'done' | 'already' | 'over' | 'firesAgain' | 'expired' | 'forged' | 'gone';

export function acknowledgeRoutes(ports: AcknowledgePorts): readonly ApiRoute[] {
  return [
    { method: 'GET', path: '/ack/:token', scope: 'public', handle: (request) => show(request, ports) },
    { method: 'POST', path: '/ack/:token', scope: 'public', handle: (request) => press(request, ports) },
  ];
}

async function show({ parameters, now }: ApiRequest, ports: AcknowledgePorts): Promise<ApiResponse> {
  const verdict = readAcknowledgeToken(parameters.token ?? '', await ports.linkSecret(), now);
  if (verdict.kind !== 'valid') return acknowledgePage(verdict.kind);
  const { claim } = verdict;
  const incident = await ports.incidents.read(claim.incident);
  return acknowledgePage(standing(incident, claim) ?? 'ask', incident, claim.recipient);
}

async function press({ parameters, now }: ApiRequest, ports: AcknowledgePorts): Promise<ApiResponse> {
  const { outcome, incident } = await acknowledgeByToken(parameters.token ?? '', 'link', ports, now);
  return acknowledgePage(outcome, incident);
}

/**
 * Acknowledges as the recipient of a link.
 * @param way for the timeline: `link`, `Slack`
 * @param now epoch milliseconds
 */
export async function acknowledgeByToken(
  token: string,
  way: string,
  ports: AcknowledgePorts,
  now: number,
  by?: string,
): Promise<{ readonly outcome: LinkOutcome; readonly incident?: Incident }> {
  const verdict = readAcknowledgeToken(token, await ports.linkSecret(), now);
  if (verdict.kind !== 'valid') return { outcome: verdict.kind };
  const { claim } = verdict;
  return acknowledgeById(claim.incident, `${by ?? claim.recipient} by ${way}`, ports, now, claim.episode);
}

/**
 * Acknowledges an incident.
 * @param episode only if it is this one that fires
 * @param now epoch milliseconds
 */
export async function acknowledgeById(
  id: string,
  by: string,
  ports: DeskPorts,
  now: number,
  episode?: number,
): Promise<{ readonly outcome: LinkOutcome; readonly incident?: Incident }> {
  let stands: LinkOutcome | undefined;
  const change = await new IncidentDesk(ports).change(id, now, (incident, rules) => {
    stands = standing(incident, { episode: episode ?? incident.episode });
    return stands === undefined
      ? step(incident, { kind: 'acknowledge', by }, rules, now)
      : { incident, entries: [] };
  });
  if (change === undefined) return { outcome: 'gone' };
  return { outcome: stands ?? 'done', incident: change.after };
}

/** Why a link has nothing left to do; undefined when it has. */
function standing(
  incident: Incident | undefined,
  { episode }: Pick<AcknowledgeClaim, 'episode'>,
): 'already' | 'over' | 'firesAgain' | 'gone' | undefined {
  if (incident === undefined) return 'gone';
  if (incident.status === 'resolved') return 'over';
  if (incident.episode !== episode) return 'firesAgain';
  return incident.status === 'acknowledged' ? 'already' : undefined;
}
