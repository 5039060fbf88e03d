// Looks at each span of a request at the door.
import { SpanEventView } from '../../telemetry/span-event-view.ts';
import { SpanLinkView } from '../../telemetry/span-link-view.ts';
import type { SpanView } from '../../telemetry/span-view.ts';
import { spanRejection } from '../../telemetry/validity.ts';
import type { SpanVisitor } from '../../telemetry/walk.ts';
import { Inspector } from './inspector.ts';

export class SpanInspector extends Inspector implements SpanVisitor {
  private event: SpanEventView | undefined;
  private link: SpanLinkView | undefined;

  span(span: SpanView): void {
    this.items += 1;
    const reason = spanRejection(span);
    if (reason !== undefined) this.reject(reason);
    this.look(span.cursor, span.attributes);
    if (span.events.count > 0) this.lookAtEvents(span);
    if (span.links.count > 0) this.lookAtLinks(span);
  }

  protected override warnings(): string[] {
    return [];
  }

  private lookAtEvents({ cursor, keys, events }: SpanView): void {
    this.event ??= new SpanEventView(cursor, keys);
    for (let i = 0; i < events.count; i++) {
      this.event.parse(events.starts[i]!, events.ends[i]!);
      this.look(cursor, this.event.attributes);
    }
  }

  private lookAtLinks({ cursor, keys, links }: SpanView): void {
    this.link ??= new SpanLinkView(cursor, keys);
    for (let i = 0; i < links.count; i++) {
      this.link.parse(links.starts[i]!, links.ends[i]!);
      this.look(cursor, this.link.attributes);
    }
  }
}
