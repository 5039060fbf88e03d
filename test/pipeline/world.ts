// A small AWS for the pipeline: a queue, a table, a bucket, two services, and instances that fail and die at any call.
// One seed decides everything: which call goes next, what fails, when a function is killed.
import { gzipSync } from 'node:zlib';
import { Seeded } from '../../bench/payloads/seeded.ts';
import { RetryBudget } from '../../lib/aws/retry.ts';
import type { AwsTransport } from '../../lib/aws/transport.ts';
import { ArchiveExporter } from '../../lib/exporters/archive/exporter.ts';
import { CloudWatchLogsExporter } from '../../lib/exporters/cloudwatch-logs/exporter.ts';
import { LOGS_DEFAULTS } from '../../lib/exporters/cloudwatch-logs/settings.ts';
import { CloudWatchMetricsExporter } from '../../lib/exporters/cloudwatch-metrics/exporter.ts';
import { METRICS_DEFAULTS } from '../../lib/exporters/cloudwatch-metrics/settings.ts';
import { XrayExporter } from '../../lib/exporters/xray/exporter.ts';
import { XRAY_DEFAULTS } from '../../lib/exporters/xray/settings.ts';
import { PermanentError, RetryableError } from '../../lib/model/errors.ts';
import type { Signal } from '../../lib/model/signal.ts';
import type { TelemetryMessage } from '../../lib/model/telemetry-message.ts';
import { ExportPipeline } from '../../lib/pipeline/export-pipeline.ts';
import type { DeadLetter, ExportPorts, ProgressWrite, QueueRecord } from '../../lib/pipeline/ports.ts';
import { FakeCloudWatchLogs } from '../support/fake-cloudwatch-logs.ts';
import { FakeCloudWatch } from '../support/fake-cloudwatch-metrics.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { FakeXray } from '../support/fake-xray.ts';
import { MemoryLogGroups } from '../support/memory-log-groups.ts';
import { MemoryProgress } from '../support/memory-progress.ts';
import { MemorySeries } from '../support/memory-series.ts';

const TIMEOUT_MS = 60_000;
const VISIBILITY_MS = 6 * TIMEOUT_MS;

/** How often things go wrong at a call. */
export interface Weather {
  readonly fail: number;
  readonly loseAnswer: number;
  readonly killBefore: number;
  readonly killAfter: number;
  /** Chance that a message in flight is delivered once more. */
  readonly deliverTwice: number;
}

export const CALM: Weather = { fail: 0, loseAnswer: 0, killBefore: 0, killAfter: 0, deliverTwice: 0 };

interface Queued {
  readonly messageId: string;
  readonly body: string;
  visibleAtMs: number;
  receiveCount: number;
}

/** A function instance: it lives for several batches unless it is killed. */
interface Instance {
  dead: boolean;
  readonly pipeline: ExportPipeline;
  /** Not idempotent calls that took effect and are not noted yet: items by destination and ingest id. */
  readonly unnoted: Map<string, number>;
}

export class World {
  nowMs = Date.UTC(2026, 10, 22, 12);
  weather: Weather = CALM;
  readonly logs = new FakeCloudWatchLogs(() => this.nowMs);
  readonly s3 = new FakeS3();
  readonly groups = new MemoryLogGroups();
  readonly progress = new MemoryProgress();
  readonly xray = new FakeXray();
  readonly cloudwatch = new FakeCloudWatch(() => this.nowMs);
  readonly deadLetters: DeadLetter[] = [];
  readonly queue = new Map<string, Queued>();
  /** Items that may be there twice: those of calls whose progress could not be noted. */
  allowedRepeats = 0;
  /** Calls that took effect while an earlier one of the same request was not noted: must stay 0. */
  secondCallsInFlight = 0;
  kills = 0;
  deliveries = 0;
  private readonly random: Seeded;
  private waiting: (() => void)[] = [];
  private instances: Instance[] = [];
  private stopped = false;

  constructor(seed: number) {
    this.random = new Seeded(seed);
  }

  /** Accepts a request as ingest-otlp does. */
  accept(number: number, signal: Signal, otlp: Buffer): void {
    const ingestId = idOf(number);
    const packed = gzipSync(otlp);
    const key = `pending/2026-11-22/${ingestId}`;
    const large = this.random.fraction() < 0.3;
    if (large) this.s3.objects.set(key, packed);
    const message: TelemetryMessage = {
      version: 1,
      ingestId,
      tenant: 'default',
      signal,
      encoding: 'gzip',
      decompressedBytes: otlp.length,
      acceptedAtMs: this.nowMs,
      body: large
        ? { kind: 'object', key, bytes: packed.length }
        : { kind: 'inline', base64: packed.toString('base64') },
    };
    this.enqueue(`m${number}`, JSON.stringify(message));
  }

