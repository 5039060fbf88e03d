// A world in which escalation runs on a virtual clock: stores in memory, timers that go off by themselves, receivers
// that answer as a test says.
import { IncidentDesk } from '../../lib/incidents/desk.ts';
import { escalate } from '../../lib/incidents/escalate.ts';
import { escalationChannel } from '../../lib/incidents/escalation-channel.ts';
import type { EscalationPorts } from '../../lib/incidents/ports.ts';
import { ON_CALL_DEFAULTS, type OnCallSettings } from '../../lib/incidents/settings.ts';
import type {
  NotificationContent,
  NotificationContext,
  NotificationResult,
  NotificationTarget,
} from '../../lib/model/notification.ts';
import type { Timers, WakeUp } from '../../lib/model/wake-up.ts';
import { MemoryIncidentStore, MemoryOverrideStore, MemoryPagerStore } from './memory-stores.ts';

export const MINUTE = 60_000;
/** A Monday. */
export const START = Date.parse('2026-11-23T09:00:00Z');

export interface Sent {
  readonly act: 'send' | 'acknowledge';
  readonly at: number;
  /** Of the contact. */
  readonly to: string;
  readonly content: NotificationContent;
  readonly key: string;
}

const contact = (to: string, kind = 'webhook'): NotificationTarget => ({ kind, fields: { to } });

export function settings(change: Partial<OnCallSettings> = {}): OnCallSettings {
  return {
    people: {
      ada: { contacts: [contact('ada')] },
      ben: { contacts: [contact('ben')] },
      cem: { contacts: [contact('cem')] },
      boss: { contacts: [contact('boss'), contact('boss-phone')] },
    },
    schedules: {
      primary: {
        timeZone: 'UTC',
        overrides: [],
        layers: [
          {
            name: 'weekly',
            people: ['ada', 'ben'],
            startWallMs: START,
            turn: { count: 1, unit: 'week' },
            restrictions: [],
          },
        ],
      },
      empty: { timeZone: 'UTC', overrides: [], layers: [] },
    },
    policies: {
      shop: {
        repeat: 1,
        steps: [
          { targets: [{ kind: 'schedule', schedule: 'primary' }], acknowledgeWithinMs: 10 * MINUTE },
          { targets: [{ kind: 'person', person: 'cem' }], acknowledgeWithinMs: 20 * MINUTE },
          { targets: [{ kind: 'person', person: 'boss' }], acknowledgeWithinMs: 15 * MINUTE },
        ],
      },
      nobody: {
        repeat: 0,
        steps: [{ targets: [{ kind: 'schedule', schedule: 'empty' }], acknowledgeWithinMs: 10 * MINUTE }],
      },
    },
    fallback: [{ kind: 'person', person: 'boss' }],
    ...ON_CALL_DEFAULTS,
    ...change,
  };
}

export function content(change: Partial<NotificationContent> = {}): NotificationContent {
  return {
    receiver: 'pages',
    groupKey: '{}:{alertname="Down"}',
    groupLabels: { alertname: 'Down' },
    commonLabels: { alertname: 'Down', service: 'shop' },
    commonAnnotations: { summary: 'Shop is down' },
    status: 'firing',
    priority: 'P1',
    alerts: [],
    links: {},
    externalUrl: 'https://api.example',
    remarks: [],
    ...change,
  };
}

export class World {
  now = START;
  readonly sent: Sent[] = [];
  readonly incidents = new MemoryIncidentStore();
  readonly pagers = new MemoryPagerStore();
  readonly overrides = new MemoryOverrideStore();
  readonly due: WakeUp[] = [];
  /** What receivers answer; delivered when it says nothing. */
  answer: (to: string) => NotificationResult | undefined = () => undefined;
  readonly ports: EscalationPorts;
  readonly desk: IncidentDesk;
  private deliveries = 0;

  constructor(given: OnCallSettings = settings()) {
    const timers: Timers = {
      schedule: async (wakeUp) => {
        this.due.push(wakeUp);
      },
      done: async () => {},
    };
    this.ports = {
      settings: given,
      incidents: this.incidents,
      pagers: this.pagers,
      overrides: this.overrides,
      timers,
      sender: {
        send: (target, told, context) => this.send('send', target, told, context),
        acknowledge: (target, told, context) => this.send('acknowledge', target, told, context),
      },
      linkSecret: async () => 'secret',
      apiUrl: 'https://api.example',
      sleep: async () => {},
    };
    this.desk = new IncidentDesk(this.ports);
  }

  private async send(
    act: Sent['act'],
    target: NotificationTarget,
    told: NotificationContent,
    { idempotencyKey }: NotificationContext,
  ): Promise<NotificationResult> {
    const to = String(target.fields.to);
    const result = this.answer(to) ?? { kind: 'delivered' };
    if (result.kind === 'delivered') {
      this.sent.push({ act, at: this.now, to, content: told, key: idempotencyKey });
    }
    return result;
  }

  /** A notification about a group comes in by the channel `escalation`. */
  async notify(
    change: Partial<NotificationContent> = {},
    policy = 'shop',
    key = `n${++this.deliveries}`,
  ): Promise<string> {
    const result = await escalationChannel(this.ports)(
      { kind: 'escalation', fields: { policy } },
      content(change),
      { idempotencyKey: key, now: this.now },
    );
    if (result.kind !== 'delivered') throw new Error(JSON.stringify(result));
    await this.run(0);
    return result.reference?.incident ?? '';
  }

  /** Lets time pass; each timer goes off when it is due. */
  async run(minutes: number): Promise<void> {
    const until = this.now + minutes * MINUTE;
    for (;;) {
      const next = this.due.filter(({ dueAt }) => dueAt <= until).toSorted((a, b) => a.dueAt - b.dueAt)[0];
      if (next === undefined) break;
      this.due.splice(this.due.indexOf(next), 1);
      this.now = Math.max(this.now, next.dueAt);
      await escalate(next, this.ports, () => this.now);
    }
    this.now = until;
  }

  async acknowledge(id: string, by = 'ada'): Promise<void> {
    await this.desk.apply(id, { kind: 'acknowledge', by }, this.now);
    await this.run(0);
  }

  /** Who was told, with minutes after the start. */
  told(): string[] {
    return this.sent.map(({ at, to }) => `${(at - START) / MINUTE} ${to}`);
  }

  async timeline(id: string): Promise<string[]> {
    return (await this.incidents.timeline(id)).map(
      ({ at, kind, who, text }) => `${(at - START) / MINUTE} ${kind} ${who}: ${text}`,
    );
  }
}
