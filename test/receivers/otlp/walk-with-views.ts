// Reads a request to the bottom with the views of the exporters: what the walk at the door is held against.
import type { Signal } from '../../../lib/model/signal.ts';
import type { AttributeList } from '../../../lib/telemetry/attribute-list.ts';
import { checkAttributes, checkValue } from '../../../lib/telemetry/check-values.ts';
import { SpanEventView } from '../../../lib/telemetry/span-event-view.ts';
import { SpanLinkView } from '../../../lib/telemetry/span-link-view.ts';
import { spanRejection } from '../../../lib/telemetry/validity.ts';
import { LogWalker, MetricWalker, TraceWalker } from '../../../lib/telemetry/walk.ts';
import type { WireCursor } from '../../../lib/wire/cursor.ts';

interface View {
  readonly cursor: WireCursor;
  readonly attributes: AttributeList;
}

/** @throws MalformedError */
export function walkWithViews(
  signal: Signal,
  otlp: Buffer,
): { readonly items: number; readonly rejected: ReadonlyMap<string, number> } {
  let items = 0;
  const rejected = new Map<string, number>();
  const look = ({ cursor, attributes }: View) => checkAttributes(cursor, attributes);
  const count = (view: View) => {
    items += 1;
    look(view);
  };
  const common = { resource: look, scope: look };
  switch (signal) {
    case 'traces':
      new TraceWalker().walk(otlp, [
        {
          ...common,
          span(span) {
            count(span);
            const reason = spanRejection(span);
            if (reason !== undefined) rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
            const event = new SpanEventView(span.cursor, span.keys);
            for (let i = 0; i < span.events.count; i++) {
              event.parse(span.events.starts[i]!, span.events.ends[i]!);
              look(event);
            }
            const link = new SpanLinkView(span.cursor, span.keys);
            for (let i = 0; i < span.links.count; i++) {
              link.parse(span.links.starts[i]!, span.links.ends[i]!);
              look(link);
            }
          },
        },
      ]);
      break;
    case 'logs':
      new LogWalker().walk(otlp, [
        {
          ...common,
          logRecord(record) {
            count(record);
            checkValue(record.cursor, record.bodyStart, record.bodyEnd);
          },
        },
      ]);
      break;
    case 'metrics':
      new MetricWalker().walk(otlp, [
        {
          ...common,
          metric() {},
          numberPoint: count,
          histogramPoint: count,
          exponentialPoint: count,
          summaryPoint: count,
        },
      ]);
      break;
  }
  return { items, rejected };
}
