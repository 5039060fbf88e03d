// The deployed encoders from OTLP protobuf to finished request bodies, without sending: what the ingest bench measures.
import { CallBody } from '../../lib/exporters/cloudwatch-logs/call-body.ts';
import { LogEventEncoder } from '../../lib/exporters/cloudwatch-logs/encode.ts';
import { planChunks } from '../../lib/exporters/cloudwatch-logs/plan.ts';
import { LOGS_DEFAULTS } from '../../lib/exporters/cloudwatch-logs/settings.ts';
import { DatumBuilder } from '../../lib/exporters/cloudwatch-metrics/datum-builder.ts';
import { DatumList } from '../../lib/exporters/cloudwatch-metrics/datum-list.ts';
import { MetricEncoder } from '../../lib/exporters/cloudwatch-metrics/encode.ts';
import { MetricLane } from '../../lib/exporters/cloudwatch-metrics/metric-lane.ts';
import { nextCall, PutBodies } from '../../lib/exporters/cloudwatch-metrics/put-call.ts';
import { DocumentList } from '../../lib/exporters/xray/document-list.ts';
import { SegmentEncoder } from '../../lib/exporters/xray/encode/segment-encoder.ts';
import { XRAY_DEFAULTS } from '../../lib/exporters/xray/settings.ts';
import { LogWalker, type MetricVisitor, MetricWalker, TraceWalker } from '../../lib/telemetry/walk.ts';

export interface Encoded {
  readonly items: number;
  readonly bodies: readonly Buffer[];
}

const DOCUMENTS_PER_CALL = 50;
const INGEST_ID = '0'.repeat(32);

/** OTLP traces → PutTraceSegments. */
export class SegmentBodies {
  private readonly walker = new TraceWalker();
  private readonly list = new DocumentList();
  private readonly encoder = new SegmentEncoder(this.list.json, XRAY_DEFAULTS, {
    open: () => this.list.open(),
    close: (start) => this.list.close(start),
    reject: () => undefined,
    cut: () => undefined,
  });

  encode(otlp: Buffer): Encoded {
    const { list } = this;
    list.clear();
    this.walker.walk(otlp, [this.encoder]);
    const bodies: Buffer[] = [];
    for (let first = 0; first < list.count; first += DOCUMENTS_PER_CALL) {
      const length = Math.min(DOCUMENTS_PER_CALL, list.count - first);
      bodies.push(list.body(Array.from({ length }, (_, i) => first + i)));
    }
    return { items: list.count, bodies };
  }
}

/** OTLP logs → PutLogEvents. */
export class LogBodies {
  private readonly walker = new LogWalker();
  private readonly encoder = new LogEventEncoder(LOGS_DEFAULTS);
  private readonly calls: CallBody[] = [];

  encode(otlp: Buffer): Encoded {
    const { encoder } = this;
    encoder.clear();
    encoder.begin({ ingestId: INGEST_ID, acceptedAtMs: 0, otlp }, 0, undefined);
    this.walker.walk(otlp, [encoder]);
    encoder.end();
    const { events, streams } = encoder;
    // The exporter has one CallBody, since it makes one call after the other; here all bodies of a request live at once.
    const bodies = planChunks(events, streams, 0, events.count).map((chunk, i) => {
      this.calls[i] ??= new CallBody();
      return this.calls[i].write(streams[chunk.stream]!, encoder, chunk.events);
    });
    return { items: events.count, bodies };
  }
}

/** Every attribute a dimension, as the usual way does it: both write as many datums. */
const EVERY_ATTRIBUTE = {
  namespaceTemplate: 'Bench',
  storageResolution: 60,
  dimensions: [
    {
      metric: '*',
      keys: [
        'http.request.method',
        'http.route',
        'http.response.status_code',
        'server.address',
        'db.system.name',
        'db.operation.name',
        'db.namespace',
        'network.protocol.version',
        'url.scheme',
        'error.type',
        'messaging.system',
        'messaging.destination.name',
      ],
    },
  ],
} as const;

/** OTLP metrics → PutMetricData. Cumulative points are written as if their baseline were zero. */
export class MetricBodies {
  private readonly walker = new MetricWalker();
  private readonly builder = new DatumBuilder();
  private readonly list = new DatumList();
  private readonly encoder = new MetricEncoder(EVERY_ATTRIBUTE, this.builder);
  private readonly bodies = new PutBodies();
  private readonly counter = new PointCounter();
  /** Counted once a body: a second visitor in each walk would be measured too. */
  private readonly points = new WeakMap<Buffer, number>();

  encode(otlp: Buffer): Encoded {
    const { builder, encoder, list } = this;
    list.cutBack(0);
    builder.startBatch();
    builder.startRequest();
    encoder.start('default');
    this.walker.walk(otlp, [encoder]);
    builder.finishPart(list);
    builder.startPart('deltas');
    for (const { target, reading } of encoder.cumulative) builder.addDelta(target, reading.totals);
    builder.finishPart(list);
    const lane = new MetricLane(INGEST_ID, list, [[0, list.count]], 0, '');
    const bodies: Buffer[] = [];
    for (;;) {
      const call = nextCall([lane], list.timesMs[0] ?? 0);
      if (call === undefined) return { items: this.pointsOf(otlp), bodies };
      if (call.entries.length > 0) bodies.push(this.bodies.write(call.namespace, call.entries));
      for (const [, end] of call.ends) lane.position = end;
    }
  }

  private pointsOf(otlp: Buffer): number {
    const known = this.points.get(otlp);
    if (known !== undefined) return known;
    const { counter } = this;
    counter.points = 0;
    new MetricWalker().walk(otlp, [counter]);
    this.points.set(otlp, counter.points);
    return counter.points;
  }
}

class PointCounter implements MetricVisitor {
  points = 0;

  resource(): void {}
  scope(): void {}
  metric(): void {}
  numberPoint(): void {
    this.points++;
  }
  histogramPoint(): void {
    this.points++;
  }
  exponentialPoint(): void {
    this.points++;
  }
  summaryPoint(): void {
    this.points++;
  }
}
