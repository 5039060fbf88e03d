// Numbers as people read them: what was measured is rounded to what can be told at a glance, what was written is not.

/** @returns at most 3 significant digits, such as "3.33" or "-4280"; below a thousandth "0", so never an exponent */
export function figure(value: number): string {
  return Math.abs(value) < 0.001 ? '0' : String(Number(value.toPrecision(3)));
}

/** A measured share, such as "-233%". @param ratio 1 is all */
export function share(ratio: number): string {
  return `${figure(ratio * 100)}%`;
}

/** A share as somebody wrote it, such as an objective of "99.995%". @param ratio 1 is all */
export function writtenShare(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(12))}%`;
}
