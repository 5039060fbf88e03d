// Whether a page of an incident goes now or waits to leave with others: asked before each page to a person.
import type { Incident, Page } from '../incident/incident.ts';
import type { EscalationPorts } from '../ports.ts';
import { takePage } from './pager.ts';
import { changePager } from './pager-desk.ts';

/** P1 and escalations always go; that they went is counted, but must not stop them. @param now epoch milliseconds */
export async function mayPage(
  { id, episode, priority }: Incident,
  { isPerson, purpose, recipient, round, step }: Page,
  ports: Pick<EscalationPorts, 'pagers' | 'timers' | 'settings'>,
  now: number,
): Promise<'now' | 'bundled'> {
  if (!isPerson || purpose !== 'page') return 'now';
  const isLimited = priority !== 'P1' && step === 0 && round === 0;
  // One for all contacts of a person.
  const held = { key: `${id}.${episode}.${round}.${step}`, incidentId: id, episode, step, at: now };
  let verdict: 'now' | 'bundled' = 'now';
  try {
    await changePager(recipient, ports, (pager) => {
      const taken = takePage(pager, held, isLimited, ports.settings, now);
      verdict = taken.verdict;
      return taken.pager;
    });
  } catch (error) {
    if (isLimited) throw error;
    return 'now';
  }
  return verdict;
}
