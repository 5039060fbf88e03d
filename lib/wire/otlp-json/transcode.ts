// OTLP/JSON → OTLP protobuf straight from bytes to bytes, at the door: nothing behind the receiver knows JSON.
// No JSON.parse and no objects; why, and how it is laid out: docs/decisions/0040-otlp-json-transcoder.md.
import { isUtf8 } from 'node:buffer';
import type { Signal } from '../../model/signal.ts';
import { MAX_VALUE_DEPTH } from '../value-depth.ts';
import { MessageWriter } from './message-writer.ts';
import { REQUEST_TYPES } from './schema.ts';

/** Names of ignored keys that a warning lists. */
const MAX_LISTED_KEYS = 5;
/** A larger output buffer is given back with the next request. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024;

/** What OTLP recommends as the limit of a request (1.11.0). */
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

export interface Transcoded {
  /** An Export…ServiceRequest: a view of a buffer that the next call writes over. */
  readonly otlp: Buffer;
  /** What the sender should know although the request was taken; sentences for `error_message`. */
  readonly warnings: readonly string[];
}

/**
 * Transcodes a request. Integers keep all 64 bits, doubles NaN and the infinities; ids that are not hexadecimal become
 * ids of an invalid length, so that their item is refused and the rest is kept; unknown keys are ignored.
 * @param json UTF-8; broken bytes become U+FFFD and a warning
 * @param maxBytes most bytes of OTLP protobuf; at most this and the length of the JSON are allocated,
 *   for a moment twice
 * @throws PermanentError 'tooLarge' above `maxBytes`
 * @throws MalformedError for what is not JSON, or a value of the wrong type; the offset is that of the JSON
 */
export function transcodeOtlpJson(signal: Signal, json: Buffer, maxBytes = DEFAULT_MAX_BYTES): Transcoded {
  transcoder ??= new Transcoder();
  return transcoder.request(signal, json, maxBytes);
}

class Transcoder extends MessageWriter {
  request(signal: Signal, json: Buffer, maxBytes: number): Transcoded {
    const valid = isUtf8(json);
    this.open(valid ? json : Buffer.from(json.toString('utf8')));
    this.clear();
    this.maxBytes = maxBytes;
    try {
      this.room();
      if (this.bytes[0] === 0xef && this.bytes[1] === 0xbb && this.bytes[2] === 0xbf) this.pos = 3;
      this.peek();
      const type = REQUEST_TYPES[signal];
      type.prepare();
      this.message(type);
      this.peek();
      if (this.pos < this.end) throw this.unexpected('the end of the body');
      this.checkLength();
      return { otlp: this.out.subarray(0, this.at), warnings: this.warnings(valid) };
    } finally {
      // The body may be megabytes: nothing of it is held until the next request.
      this.open(Buffer.alloc(0));
    }
  }

  private clear(): void {
    this.at = this.depth = this.invalidIds = this.wideIntegers = this.enumNames = this.cutValues = 0;
    this.snakeCaseKeys.clear();
    this.otherSignals.clear();
    if (this.out.length > MAX_KEPT_BYTES) this.out = Buffer.alloc(0);
  }

  private warnings(validUtf8: boolean): string[] {
    const { otherSignals, snakeCaseKeys, invalidIds, enumNames, wideIntegers, cutValues } = this;
    const warnings: string[] = [];
    if (!validUtf8) warnings.push('the body is not valid UTF-8; broken bytes became U+FFFD');
    if (otherSignals.size > 0) {
      warnings.push(`${[...otherSignals].join(', ')} belongs to another path and was ignored`);
    }
    if (snakeCaseKeys.size > 0) {
      const listed = [...snakeCaseKeys].slice(0, MAX_LISTED_KEYS).join(', ');
      warnings.push(`OTLP/JSON keys are lowerCamelCase; ignored: ${listed}`);
    }
    if (invalidIds > 0) warnings.push(`not hexadecimal: ${counted(invalidIds, 'id')}`);
    if (enumNames > 0)
      warnings.push(`given by name, OTLP/JSON wants integers: ${counted(enumNames, 'enum')}`);
    if (wideIntegers > 0) {
      warnings.push(`kept as double, not a 64-bit integer: ${counted(wideIntegers, 'intValue')}`);
    }
    if (cutValues > 0)
      warnings.push(`emptied, nested deeper than ${MAX_VALUE_DEPTH}: ${counted(cutValues, 'value')}`);
    return warnings;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

let transcoder: Transcoder | undefined;
