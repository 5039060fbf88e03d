// PutMetricData in memory, as strict as the service: limits are its own figures here, not the product's.
import { gunzipSync } from 'node:zlib';
import type { AwsAnswer, AwsCall, AwsTransport } from '../../lib/aws/transport.ts';
import { RetryableError } from '../../lib/model/errors.ts';
import type { Datum } from '../reference/metrics-reference.ts';

/** What happens to a call: 'lost' took effect without an answer, 'unreached' did not. */
export type Fault = 'throttle' | 'error' | 'lost' | 'unreached' | 'denied' | 'killed';

export interface PutCallSeen {
  readonly namespace: string;
  readonly datums: readonly Datum[];
}

const HOUR_MS = 3_600_000;

/** Stands for the process being gone: nothing after it happens. */
export class Killed extends Error {}

export class FakeCloudWatch implements AwsTransport {
  /** Datums that were stored, in order. */
  readonly stored: { namespace: string; datum: Datum }[] = [];
  readonly calls: PutCallSeen[] = [];
  /** Asked before each call. */
  fault: (call: PutCallSeen, number: number) => Fault | undefined = () => undefined;
  /** Datums that are refused for a reason of the service's own. */
  refuses: (datum: Datum) => boolean = () => false;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    if (
      call.service !== 'monitoring' ||
      call.headers['x-amz-target'] !== 'GraniteServiceVersion20100801.PutMetricData'
    ) {
      throw new Error(`not a call of PutMetricData: ${call.service} ${call.headers['x-amz-target']}`);
    }
    if (call.headers['content-type'] !== 'application/x-amz-json-1.0') throw new Error('not AWS JSON 1.0');
    const packed = call.headers['content-encoding'] === 'gzip';
    const body = (packed ? gunzipSync(call.body) : Buffer.from(call.body)).toString();
    const { Namespace, MetricData } = JSON.parse(body) as { Namespace: string; MetricData: Datum[] };
    const seen = { namespace: Namespace, datums: MetricData };
    this.calls.push(seen);
    const fault = this.fault(seen, this.calls.length);
    switch (fault) {
      case 'throttle':
        return answer(400, {
          __type: 'com.amazon.coral.availability#ThrottlingException',
          message: 'Rate exceeded',
        });
      case 'error':
        return answer(500, { __type: 'InternalServiceFault', message: '' });
      case 'denied':
        return answer(400, { __type: 'AccessDeniedException', message: 'not authorized' });
      case 'unreached':
        throw new RetryableError('timeout', 'no answer');
      case 'lost':
        this.store(seen, body.length);
        throw new RetryableError('timeout', 'no answer');
      case 'killed':
        this.store(seen, body.length);
        throw new Killed('killed');
      case undefined:
        return this.store(seen, body.length);
    }
  }

  private store({ namespace, datums }: PutCallSeen, bytes: number): AwsAnswer {
    if (bytes > 1_048_576) return answer(413, { __type: 'RequestEntityTooLarge' });
    const problem =
      namespaceProblem(namespace) ??
      (datums.length === 0 || datums.length > 1000 ? `${datums.length} datums` : undefined) ??
      datums.map((datum, i) => this.problem(datum, i)).find((text) => text !== undefined);
    if (problem !== undefined)
      return answer(400, { __type: 'InvalidParameterValueException', message: problem });
    for (const datum of datums) this.stored.push({ namespace, datum });
    return answer(200, {});
  }

  private problem(datum: Datum, index: number): string | undefined {
    const member = `MetricData.member.${index + 1}`;
    const { Dimensions, Values, Counts, Value, Timestamp } = datum;
    const names = new Set(Dimensions.map(({ Name }) => Name));
    if (datum.MetricName.length < 1 || datum.MetricName.length > 255) return `${member}.MetricName`;
    if (Dimensions.length > 30 || names.size !== Dimensions.length) return `${member}.Dimensions`;
    for (const { Name, Value: text } of Dimensions) {
      if (!isText(Name, 255) || Name.startsWith(':')) return `${member}.Dimensions: name ${Name}`;
      if (!isText(text, 1024)) return `${member}.Dimensions: value ${text}`;
    }
    const age = this.now() - Timestamp * 1000;
    if (age > 14 * 24 * HOUR_MS) return `${member}.Timestamp must specify a time within the past two weeks.`;
    if (age < -2 * HOUR_MS)
      return `${member}.Timestamp must specify a time no more than two hours in the future.`;
    if ((Value === undefined) === (Values === undefined)) return `${member}: Value or Values`;
    if (Value !== undefined && !isNumber(Value)) return `${member}.Value`;
    if (Values !== undefined) {
      if (Values.length < 1 || Values.length > 150 || Values.length !== Counts?.length)
        return `${member}.Values`;
      if (!Values.every(isNumber) || !Counts.every((count) => count > 0)) return `${member}.Values: a number`;
    }
    return this.refuses(datum) ? `${member}: refused` : undefined;
  }
}

function namespaceProblem(namespace: string): string | undefined {
  return isText(namespace, 255) && !/^(AWS\/|:)/.test(namespace) ? undefined : `Namespace ${namespace}`;
}

function isText(text: string, max: number): boolean {
  return /^[\x20-\x7e]+$/.test(text) && text.trim() !== '' && text.length <= max;
}

function isNumber(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) <= 2 ** 360;
}

function answer(status: number, body: object): AwsAnswer {
  return { status, headers: {}, body: Buffer.from(JSON.stringify(body)) };
}