  enqueue(messageId: string, body: string): void {
    this.queue.set(messageId, { messageId, body, visibleAtMs: this.nowMs, receiveCount: 0 });
  }

  /** Ids of the log records that are stored, in order. */
  get records(): string[] {
    return this.logs.stored.map(({ message }) => (JSON.parse(message) as { recordId: string }).recordId);
  }

  /** Names and values of the points that are stored; a metric is named after the number of its request. */
  get points(): string[] {
    return this.cloudwatch.stored.flatMap(({ datum: { MetricName, Value, Values, Counts } }) =>
      (Values ?? [Value!]).flatMap((value, i) =>
        Array<string>(Counts?.[i] ?? 1).fill(`${MetricName}/${value}`),
      ),
    );
  }

  private recordKeys(): string[] {
    return this.records.map((recordId) => `cloudwatch-logs/${recordId.slice(0, 32)}`);
  }

  private pointKeys(): string[] {
    return this.points.map((point) => `cloudwatch-metrics/${idOf(Number(point.slice(1).split('/')[0]))}`);
  }

  /** Runs two instances side by side until the queue is empty, or `steps` calls were made. @returns true when empty */
  async run(steps: number): Promise<boolean> {
    const lanes = [this.lane(), this.lane()];
    const finished = lanes.map(() => false);
    lanes.forEach((lane, i) => {
      void lane.then(() => {
        finished[i] = true;
      });
    });
    for (let step = 0; step < steps && !finished.every(Boolean); step++) {
      await new Promise((resolve) => setImmediate(resolve));
      const next = this.waiting.splice(this.random.below(Math.max(1, this.waiting.length)), 1)[0];
      this.nowMs += this.random.below(40);
      next?.();
    }
    this.stopped = true;
    // What is under way ends here, as a kill would end it.
    for (const instance of this.instances) if (!instance.dead) this.kill(instance);
    this.instances = [];
    for (const resume of this.waiting.splice(0)) resume();
    await Promise.all(lanes);
    this.stopped = false;
    return this.queue.size === 0;
  }

  /** What Lambda's poller does with one concurrent execution. */
  private async lane(): Promise<void> {
    let instance = this.start();
    while (this.queue.size > 0 && !this.stopped) {
      const records = this.receive();
      if (records.length === 0) {
        this.nowMs += 20_000;
        await this.turn();
        continue;
      }
      const result = await Promise.race([
        instance.pipeline.run(records, this.nowMs + TIMEOUT_MS - 8_000),
        this.death(instance),
      ]);
      if (result === 'dead') {
        instance = this.start();
        continue;
      }
      for (const { messageId } of records) {
        if (!result.failedMessageIds.includes(messageId)) this.queue.delete(messageId);
      }
    }
  }

  private receive(): QueueRecord[] {
    const visible = [...this.queue.values()].filter(({ visibleAtMs }) => visibleAtMs <= this.nowMs);
    return visible.slice(0, 1 + this.random.below(4)).map((message) => {
      message.receiveCount += 1;
      this.deliveries += 1;
      const again = this.random.fraction() < this.weather.deliverTwice;
      message.visibleAtMs = again ? this.nowMs : this.nowMs + VISIBILITY_MS;
      const { messageId, body, receiveCount } = message;
      return { messageId, body, receiveCount, receiptHandle: messageId };
    });
  }

