// Bodies of answers in the request's encoding: Export…ServiceResponse and google.rpc.Status.
// Source: OTLP 1.11.0 (collector/*/v1/*_service.proto) and google/rpc/{status,error_details}.proto.
import type { Signal } from '../../model/signal.ts';
import {
  PARTIAL_SUCCESS_ERROR_MESSAGE,
  PARTIAL_SUCCESS_REJECTED,
  RESPONSE_PARTIAL_SUCCESS,
  RPC_STATUS_CODE,
  RPC_STATUS_MESSAGE,
} from '../../wire/otlp-fields.ts';
import { lengthDelimited, textField, varintField } from '../../wire/proto-writer.ts';
import type { MediaType } from './media-type.ts';

/** Field 1 of a partial success has a name of its own for each signal. */
const REJECTED_NAME: Readonly<Record<Signal, string>> = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
};

/** Clients cap what they read of an answer, and logs are the only place where it ends. */
const MAX_MESSAGE_LENGTH = 1_000;
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

// Tags of google.rpc.Status.details, google.protobuf.Any, google.rpc.RetryInfo and google.protobuf.Duration.
const RPC_STATUS_DETAILS = (3 << 3) | 2;
const ANY_TYPE_URL = (1 << 3) | 2;
const ANY_VALUE = (2 << 3) | 2;
const RETRY_INFO_DELAY = (1 << 3) | 2;
const DURATION_SECONDS = 1 << 3;

export interface PartialSuccess {
  /** 0 for a warning. */
  readonly rejected: number;
  readonly message: string;
}

/** The answer to a taken request; without a partial success it is empty, as OTLP asks for. */
export function successBody(signal: Signal, partial: PartialSuccess | undefined, type: MediaType): Buffer {
  if (type === 'application/json') {
    const rejected = partial?.rejected ?? 0;
    return json({
      ...(partial !== undefined && {
        partialSuccess: {
          ...(rejected > 0 && { [REJECTED_NAME[signal]]: String(rejected) }),
          errorMessage: cut(partial.message),
        },
      }),
    });
  }
  if (partial === undefined) return Buffer.alloc(0);
  const rejected = varintField(PARTIAL_SUCCESS_REJECTED, partial.rejected);
  const message = textField(PARTIAL_SUCCESS_ERROR_MESSAGE, cut(partial.message));
  return lengthDelimited(RESPONSE_PARTIAL_SUCCESS, Buffer.concat([rejected, message]));
}

export interface Status {
  /** google.rpc.Code */
  readonly code: number;
  readonly message: string;
  /** Adds a RetryInfo. */
  readonly retryAfterSeconds: number | undefined;
}

/** The answer to a refused request. */
export function statusBody(status: Status, type: MediaType): Buffer {
  const { code, retryAfterSeconds } = status;
  const message = cut(status.message);
  if (type === 'application/json') {
    const details = [{ '@type': RETRY_INFO, retryDelay: `${retryAfterSeconds}s` }];
    return json({ code, message, ...(retryAfterSeconds !== undefined && { details }) });
  }
  const parts = [varintField(RPC_STATUS_CODE, code), textField(RPC_STATUS_MESSAGE, message)];
  if (retryAfterSeconds !== undefined) {
    const retryInfo = lengthDelimited(RETRY_INFO_DELAY, varintField(DURATION_SECONDS, retryAfterSeconds));
    const any = [textField(ANY_TYPE_URL, RETRY_INFO), lengthDelimited(ANY_VALUE, retryInfo)];
    parts.push(lengthDelimited(RPC_STATUS_DETAILS, Buffer.concat(any)));
  }
  return Buffer.concat(parts);
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function cut(message: string): string {
  const short =
    message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH - 1)}…` : message;
  return short.toWellFormed();
}
