// A wake-up off the queue → the group it is of, if it still is: the rows are read, the session does the rest.
import type { Timers, WakeUp } from '../../model/wake-up.ts';
import type { AlertingStores, StoredGroup } from '../ports.ts';
import { type Route, routesById } from '../routing/route.ts';
import { FlushSession, type SessionOutcome, type SessionPorts } from './flush-session.ts';
import { leavingOf, stateOfGroup } from './group-session.ts';

export interface NotifierPorts extends SessionPorts {
  readonly stores: AlertingStores;
  readonly timers: Timers;
}

/** What a wake-up came to. `stale`: the group has moved on. `early`: set again. */
export type WakeUpOutcome = SessionOutcome | 'stale' | 'early';

export class GroupNotifier {
  private readonly ports: NotifierPorts;
  private readonly routes: ReadonlyMap<string, Route>;

  constructor(ports: NotifierPorts) {
    this.ports = ports;
    this.routes = routesById(ports.rules.root);
  }

  /**
   * Does what is due for a group.
   * @param wakeUp of kind `group` or `outbox`
   * @throws what the stores throw; the timer of the group then rings again
   */
  async wake(wakeUp: WakeUp): Promise<WakeUpOutcome> {
    const { stores, timers, now, rules } = this.ports;
    const stored = await stores.groups.load(wakeUp.id);
    if (stored === undefined || stored.head.version !== wakeUp.generation) {
      await timers.done(wakeUp);
      return 'stale';
    }
    const { head } = stored;
    if (now() < head.dueAt) {
      await timers.schedule(wakeUp);
      return 'early';
    }
    const route = this.routes.get(head.routeId);
    if (route === undefined) return this.drop(stored);
    // Silences and sources are read after the alerts: one that is there by now mutes.
    const [log, silences, sources] = await Promise.all([
      stores.log.load(head.key, route.receiver),
      stores.silences.list(),
      rules.inhibition.rules.list.length === 0 ? [] : stores.sources.list(),
    ]);
    const small = stateOfGroup(rules, stored, route, { log, silences, sources });
    return new FlushSession(this.ports, stored, small, log).run();
  }

  /** The configuration no longer has the route: its alerts join other groups when they are sent again. */
  private async drop({ head, alerts }: StoredGroup): Promise<WakeUpOutcome> {
    const change = { before: head, after: undefined, outbox: [], leaving: leavingOf(alerts, undefined) };
    const result = await this.ports.stores.groups.save({ ...change, announce: false });
    return result === 'saved' ? 'flushed' : 'lost';
  }
}
