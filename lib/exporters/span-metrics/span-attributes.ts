// The attributes that span metrics look at: where they lie in the current span, and their values when asked for.
import { AnyValueView, plainText, VALUE } from '../../telemetry/any-value.ts';
import type { AttributeList } from '../../telemetry/attribute-list.ts';
import { KeySideTable, KeyTable } from '../../telemetry/key-table.ts';
import type { SpanView } from '../../telemetry/span-view.ts';
import { ANY_VALUE_STRING } from '../../wire/otlp-fields.ts';

/** By the semantic conventions, old names included. */
const KEYS = [
  'aws.local.operation',
  'aws.remote.service',
  'db.system',
  'db.system.name',
  'http.host',
  'http.method',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'http.status_code',
  'http.target',
  'http.url',
  'messaging.destination.anonymous',
  'messaging.destination.name',
  'messaging.destination.template',
  'messaging.destination.temporary',
  'messaging.operation',
  'messaging.operation.name',
  'messaging.operation.type',
  'messaging.system',
  'net.peer.name',
  'peer.service',
  'rpc.grpc.status_code',
  'rpc.method',
  'rpc.service',
  'rpc.system',
  'server.address',
  'service.peer.name',
  'url.full',
  'url.path',
] as const;

export type SpanKey = (typeof KEYS)[number];

/** Numbers of the keys, below 32: a bit each. */
export const KEY = Object.fromEntries(KEYS.map((key, place) => [key, place])) as Readonly<
  Record<SpanKey, number>
>;

const PLACES = new Map<string, number>(Object.entries(KEY));

/** Keys whose values are too many to be worth keeping. */
const PASSING =
  (1 << KEY['http.target']) | (1 << KEY['http.url']) | (1 << KEY['url.full']) | (1 << KEY['url.path']);

/** A span as the naming rules see it. */
export interface SpanFacts {
  /** A plain value as text; undefined when absent, empty or not plain. @param key one of KEY */
  text(key: number): string | undefined;
  /** A whole number, also when it was sent as text. */
  whole(key: number): number | undefined;
  readonly name: string;
}

/** Reads one span after the other. */
export class SpanAttributes implements SpanFacts {
  private readonly slots = new KeySideTable<number>((key) => PLACES.get(key.text) ?? -1);
  /** Values repeat as keys do: the same bytes give the same string without making it again. */
  private readonly texts = new KeyTable();
  private readonly starts = new Int32Array(KEYS.length);
  private readonly ends = new Int32Array(KEYS.length);
  private readonly value = new AnyValueView();
  /** A bit for each key that the current span has. */
  private present = 0;
  private span: SpanView | undefined;

  startRequest(): void {
    this.texts.startRequest();
  }

  /** Makes a span the current one; its view must stay on it. */
  enter(span: SpanView): void {
    this.span = span;
    this.present = 0;
    const { keys, starts, ends, count } = span.attributes;
    for (let i = 0; i < count; i++) {
      const place = this.slots.of(keys[i] as AttributeList['keys'][number]);
      if (place < 0) continue;
      this.present |= 1 << place;
      this.starts[place] = starts[i] as number;
      this.ends[place] = ends[i] as number;
    }
  }

  text(key: number): string | undefined {
    if (((this.present >>> key) & 1) === 0) return undefined;
    const start = this.starts[key] as number;
    const end = this.ends[key] as number;
    const { cursor } = this.span!;
    const { bytes } = cursor;
    // Nearly all are strings of less than 128 bytes.
    const length = bytes[start + 1] as number;
    const isShort = bytes[start] === ANY_VALUE_STRING && length < 128 && start + 2 + length === end;
    if (!isShort || (PASSING >>> key) & 1) return plainText(cursor, start, end) || undefined;
    return this.texts.intern(bytes, cursor.data, start + 2, end).text || undefined;
  }

  whole(key: number): number | undefined {
    if (((this.present >>> key) & 1) === 0) return undefined;
    const { value } = this;
    const { cursor } = this.span!;
    value.read(cursor, this.starts[key] as number, this.ends[key] as number);
    if (value.kind === VALUE.int) return value.intNumber();
    if (value.kind === VALUE.double) return Number.isInteger(value.double) ? value.double : undefined;
    if (value.kind !== VALUE.string) return undefined;
    const text = cursor.text(value.start, value.end);
    return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
  }

  get name(): string {
    return this.span!.name;
  }
}