  /** Waits until the seed lets this call go on. */
  private turn(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private async death(instance: Instance): Promise<'dead'> {
    while (!instance.dead && !this.stopped) await this.turn();
    return 'dead';
  }

  /** A call of an instance to the outside, in this weather. */
  private async outside<T>(instance: Instance, effect: () => T | Promise<T>): Promise<T> {
    await this.turn();
    const chance = this.random.fraction();
    const { fail, loseAnswer, killBefore, killAfter } = this.weather;
    if (instance.dead || this.stopped) return new Promise(() => undefined);
    if (chance < killBefore) return this.kill(instance);
    if (chance < killBefore + fail) throw new RetryableError('unavailable', 'no connection');
    const result = await effect();
    if (chance < killBefore + fail + killAfter) return this.kill(instance);
    if (chance < killBefore + fail + killAfter + loseAnswer) throw new RetryableError('timeout', 'no answer');
    await this.turn();
    return instance.dead ? new Promise(() => undefined) : result;
  }

  private kill(instance: Instance): Promise<never> {
    instance.dead = true;
    this.kills += 1;
    for (const count of instance.unnoted.values()) this.allowedRepeats += count;
    instance.unnoted.clear();
    return new Promise(() => undefined);
  }

  private start(): Instance {
    const unnoted = new Map<string, number>();
    /** @param effects of a call that may not be told twice: one key for each item it added */
    const transport = (target: AwsTransport, effects: () => readonly string[] = () => []): AwsTransport => ({
      call: (call) =>
        this.acting(instance, async (acted) => {
          const before = effects().length;
          const answer = await target.call(call);
          for (const key of effects().slice(before)) acted(key);
          return answer;
        }),
    });
    const calls = { budget: new RetryBudget(), random: () => 0, sleep: async () => undefined };
    const exporters = [
      new XrayExporter({ settings: XRAY_DEFAULTS, transport: transport(this.xray), calls }),
      new CloudWatchMetricsExporter({
        settings: METRICS_DEFAULTS,
        transport: transport(this.cloudwatch, () => this.pointKeys()),
        series: new MemorySeries(),
        calls,
      }),
      new CloudWatchLogsExporter({
        settings: LOGS_DEFAULTS,
        transport: transport(this.logs, () => this.recordKeys()),
        groups: this.groups,
        calls,
        passBytes: 2_500,
      }),
      new ArchiveExporter({ bucket: 'archive', transport: transport(this.s3), calls }),
    ];
    const pipeline = new ExportPipeline(
      exporters,
      this.ports(() => instance),
      {
        now: () => this.nowMs,
        random: () => this.random.fraction(),
      },
    );
    const instance: Instance = { dead: false, pipeline, unnoted };
    this.instances.push(instance);
    return instance;
  }

  /** A call that may not be told twice. Its effect says what it does to which request. */
  private async acting<T>(
    instance: Instance,
    effect: (acted: (key: string) => void) => Promise<T>,
  ): Promise<T> {
    const keys = new Set<string>();
    try {
      return await this.outside(instance, () =>
        effect((key) => {
          if (!keys.has(key) && instance.unnoted.has(key)) this.secondCallsInFlight += 1;
          keys.add(key);
          instance.unnoted.set(key, (instance.unnoted.get(key) ?? 0) + 1);
        }),
      );
    } catch (error) {
      // No answer, though it took effect: the call in flight.
      for (const key of keys) this.settle(instance, key, false);
      throw error;
    }
  }

  /** What was done for a request is noted, or never will be by this delivery. */
  private settle(instance: Instance, key: string, noted: boolean): void {
    if (!noted) this.allowedRepeats += instance.unnoted.get(key) ?? 0;
    instance.unnoted.delete(key);
  }

  private ports(instance: () => Instance): ExportPorts {
    return {
      bodies: {
        load: (key) =>
          this.outside(instance(), () => {
            const body = this.s3.objects.get(key);
            if (body === undefined) throw new PermanentError('notFound', `no object ${key}`);
            return body;
          }),
      },
      progress: {
        load: (keys) => this.outside(instance(), () => this.progress.load(keys)),
        save: (rows) =>
          Promise.all(
            rows.map(async (row) => {
              try {
                return await this.outside(instance(), () => {
                  const result = this.progress.write(row);
                  this.settle(instance(), keyOf(row), result === 'saved');
                  return result;
                });
              } catch {
                this.settle(instance(), keyOf(row), false);
                return 'failed' as const;
              }
            }),
          ),
      },
      queue: {
        sendDeadLetter: (letter) =>
          this.outside(instance(), () => {
            this.deadLetters.push(letter);
          }),
        hide: (deliveries) =>
          this.outside(instance(), () => {
            for (const { receiptHandle, seconds } of deliveries) {
              const message = this.queue.get(receiptHandle);
              if (message !== undefined) message.visibleAtMs = this.nowMs + seconds * 1_000;
            }
          }).catch(() => undefined),
      },
    };
  }
}

function keyOf({ destination, ingestId }: ProgressWrite): string {
  return `${destination}/${ingestId}`;
}

/** The ingest id of a request by its number. */
export function idOf(number: number): string {
  return number.toString(16).padStart(32, '0');
}
