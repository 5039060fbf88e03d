// Repeatable randomness for the payload generators, and short forms for attribute values.
import type { AnyValue, KeyValue } from './otlp-json.ts';

/** A small counter-based generator: the same seed gives the same numbers on every machine. */
export class Seeded {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** 0 <= value < 1. */
  fraction(): number {
    this.state = (this.state + 0x9e3779b9) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }

  /** 0 <= value < limit, whole. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** Hex digits of `bytes` bytes, never all zero. */
  hex(bytes: number): string {
    let digits = (1 + this.below(15)).toString(16);
    while (digits.length < bytes * 2) digits += this.below(16).toString(16);
    return digits;
  }
}

/** An attribute value from a plain one: whole numbers become intValue, others doubleValue. */
export function anyValue(value: string | number | boolean | readonly string[]): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value !== 'number') return { arrayValue: { values: value.map(anyValue) } };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** A list of attributes from a plain object. */
export function attributes(
  values: Readonly<Record<string, string | number | boolean | readonly string[]>>,
): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** Nanoseconds since the epoch as OTLP/JSON writes them. */
export function nanos(epochMs: number, extraNanos = 0): string {
  return String(BigInt(Math.floor(epochMs)) * 1_000_000n + BigInt(extraNanos));
}
