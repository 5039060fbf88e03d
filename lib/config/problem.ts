// What is wrong with a configuration: one problem a line, each with its path, what was expected and what was got.
import { PermanentError } from '../model/errors.ts';

export interface Problem {
  /** An error stops a deployment; a warning is said. */
  readonly level: 'error' | 'warning';
  /** Where, such as `metrics.dimensions[2].keys`; empty for the whole. */
  readonly path: string;
  /** What was expected and what was got. */
  readonly message: string;
}

/** A configuration that cannot be deployed; `problems` lists everything that is wrong with it. */
export class ConfigError extends PermanentError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super('invalidConfig', `the configuration has problems\n${problems.map(problemLine).join('\n')}`);
    this.problems = problems;
  }
}

/** @example `  tiers.hot: expected a duration such as "7d", got "7"` */
export function problemLine(problem: Problem): string {
  return `  ${problem.path === '' ? '(configuration)' : problem.path}: ${problem.message}`;
}

/** Writes the way to a value as it is written in code. @example pathText(['a', 0, 'b.c']) // 'a[0]["b.c"]' */
export function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[A-Za-z_$][\w$]*$/.test(String(step))) text += `[${JSON.stringify(String(step))}]`;
    else text += text === '' ? String(step) : `.${String(step)}`;
  }
  return text;
}

/** A value as it appears in a message: JSON, cut after 60 characters; what JSON has no word for by its type. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint' || typeof value === 'symbol' || Number.isNaN(value)) return String(value);
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) return String(value);
  const text = jsonText(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}
