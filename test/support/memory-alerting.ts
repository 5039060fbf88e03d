// The stores of alert routing and its timers in memory, for tests. What is read and written is copied, as a table does.
import type { AlertRecord } from '../../lib/alerting/alerts/alert-record.ts';
import {
  type AlertingStores,
  type AlertStore,
  type DueRow,
  type GroupChange,
  type GroupHead,
  type GroupJoin,
  type GroupStore,
  groupWakeUp,
  type NotificationLogStore,
  type OutboxEntry,
  type SilenceRecord,
  type SilenceStore,
  type SourceStore,
  type StoredAlert,
  type StoredGroup,
  type StoredLogEntry,
  type TimerRows,
} from '../../lib/alerting/ports.ts';
import type { Timers, WakeUp } from '../../lib/model/wake-up.ts';

/** Called before each read and write; a test lets it fail, or wait. `after` tells a write that has taken effect. */
export type Weather = (operation: string, moment: 'before' | 'after') => Promise<void>;

const FAIR: Weather = async () => {};

/** The longest delay of a message. */
const REACH_MS = 900_000;

/** The table: what is left when an instance has ended. */
export class AlertingRows {
  readonly alerts = new Map<string, StoredAlert>();
  readonly sources = new Map<string, AlertRecord>();
  readonly silences = new Map<string, SilenceRecord>();
  readonly log = new Map<string, Map<string, StoredLogEntry>>();
  readonly heads = new Map<string, GroupHead>();
  readonly members = new Map<string, Map<string, AlertRecord>>();
  readonly outbox = new Map<string, OutboxEntry[]>();
  readonly due = new Map<string, DueRow>();
}

export class MemoryTimers implements Timers, TimerRows {
  private readonly rows: Map<string, DueRow>;
  private readonly deliver: (wakeUp: WakeUp) => void;
  private readonly weather: Weather;
  private readonly now: () => number;

  /** @param deliver takes the message that a timer sends; it is due at `dueAt` */
  constructor(
    deliver: (wakeUp: WakeUp) => void = () => {},
    weather: Weather = FAIR,
    now: () => number = Date.now,
    table: AlertingRows = new AlertingRows(),
  ) {
    this.rows = table.due;
    this.deliver = deliver;
    this.weather = weather;
    this.now = now;
  }

  async schedule(wakeUp: WakeUp): Promise<void> {
    await this.weather('timer.schedule', 'before');
    this.set(wakeUp, true);
    await this.weather('timer.schedule', 'after');
    await this.announceSoon(wakeUp);
  }

  async done(wakeUp: WakeUp): Promise<void> {
    await this.weather('timer.done', 'before');
    this.remove(wakeUp);
  }

  async announce(wakeUp: WakeUp): Promise<void> {
    await this.weather('timer.announce', 'before');
    this.deliver(wakeUp);
    await this.weather('timer.announce', 'after');
  }

  /** A message that cannot be sent is left to sweep-timers. */
  async announceSoon(wakeUp: WakeUp): Promise<void> {
    if (this.isNear(wakeUp)) await this.announce(wakeUp).catch(pass);
  }

  async due(untilMs: number): Promise<readonly DueRow[]> {
    return [...this.rows.values()].filter(({ wakeUp }) => wakeUp.dueAt <= untilMs);
  }

  /** As part of a write of another row. */
  set(wakeUp: WakeUp, announced: boolean): void {
    this.rows.set(keyOf(wakeUp), { wakeUp, announced: announced && this.isNear(wakeUp) });
  }

  remove(wakeUp: WakeUp): void {
    this.rows.delete(keyOf(wakeUp));
  }

  private isNear({ dueAt }: WakeUp): boolean {
    return dueAt - this.now() <= REACH_MS;
  }
}

