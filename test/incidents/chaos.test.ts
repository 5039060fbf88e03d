// Escalation when every read, write, send and timer may fail, repeat, come late, or be the last thing a function does:
// each step that is due is told at least once, to receivers that deduplicate at most once, and nothing is begun to be
// sent after an acknowledgement.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IncidentDesk } from '../../lib/incidents/desk.ts';
import { escalate } from '../../lib/incidents/escalate.ts';
import { escalationChannel } from '../../lib/incidents/escalation-channel.ts';
import type { EscalationPorts } from '../../lib/incidents/ports.ts';
import type { NotificationResult } from '../../lib/model/notification.ts';
import type { WakeUp } from '../../lib/model/wake-up.ts';
import { content, MINUTE, START, settings } from './escalation-world.ts';
import { MemoryIncidentStore, MemoryOverrideStore, MemoryPagerStore } from './memory-stores.ts';

/** How often something goes wrong, 0..1. */
interface Rates {
  readonly crash: number;
  readonly lostAnswer: number;
  readonly receiverFails: number;
  readonly duplicate: number;
  readonly lostMessage: number;
}

const SWEEP_MS = MINUTE;
const VISIBILITY_MS = 2 * MINUTE;

/** A function that was killed: nothing it still does has an effect. */
class Killed extends Error {}

class ChaoticWorld {
  now = START;
  readonly delivered: { readonly key: string; readonly at: number }[] = [];
  /** Begun to be sent although the row, as the sender read it last, said that somebody had acknowledged. */
  readonly tooLate: string[] = [];
  readonly incidents = new MemoryIncidentStore();
  private readonly pagers = new MemoryPagerStore();
  private readonly overrides = new MemoryOverrideStore();
  private readonly rows = new Map<string, WakeUp>();
  private queue: { readonly at: number; readonly wakeUp: WakeUp }[] = [];
  private readonly rates: Rates;
  private readonly random: () => number;
  private nextSweep = START + SWEEP_MS;

  constructor(rates: Rates, seed: number) {
    this.rates = rates;
    let state = seed >>> 0;
    // Mulberry32.
    this.random = () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
    };
  }

  private happens(rate: number): boolean {
    return this.random() < rate;
  }

  /** Ports of one invocation, which may be killed before or after any of its calls. */
  private invocation(): EscalationPorts {
    let killed = false;
    let seen: string | undefined;
    const call = async <T>(effect: () => Promise<T>): Promise<T> => {
      if (!killed && this.happens(this.rates.crash / 2)) killed = true;
      if (killed) throw new Killed('killed before a call');
      // Others run between a call and its effect, and between the effect and the answer.
      if (this.happens(0.3)) await Promise.resolve();
      const answer = await effect();
      if (this.happens(this.rates.crash / 2)) killed = true;
      if (killed || this.happens(this.rates.lostAnswer)) throw new Killed('no answer');
      return answer;
    };
    const { incidents, pagers, overrides } = this;
    return {
      settings: settings({ bundleWithinMs: 5 * MINUTE }),
      incidents: {
        read: (id) =>
          call(async () => {
            const incident = await incidents.read(id);
            seen = incident?.status;
            return incident;
          }),
        ofGroup: (policy, key) => call(() => incidents.ofGroup(policy, key)),
        commit: (change) => call(() => incidents.commit(change)),
        timeline: (id) => incidents.timeline(id),
        listOpen: () => call(() => incidents.listOpen()),
        listResolved: (limit) => incidents.listResolved(limit),
      },
      pagers: {
        read: (person) => call(() => pagers.read(person)),
        write: (pager) => call(() => pagers.write(pager)),
      },
      overrides: {
        list: (name) => call(() => overrides.list(name)),
        add: (override) => overrides.add(override),
        remove: (name, id) => overrides.remove(name, id),
      },
      timers: {
        schedule: (wakeUp) => call(async () => this.schedule(wakeUp)),
        done: (wakeUp) =>
          call(async () => {
            this.rows.delete(rowKey(wakeUp));
          }),
      },
      sender: {
        send: (_target, _content, { idempotencyKey }) => {
          if (seen !== 'triggered') this.tooLate.push(idempotencyKey);
          return this.send(idempotencyKey, () => killed);
        },
        acknowledge: async () => ({ kind: 'delivered' }),
      },
      linkSecret: async () => 'secret',
      apiUrl: 'https://api.example',
      sleep: async () => {},
    };
  }

  /** A receiver never throws; it may take a page and not say so. */
  private async send(key: string, isKilled: () => boolean): Promise<NotificationResult> {
    if (isKilled()) throw new Killed('killed');
    if (this.happens(this.rates.receiverFails)) return { kind: 'retry', reason: 'HTTP 503' };
    this.delivered.push({ key, at: this.now });
    return this.happens(this.rates.lostAnswer)
      ? { kind: 'retry', reason: 'no answer' }
      : { kind: 'delivered' };
  }

  private schedule(wakeUp: WakeUp): void {
    this.rows.set(rowKey(wakeUp), wakeUp);
    this.enqueue(wakeUp, Math.max(this.now, wakeUp.dueAt));
    if (this.happens(this.rates.duplicate)) this.enqueue(wakeUp, wakeUp.dueAt + this.random() * MINUTE);
  }

  private enqueue(wakeUp: WakeUp, at: number): void {
    if (!this.happens(this.rates.lostMessage)) this.queue.push({ at, wakeUp });
  }

  /** Again until it says that it is done, as a queue does with a message or a client with a call. */
  async untilDone(work: (ports: EscalationPorts) => Promise<unknown>): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      try {
        await work(this.invocation());
        return;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        await this.run(1 / 60);
      }
    }
    throw new Error('never done');
  }

  async run(minutes: number): Promise<void> {
    const until = this.now + minutes * MINUTE;
    for (;;) {
      const at = Math.min(this.nextSweep, ...this.queue.map((message) => message.at));
      if (at > until) break;
      this.now = Math.max(this.now, at);
      if (at === this.nextSweep) {
        this.nextSweep += SWEEP_MS;
        for (const wakeUp of this.rows.values())
          if (wakeUp.dueAt < this.now - SWEEP_MS) this.enqueue(wakeUp, this.now);
        continue;
      }
      const ready = this.queue.filter((message) => message.at <= this.now);
      this.queue = this.queue.filter((message) => message.at > this.now);
      // All that is ready runs at the same time, step by step.
      await Promise.all(ready.map(({ wakeUp }) => this.wake(wakeUp)));
    }
    this.now = until;
  }

  private async wake(wakeUp: WakeUp): Promise<void> {
    try {
      await escalate(wakeUp, this.invocation(), () => this.now);
    } catch {
      this.queue.push({ at: this.now + VISIBILITY_MS, wakeUp });
    }
  }
}

