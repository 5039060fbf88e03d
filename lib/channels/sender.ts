// The one door to all channels: fields and secrets in, a message out, and what came of it, without a secret in it.
import { PermanentError, RetryableError } from '../model/errors.ts';
import type {
  NotificationContent,
  NotificationContext,
  NotificationResult,
  NotificationSender,
  NotificationTarget,
} from '../model/notification.ts';
import type { ChannelInput, ChannelResult } from './channel.ts';
import { CHANNELS } from './channels.ts';
import { cutText, oneLine } from './cut.ts';
import { FieldReader } from './field-reader.ts';
import { REFUSED_KINDS } from './fields.ts';
import { configuredHeaders, withoutUser } from './http/headers.ts';
import { Words } from './message/words.ts';
import { acknowledgeInOrder, type Tell, tellInOrder } from './otherwise.ts';
import type { ChannelPorts } from './ports.ts';
import { Redactor } from './redact.ts';
import { type ResolvedFields, resolveSecrets } from './resolve-secrets.ts';

export interface SenderOptions {
  readonly ports: ChannelPorts;
  /** Kinds beside ours, such as `escalation`; of two of one name these count. */
  readonly channels?: Readonly<Record<string, NotificationSender['send']>>;
  /** Milliseconds of a clock that only goes forward; default: the process's. */
  readonly clock?: () => number;
  /** Is told of a template that could not be used; the message left with our own words. */
  readonly onTemplateProblem?: (problem: TemplateProblem) => void;
}

export interface TemplateProblem {
  readonly receiver: string;
  readonly kind: string;
  readonly field: string;
  readonly problem: string;
}

export interface ChannelSender extends NotificationSender {
  /**
   * Tells a receiver that keeps state that somebody has taken the group on; others are left alone. Never throws for
   * what the receiver does.
   */
  acknowledge(
    target: NotificationTarget,
    content: NotificationContent,
    context: NotificationContext,
  ): Promise<NotificationResult>;
}

const REASON_CHARS = 300;
/** Time for one answer; Alertmanager leaves it to the group interval, which a function cannot wait for. */
const TIMEOUT_MS = 10_000;
/** Time for all calls of one delivery: the function that waits has others to make, and a lease that ends. */
const DELIVERY_MS = 25_000;
/** Time for a delivery and for those that are told otherwise; below what functions that send may run. */
const ALL_MS = 40_000;
/** A call with less time than this has no chance. */
const MIN_CALL_MS = 50;

type Act = 'deliver' | 'acknowledge';

/** Makes the sender. @see docs/channels.md */
export function createNotificationSender(options: SenderOptions): ChannelSender {
  const { ports, channels = {}, onTemplateProblem, clock = () => performance.now() } = options;

  async function run(
    act: Act,
    target: NotificationTarget,
    content: NotificationContent,
    context: NotificationContext,
    endsAt: number,
  ): Promise<NotificationResult> {
    const { kind } = target;
    if (Object.hasOwn(channels, kind)) {
      return act === 'deliver' ? channels[kind]!(target, content, context) : { kind: 'delivered' };
    }
    const channel = Object.hasOwn(CHANNELS, kind) ? CHANNELS[kind]! : undefined;
    if (channel === undefined) {
      const why = Object.hasOwn(REFUSED_KINDS, kind) ? REFUSED_KINDS[kind] : 'there is no such channel';
      return { kind: 'refused', reason: `${kind}: ${why}` };
    }
    if (act === 'acknowledge' && channel.acknowledge === undefined) return { kind: 'delivered' };
    const redactor = new Redactor();
    const words = new Words(content, context.now);
    const timed: ChannelPorts['http'] = {
      send: (request) => {
        const timeoutMs = Math.min(request.timeoutMs, Math.floor(endsAt - clock()));
        if (timeoutMs >= MIN_CALL_MS) return ports.http.send({ ...request, timeoutMs });
        throw new RetryableError('timeout', `not told within ${DELIVERY_MS} ms`);
      },
    };
    let result: ChannelResult;
    try {
      const first = await resolveSecrets(kind, target.fields, ports.secrets, redactor);
      const attempt = (resolved: ResolvedFields) =>
        channel[act]!(
          inputOf(resolved, kind, { ...ports, http: timed }, { words, content, context }, redactor),
        );
      result = await attempt(first);
      if (result.kind === 'denied' && first.references.length > 0) {
        for (const reference of first.references) ports.secrets.forget(reference);
        const second = await resolveSecrets(kind, target.fields, ports.secrets, redactor);
        const isChanged = JSON.stringify(second.values) !== JSON.stringify(first.values);
        if (isChanged) result = await attempt(second);
      }
    } catch (error) {
      result = resultOfError(error);
    }
    for (const [field, problem] of words.problems) {
      onTemplateProblem?.({ receiver: content.receiver, kind, field, problem: redactor.hide(problem) });
    }
    return clean(kind, result, redactor);
  }

  const within = (act: Act): Tell => {
    const allEndAt = clock() + ALL_MS;
    return (target, content, context) =>
      run(act, target, content, context, Math.min(clock() + DELIVERY_MS, allEndAt));
  };
  return {
    send: (target, content, context) => tellInOrder(within('deliver'), target, content, context),
    acknowledge: (target, content, context) =>
      acknowledgeInOrder(within('acknowledge'), target, content, context),
  };
}

function inputOf(
  { values, secret }: ResolvedFields,
  kind: string,
  ports: ChannelPorts,
  message: Pick<ChannelInput, 'words' | 'content' | 'context'>,
  redactor: Redactor,
): ChannelInput {
  const fields = new FieldReader(kind, values, message.words, secret);
  const configured = configuredHeaders(fields);
  if (configured.authorization !== undefined) redactor.add(configured.authorization);
  const timeoutMs = Math.min(DELIVERY_MS, Math.max(MIN_CALL_MS, fields.durationMs('timeout') ?? TIMEOUT_MS));
  return {
    ...message,
    fields,
    ports,
    http: (request) => {
      const { url, authorization } = withoutUser(request.url);
      const headers = {
        // Discord and others refuse callers without a name.
        'user-agent': 'Tidewatch',
        ...request.headers,
        ...(authorization && { authorization }),
        ...configured,
      };
      for (const name of ['authorization', 'x-auth-token']) {
        const value = headers[name as keyof typeof headers];
        if (value !== undefined) redactor.add(value);
      }
      return ports.http.send({ ...request, url, headers, timeoutMs });
    },
  };
}

function resultOfError(error: unknown): ChannelResult {
  if (error instanceof PermanentError) return { kind: 'refused', reason: error.message };
  if (error instanceof RetryableError) {
    const { message, retryAfterMs } = error;
    return {
      kind: 'retry',
      reason: message,
      ...(retryAfterMs !== undefined && { afterMs: retryAfterMs }),
    };
  }
  // A fault of ours: trying again costs little, a page that is dropped costs a night.
  return { kind: 'retry', reason: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown' };
}

function clean(kind: string, result: ChannelResult, redactor: Redactor): NotificationResult {
  if (result.kind === 'delivered') return result;
  const said = oneLine(redactor.hide(result.reason));
  const reason = cutText(said.startsWith(`${kind}.`) ? said : `${kind}: ${said}`, REASON_CHARS);
  return result.kind === 'denied' ? { kind: 'refused', reason } : { ...result, reason };
}
