// The attributes that span metrics look at: where they lie in the current span, and their values when asked for.
import { AnyValueView, plainText, VALUE } from '../../telemetry/any-value.ts';
import type { AttributeList } from '../../telemetry/attribute-list.ts';
import { KeySideTable } from '../../telemetry/key-table.ts';
import type { SpanView } from '../../telemetry/span-view.ts';

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

const PLACES = new Map<string, number>(KEYS.map((key, place) => [key, place]));

/** A span as the naming rules see it. */
export interface SpanFacts {
  /** A plain value as text; undefined when absent, empty or not plain. */
  text(key: SpanKey): string | undefined;
  /** A whole number, also when it was sent as text. */
  whole(key: SpanKey): number | undefined;
  readonly name: string;
}

/** Reads one span after the other. */
export class SpanAttributes implements SpanFacts {
  private readonly slots = new KeySideTable<number>((key) => PLACES.get(key.text) ?? -1);
  private readonly starts = new Int32Array(KEYS.length);
  private readonly ends = new Int32Array(KEYS.length);
  private readonly value = new AnyValueView();
  private span: SpanView | undefined;

  /** Makes a span the current one; its view must stay on it. */
  enter(span: SpanView): void {
    this.span = span;
    this.starts.fill(-1);
    const { keys, starts, ends, count } = span.attributes;
    for (let i = 0; i < count; i++) {
      const place = this.slots.of(keys[i] as AttributeList['keys'][number]);
      if (place < 0) continue;
      this.starts[place] = starts[i] as number;
      this.ends[place] = ends[i] as number;
    }
  }

  text(key: SpanKey): string | undefined {
    const place = PLACES.get(key) as number;
    const start = this.starts[place] as number;
    if (start < 0) return undefined;
    return plainText(this.span!.cursor, start, this.ends[place] as number) || undefined;
  }

  whole(key: SpanKey): number | undefined {
    const place = PLACES.get(key) as number;
    const start = this.starts[place] as number;
    if (start < 0) return undefined;
    const { value } = this;
    const { cursor } = this.span!;
    value.read(cursor, start, this.ends[place] as number);
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