function rowKey(wakeUp: WakeUp): string {
  return JSON.stringify([wakeUp.kind, wakeUp.id, wakeUp.generation, wakeUp.dueAt]);
}

const rate = (max: number) => fc.double({ min: 0, max, noNaN: true });
const anyRates: fc.Arbitrary<Rates> = fc.record({
  crash: rate(0.08),
  lostAnswer: rate(0.1),
  receiverFails: rate(0.4),
  duplicate: rate(0.5),
  lostMessage: rate(0.5),
});
const anySeed = fc.integer();
const target = { kind: 'escalation', fields: { policy: 'shop' } };

async function fire(world: ChaoticWorld): Promise<string> {
  const at = world.now;
  await world.untilDone(async (ports) => {
    const result = await escalationChannel(ports)(target, content(), { idempotencyKey: 'n1', now: at });
    if (result.kind !== 'delivered') throw new Error(result.reason);
  });
  return [...world.incidents.incidents.keys()][0]!;
}

test('unacknowledged, every level of every round is told at least once, and each page has one key', async () => {
  await fc.assert(
    fc.asyncProperty(anyRates, anySeed, async (rates, seed) => {
      const world = new ChaoticWorld(rates, seed);
      const id = await fire(world);
      await world.run(240);
      expect(world.incidents.incidents.size).toBe(1);
      const keys = new Set(world.delivered.map(({ key }) => key));
      // ada, cem, boss with two contacts; twice.
      expect(keys.size).toBe(8);
      for (const step of ['0.0', '0.1', '0.2', '1.0', '1.1', '1.2']) {
        expect(
          [...keys].some((key) => key.startsWith(`${id}.1.${step}.`)),
          `level ${step}`,
        ).toBe(true);
      }
      expect(world.tooLate).toEqual([]);
    }),
    { numRuns: 60 },
  );
}, 120_000);

test('once acknowledged, nothing is begun to be sent; before it, what was due was told', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyRates,
      anySeed,
      fc.double({ min: 0, max: 60, noNaN: true }),
      async (rates, seed, after) => {
        const world = new ChaoticWorld(rates, seed);
        const id = await fire(world);
        await world.run(after);
        await world.untilDone((ports) =>
          new IncidentDesk(ports).apply(id, { kind: 'acknowledge', by: 'ada' }, world.now),
        );
        const told = world.delivered.length;
        await world.run(240);
        expect(world.delivered.length).toBe(told);
        expect(world.tooLate).toEqual([]);
        expect(world.incidents.incidents.get(id)).toMatchObject({ status: 'acknowledged' });
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);

test('acknowledged while pages are being sent, none is begun by a sender that can know', async () => {
  await fc.assert(
    fc.asyncProperty(anyRates, anySeed, async (rates, seed) => {
      const world = new ChaoticWorld(rates, seed);
      const id = await fire(world);
      const acknowledging = world.untilDone((ports) =>
        new IncidentDesk(ports).apply(id, { kind: 'acknowledge', by: 'ada' }, world.now),
      );
      await Promise.all([acknowledging, world.run(30)]);
      await world.run(60);
      expect(world.tooLate).toEqual([]);
    }),
    { numRuns: 100 },
  );
}, 120_000);
