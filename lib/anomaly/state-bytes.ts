// Writes and reads a detector's state as a run of 64-bit floats and a tail of 32-bit ones.
import { PermanentError } from '../model/errors.ts';

/** Collects numbers; `bytes()` lays them out little-endian. */
export class StateWriter {
  readonly #numbers: number[] = [];

  number(value: number): void {
    this.#numbers.push(value);
  }

  numbers(values: ArrayLike<number>): void {
    for (let at = 0; at < values.length; at++) this.#numbers.push(values[at]!);
  }

  /** Everything written, followed by `tail` in single precision. */
  bytes(tail: Float32Array): Uint8Array {
    const bytes = new Uint8Array(this.#numbers.length * 8 + tail.length * 4);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const value of this.#numbers) {
      view.setFloat64(at, value, true);
      at += 8;
    }
    for (const value of tail) {
      view.setFloat32(at, value, true);
      at += 4;
    }
    return bytes;
  }
}

/** Reads what StateWriter wrote, in the same order. */
export class StateReader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws PermanentError `malformed` when the state is cut short */
  number(): number {
    if (this.#at + 8 > this.#view.byteLength)
      throw new PermanentError('malformed', 'detector state is cut short');
    const value = this.#view.getFloat64(this.#at, true);
    this.#at += 8;
    return value;
  }

  numbers(into: Float64Array): void {
    for (let at = 0; at < into.length; at++) into[at] = this.number();
  }

  /** Fills `into` with the single-precision tail. @throws PermanentError `malformed` when it has another length */
  tail(into: Float32Array): void {
    if (this.#at + 4 * into.length !== this.#view.byteLength) {
      throw new PermanentError('malformed', 'detector state has the wrong length');
    }
    for (let at = 0; at < into.length; at++) into[at] = this.#view.getFloat32(this.#at + 4 * at, true);
  }
}