/** The end of an instance is no failure of a call: nothing of it goes on. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

function pass(error: unknown): void {
  if (error instanceof Crash) throw error;
}

export class MemoryAlerting implements AlertingStores {
  readonly alerts: AlertStore;
  readonly sources: SourceStore;
  readonly silences: SilenceStore;
  readonly log: NotificationLogStore;
  readonly groups: GroupStore;

  constructor(
    timers: MemoryTimers = new MemoryTimers(),
    weather: Weather = FAIR,
    table: AlertingRows = new AlertingRows(),
  ) {
    this.alerts = memoryAlerts(weather, table.alerts);
    this.sources = memorySources(weather, table.sources);
    this.silences = memorySilences(weather, table.silences);
    this.log = memoryLog(weather, table.log);
    this.groups = new MemoryGroups(timers, weather, table);
  }
}

function memoryAlerts(weather: Weather, rows: Map<string, StoredAlert>): AlertStore {
  return {
    async load(fingerprints) {
      await weather('alerts.load', 'before');
      return new Map(
        fingerprints.flatMap((id) => (rows.has(id) ? [[id, structuredClone(rows.get(id)!)]] : [])),
      );
    },
    async save(alerts) {
      for (const alert of alerts) {
        await weather('alerts.save', 'before');
        rows.set(alert.alert.fingerprint, structuredClone(alert));
      }
    },
    async list() {
      await weather('alerts.list', 'before');
      return [...rows.values()].map((row) => structuredClone(row));
    },
  };
}

function memorySources(weather: Weather, rows: Map<string, AlertRecord>): SourceStore {
  return {
    async save(alerts) {
      for (const alert of alerts) {
        await weather('sources.save', 'before');
        rows.set(alert.fingerprint, structuredClone(alert));
      }
    },
    async list() {
      await weather('sources.list', 'before');
      return [...rows.values()].map((row) => structuredClone(row));
    },
  };
}

function memorySilences(weather: Weather, rows: Map<string, SilenceRecord>): SilenceStore {
  return {
    async list() {
      await weather('silences.list', 'before');
      return [...rows.values()].map((row) => structuredClone(row));
    },
    async get(id) {
      await weather('silences.get', 'before');
      const row = rows.get(id);
      return row && structuredClone(row);
    },
    async put(silence) {
      await weather('silences.put', 'before');
      if ((rows.get(silence.id)?.version ?? 0) !== silence.version - 1) return 'conflict';
      rows.set(silence.id, structuredClone(silence));
      return 'saved';
    },
  };
}

function memoryLog(weather: Weather, rows: Map<string, Map<string, StoredLogEntry>>): NotificationLogStore {
  const key = (groupKey: string, receiver: string) => JSON.stringify([groupKey, receiver]);
  return {
    async load(groupKey, receiver) {
      await weather('log.load', 'before');
      return structuredClone(rows.get(key(groupKey, receiver)) ?? new Map());
    },
    async put(groupKey, receiver, integration, entry) {
      await weather('log.put', 'before');
      const entries = rows.get(key(groupKey, receiver)) ?? new Map();
      rows.set(key(groupKey, receiver), entries.set(integration, structuredClone(entry)));
      await weather('log.put', 'after');
    },
  };
}

class MemoryGroups implements GroupStore {
  private readonly heads: AlertingRows['heads'];
  private readonly rows: AlertingRows['members'];
  private readonly outbox: AlertingRows['outbox'];
  private readonly timers: MemoryTimers;
  private readonly weather: Weather;

  constructor(timers: MemoryTimers, weather: Weather, table: AlertingRows) {
    this.heads = table.heads;
    this.rows = table.members;
    this.outbox = table.outbox;
    this.timers = timers;
    this.weather = weather;
  }

  async join({ head, alerts }: GroupJoin): Promise<void> {
    for (const alert of alerts) {
      await this.weather('group.row', 'before');
      const rows = this.rows.get(head.ref) ?? new Map<string, AlertRecord>();
      this.rows.set(head.ref, rows.set(alert.fingerprint, structuredClone(alert)));
    }
    await this.weather('group.join', 'before');
    const there = this.heads.get(head.ref);
    if (there !== undefined) {
      this.heads.set(head.ref, { ...there, joins: there.joins + 1 });
      await this.weather('group.join', 'after');
      return;
    }
    this.heads.set(head.ref, structuredClone(head));
    const wakeUp = groupWakeUp(head);
    this.timers.set(wakeUp, true);
    await this.weather('group.join', 'after');
    await this.timers.announceSoon(wakeUp);
  }

  async load(ref: string): Promise<StoredGroup | undefined> {
    await this.weather('group.load', 'before');
    const head = structuredClone(this.heads.get(ref));
    if (head === undefined) return undefined;
    await this.weather('group.load', 'before');
    return {
      head,
      alerts: [...(this.rows.get(ref)?.values() ?? [])].map((row) => structuredClone(row)),
      outbox: head.flush === undefined ? [] : structuredClone(this.outbox.get(ref) ?? []),
    };
  }

  async save({ before, after, outbox, leaving, announce }: GroupChange): Promise<'saved' | 'conflict'> {
    const { ref } = before;
    for (const { fingerprint, revision } of leaving) {
      await this.weather('group.leave', 'before');
      const rows = this.rows.get(ref);
      if (rows?.get(fingerprint)?.revision === revision) rows.delete(fingerprint);
    }
    await this.weather('group.save', 'before');
    const there = this.heads.get(ref);
    if (there?.version !== before.version) return 'conflict';
    if (after === undefined && there.joins !== before.joins) return 'conflict';
    this.timers.remove(groupWakeUp(before));
    if (after === undefined) {
      this.heads.delete(ref);
      this.outbox.delete(ref);
      await this.weather('group.save', 'after');
      return 'saved';
    }
    this.heads.set(ref, structuredClone({ ...after, joins: there.joins }));
    if (outbox.length > 0) this.outbox.set(ref, structuredClone([...outbox]));
    const wakeUp = groupWakeUp(after);
    this.timers.set(wakeUp, announce);
    await this.weather('group.save', 'after');
    if (announce) await this.timers.announceSoon(wakeUp);
    return 'saved';
  }
}

function keyOf({ kind, id, generation, dueAt }: WakeUp): string {
  return [dueAt, kind, id, generation].join(' ');
}
