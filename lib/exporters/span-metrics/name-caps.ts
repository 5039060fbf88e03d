// Which operations (and remotes) of a service are counted by name: at most so many, and the same in all instances.
// So that a route that a scanner makes up does not become a metric that costs money for ever.
import { RetryableError } from '../../model/errors.ts';
import type { KnownNames, NameOwner, OperationStore } from './ports.ts';

const DAY_MS = 86_400_000;

/** A name that was not seen for so many days gives its place away. CloudWatch lists a metric for 14. */
const FORGET_AFTER_DAYS = 15;

/** That a name is still seen is noted this often, so that a steady service writes next to nothing. */
const NOTE_EVERY_DAYS = 5;

/** While all places are taken, this is how often a newcomer may ask. */
const ASK_AGAIN_MS = 5 * 60_000;

/** Times that another instance may be faster. */
const MAX_CONFLICTS = 5;

/** Services remembered by one instance. */
const MAX_OWNERS = 1000;

interface Remembered {
  readonly names: KnownNames;
  readonly loadedAtMs: number;
}

export class NameCaps {
  private readonly store: OperationStore;
  private readonly max: number;
  private readonly owners = new Map<string, Remembered>();

  constructor(store: OperationStore, max: number) {
    this.store = store;
    this.max = max;
  }

  /**
   * Gives names their places, first come first served.
   * @returns those that have one @throws RetryableError
   */
  async admit(owner: NameOwner, names: readonly string[], nowMs: number): Promise<ReadonlySet<string>> {
    const key = `${owner.kind}/${owner.tenant}/${owner.service}`;
    const today = Math.floor(nowMs / DAY_MS);
    const remembered = this.owners.get(key);
    if (remembered !== undefined && this.isEnough(remembered, names, today, nowMs)) {
      return placed(remembered.names, names);
    }
    for (let conflicts = 0; conflicts <= MAX_CONFLICTS; conflicts++) {
      const known = await this.store.load(owner);
      const next = seat(known, names, today, this.max);
      if (next !== known && (await this.store.save(owner, next)) === 'conflict') continue;
      if (this.owners.size >= MAX_OWNERS) this.owners.clear();
      const version = next === known ? known.version : known.version + 1;
      const kept = { days: next.days, version };
      this.owners.set(key, { names: kept, loadedAtMs: nowMs });
      return placed(kept, names);
    }
    throw new RetryableError('conflict', `the ${owner.kind} of ${owner.service} are being noted by others`);
  }

  /** True when asking the store would change nothing. */
  private isEnough(
    { names, loadedAtMs }: Remembered,
    wanted: readonly string[],
    today: number,
    nowMs: number,
  ): boolean {
    const isFull = names.days.size >= this.max && nowMs - loadedAtMs < ASK_AGAIN_MS;
    return wanted.every((name) => {
      const day = names.days.get(name);
      return day === undefined ? isFull : today - day < NOTE_EVERY_DAYS;
    });
  }
}

/** @returns the same object when nothing is to be written */
function seat(known: KnownNames, wanted: readonly string[], today: number, max: number): KnownNames {
  const days = new Map([...known.days].filter(([, day]) => today - day <= FORGET_AFTER_DAYS));
  let changed = days.size !== known.days.size;
  for (const name of wanted) {
    const day = days.get(name);
    const isDue = day === undefined ? days.size < max : today - day >= NOTE_EVERY_DAYS;
    if (!isDue) continue;
    days.set(name, today);
    changed = true;
  }
  return changed ? { days, version: known.version } : known;
}

function placed({ days }: KnownNames, wanted: readonly string[]): ReadonlySet<string> {
  return new Set(wanted.filter((name) => days.has(name)));
}
