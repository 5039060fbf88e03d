// Puts finished bodies on the wire and reads what CloudWatch did with their events.
import { PermanentError, RetryableError } from '../../model/errors.ts';
import type { FlushContext } from '../exporter.ts';
import { rejectedEvents, verdictOf } from './classify.ts';
import type { LogTargets } from './log-targets.ts';
import type { LogsApi } from './logs-api.ts';
import type { LogStreamName } from './names.ts';

/** Makes the body for some events, by number. */
export type BodyOf = (target: LogStreamName, events: Int32Array) => Buffer;

/** A new stream may take a moment until PutLogEvents knows it. */
const CREATE_ATTEMPTS = 3;

/** Calls spent on finding the events that make CloudWatch refuse a whole call; what is left then is dropped. */
const MAX_SEARCH_CALLS = 40;

const DESTINATION = 'cloudwatch-logs';

export class LogSender {
  private readonly api: LogsApi;
  private readonly targets: LogTargets;

  constructor(api: LogsApi, targets: LogTargets) {
    this.api = api;
    this.targets = targets;
  }

  /**
   * Sends events of one stream; counts what was sent and what was dropped.
   * @param events numbers of at least one event, sorted by time
   * @throws RetryableError ('timeout': they may have arrived), PermanentError 'denied' or 'rejected' for the stream
   */
  async send(
    wanted: LogStreamName,
    events: Int32Array,
    bodyOf: BodyOf,
    context: FlushContext,
  ): Promise<void> {
    let calls = MAX_SEARCH_CALLS;
    const parts = [events];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      if ((await this.put(wanted, part, bodyOf, context)) === 'accepted') continue;
      // Something in it is refused: by halves down to the single event.
      calls -= 2;
      if (part.length === 1 || calls < 0)
        context.counters.add(DESTINATION, 'dropped', part.length, 'rejected');
      else {
        const middle = part.length >> 1;
        parts.push(part.subarray(middle), part.subarray(0, middle));
      }
    }
  }

  private async put(
    wanted: LogStreamName,
    events: Int32Array,
    bodyOf: BodyOf,
    context: FlushContext,
  ): Promise<'accepted' | 'refused'> {
    const { counters, deadlineMs, now } = context;
    let target = this.targets.resolve(wanted, now());
    for (let attempt = 1; ; attempt++) {
      const answer = await this.api.call('PutLogEvents', bodyOf(target, events), deadlineMs, now);
      const verdict = verdictOf(answer);
      if (verdict === 'accepted') {
        const { tooOld, expired, tooNew } = rejectedEvents(answer, events.length);
        counters.add(DESTINATION, 'sent', events.length - tooOld - expired - tooNew);
        counters.add(DESTINATION, 'dropped', tooOld, 'tooOld');
        counters.add(DESTINATION, 'dropped', expired, 'expired');
        counters.add(DESTINATION, 'dropped', tooNew, 'tooNew');
        return 'accepted';
      }
      if (verdict === 'refused') return 'refused';
      if (verdict !== 'missing') {
        throw new PermanentError(
          'denied',
          `CloudWatch Logs refused ${target.group}: ${answer.body.toString('utf8', 0, 300)}`,
        );
      }
      if (attempt > CREATE_ATTEMPTS) {
        throw new RetryableError(
          'unavailable',
          `log stream ${target.group}:${target.stream} is not there yet`,
        );
      }
      target = await this.targets.create(wanted, context);
    }
  }
}
