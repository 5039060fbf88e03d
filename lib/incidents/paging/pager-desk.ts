// Reads and writes the row of a person, again on what is there if another write was faster.
import { RetryableError } from '../../model/errors.ts';
import type { EscalationPorts } from '../ports.ts';
import { newPager, type Pager, pagerWakeAt } from './pager.ts';

const MAX_CONFLICTS = 8;

/**
 * Changes the row of a person by a rule, which may be called several times. The timer is set before the row is written.
 * @throws RetryableError when others wrote too often
 */
export async function changePager(
  person: string,
  ports: Pick<EscalationPorts, 'pagers' | 'timers'>,
  rule: (pager: Pager) => Pager,
): Promise<void> {
  for (let attempt = 0; attempt < MAX_CONFLICTS; attempt += 1) {
    const before = (await ports.pagers.read(person)) ?? newPager(person);
    const changed = rule(before);
    if (changed === before) return;
    const after = { ...changed, version: before.version + 1 };
    const dueAt = pagerWakeAt(after);
    if (dueAt !== undefined) {
      await ports.timers.schedule({ kind: 'reminder', id: person, generation: after.version, dueAt });
    }
    if ((await ports.pagers.write(after)) === 'saved') return;
  }
  throw new RetryableError('conflict', `pages of ${person}: others wrote at the same time, too often`);
}
