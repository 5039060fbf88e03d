// SLOs in the state table: one row each that is written every minute and kept below 1 KB, and a row an hour.
import { randomUUID } from 'node:crypto';
import type { HotRow, HourRead, SloCommit, SloStatusReader, SloStore } from '../slo/ports.ts';
import type { JsonCallOptions } from './json-call.ts';
import { sloHourRow, sloRow } from './state-keys.ts';
import { bodyOf, type Item, keyOf, StateRows } from './state-rows.ts';
import type { AwsTransport } from './transport.ts';

type SloStatus = HotRow['status'];

/** Rows live as long as the longest period of a budget, and a day. */
const KEPT_MS = 456 * 86_400_000;

/** The attributes of a row, in short: names count as bytes. */
interface SloItem extends Item {
  readonly version: { readonly N: string };
  readonly at: { readonly N: string };
  readonly state: { readonly S: string };
  readonly recent: { readonly S: string };
  readonly outbox: { readonly S: string };
}

/** A status without the names of its fields. */
type StatusBody = [
  remaining: number,
  budgetState: SloStatus['budgetState'],
  actions: SloStatus['actions'],
  evaluatedAt: number,
  burnRate: number,
  timeToExhaustionMs: number | null,
  badEvents: number,
  allowedEvents: number,
  remainingMinutes: number,
  firing: SloStatus['firing'],
  measuredTo: number,
  lastDataAt: number | null,
];

export class DynamoSloStore implements SloStore, SloStatusReader {
  private readonly rows: StateRows;

  constructor(table: string, transport: AwsTransport, options: JsonCallOptions) {
    this.rows = new StateRows(table, transport, options);
  }

  async load(slos: readonly string[]): Promise<ReadonlyMap<string, HotRow>> {
    const items = await this.rows.load(slos.map(sloRow));
    return new Map(items.map((item) => [sloOf(item), hotRowOf(item as SloItem)]));
  }

  async statuses(slos: readonly string[]): Promise<ReadonlyMap<string, SloStatus>> {
    return new Map([...(await this.load([...new Set(slos)]))].map(([slo, { status }]) => [slo, status]));
  }

  async hours(reads: readonly HourRead[]): Promise<ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>> {
    const keys = reads.flatMap(({ slo, hours }) => hours.map((hour) => sloHourRow(slo, hour)));
    const found = new Map<string, Map<number, Uint8Array>>(reads.map(({ slo }) => [slo, new Map()]));
    for (const item of await this.rows.load(keys)) found.get(sloOf(item))?.set(hourOf(item), packedOf(item));
    return found;
  }

  async hoursBetween(slo: string, from: number, to: number): Promise<ReadonlyMap<number, Uint8Array>> {
    if (to <= from) return new Map();
    const { pk, sk } = sloHourRow(slo, from);
    // The end is not part of it, and BETWEEN takes both.
    const last = sloHourRow(slo, to - 1).sk;
    const items = await this.rows.query(pk, 'sk BETWEEN :from AND :to', { ':from': sk, ':to': last });
    return new Map(items.map((item) => [hourOf(item), packedOf(item)]));
  }

  async commit({ slo, row, hours }: SloCommit): Promise<'committed' | 'conflict'> {
    const put = { Item: this.itemOf(slo, row), ...this.replaces(row.version - 1) };
    if (hours.size === 0) return (await this.rows.conditionally('PutItem', put)) ? 'committed' : 'conflict';
    const writes = [...hours].map(([hour, packed]) => ({
      Put: { Item: this.rows.item(sloHourRow(slo, hour), text(packed), hour + KEPT_MS) },
    }));
    // Of this call alone: two evaluations that write the same are still two, and one of them has lost.
    const token = randomUUID();
    return (await this.rows.transact([{ Put: put }, ...writes], token)) ? 'committed' : 'conflict';
  }

  async emptyOutbox(slo: string, outbox: string): Promise<void> {
    await this.rows.conditionally('UpdateItem', {
      Key: keyOf(sloRow(slo)),
      UpdateExpression: 'SET outbox = :nothing',
      ConditionExpression: 'outbox = :told',
      ExpressionAttributeValues: { ':nothing': { S: '' }, ':told': { S: outbox } },
    });
  }

  /** That the row in place is of this version; an expired one is none. */
  private replaces(version: number): object {
    if (version > 0)
      return {
        ConditionExpression: 'version = :before',
        ExpressionAttributeValues: { ':before': { N: String(version) } },
      };
    return {
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      ExpressionAttributeValues: { ':now': { N: String(Math.floor(this.rows.now() / 1_000)) } },
    };
  }

  private itemOf(slo: string, { version, at, state, recent, outbox, status }: HotRow): Item {
    const body: StatusBody = [
      status.remaining,
      status.budgetState,
      status.actions,
      status.evaluatedAt,
      status.burnRate,
      status.timeToExhaustionMs,
      status.badEvents,
      status.allowedEvents,
      status.remainingMinutes,
      status.firing,
      status.measuredTo,
      status.lastDataAt,
    ];
    return this.rows.item(sloRow(slo), body, at + KEPT_MS, {
      version: { N: String(version) },
      at: { N: String(at) },
      state: { S: state },
      recent: { S: text(recent) },
      outbox: { S: outbox },
    });
  }
}

/** A row of another version may lack anything but its own: what it does not have is empty, so that it is written anew. */
function hotRowOf(item: Partial<SloItem> & Item): HotRow {
  const at = Number(item.at?.N ?? 0);
  const body = bodyOf<StatusBody | object>(item);
  const unknown: StatusBody = [1, 'healthy', [], at, 0, null, 0, 0, 0, [], at, null];
  const [remaining, budgetState, actions, evaluatedAt, burnRate, timeToExhaustionMs, ...rest] =
    Array.isArray(body) && body.length >= unknown.length ? (body as StatusBody) : unknown;
  const [badEvents, allowedEvents, remainingMinutes, firing, measuredTo, lastDataAt] = rest;
  return {
    version: Number(item.version?.N ?? 0),
    at,
    state: item.state?.S ?? '',
    recent: Buffer.from(item.recent?.S ?? '', 'base64'),
    outbox: item.outbox?.S ?? '',
    status: {
      slo: sloOf(item),
      remaining,
      budgetState,
      actions,
      evaluatedAt,
      burnRate,
      timeToExhaustionMs,
      badEvents,
      allowedEvents,
      remainingMinutes,
      firing,
      measuredTo,
      lastDataAt,
    },
  };
}

function sloOf({ pk }: Item): string {
  return pk.S.slice(sloRow('').pk.length);
}

/** `hour#2026-01-05T03` → epoch milliseconds. */
function hourOf({ sk }: Item): number {
  return Date.parse(`${sk.S.slice(sk.S.indexOf('#') + 1)}:00:00Z`);
}

function packedOf(item: Item): Uint8Array {
  return Buffer.from(bodyOf<string>(item), 'base64');
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
