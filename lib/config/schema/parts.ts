// Pieces that the schemas share. An issue's message says what was expected; what was got is added from the input.
import { z } from 'zod';
import { DAY_MS, parseDuration } from '../../model/duration.ts';
import { type Problem, pathText, shown } from '../problem.ts';

/** Days that CloudWatch Logs takes as a retention. @see PutRetentionPolicy, checked 2026-11 */
export const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** An object of which every key is known; what is not known is a problem that names the known ones. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).map((key) => JSON.stringify(key));
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known.join(', ') : undefined),
  });
}

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number) {
  return z
    .number({ error: `a whole number from ${min} to ${max}` })
    .refine((value) => Number.isInteger(value) && value >= min && value <= max, {
      error: `a whole number from ${min} to ${max}`,
    });
}

/** A duration of whole days, as the number of days. */
export function days() {
  const expected = 'a duration of whole days such as "30d" or "52w"';
  return z.string({ error: expected }).transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms >= DAY_MS && ms % DAY_MS === 0) return ms / DAY_MS;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/** A duration that is one of CloudWatch's retention values, as the number of days. */
export function logRetention() {
  return days().refine((value) => LOG_RETENTION_DAYS.includes(value), {
    error: `a retention that CloudWatch Logs knows (${LOG_RETENTION_DAYS.join(', ')} days)`,
  });
}

/** Text that is not empty and not longer than `max` characters. */
export function words(what: string, max: number) {
  return z.string({ error: what }).refine((text) => text.trim() !== '' && text.length <= max, {
    error: `${what} of 1 to ${max} characters`,
  });
}

/** A list without repetitions. */
export function distinct<Item extends z.ZodType<string>>(item: Item, max: number, what: string) {
  return z
    .array(item, { error: `a list of ${what}` })
    .refine((list) => list.length <= max, { error: `at most ${max} ${what}` })
    .refine((list) => new Set(list).size === list.length, { error: `each of the ${what} once` });
}

/**
 * Checks one value and lists everything that is wrong with it.
 * @param path of the value within the configuration
 */
export function parse<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
  path: readonly PropertyKey[],
):
  | { readonly value: Output; readonly problems: readonly Problem[] }
  | { readonly value: undefined; readonly problems: readonly Problem[] } {
  const result = schema.safeParse(value, { error: expectation });
  if (result.success) return { value: result.data, problems: [] };
  return {
    value: undefined,
    problems: result.error.issues.flatMap((issue) => toProblems(issue, value, path)),
  };
}

function toProblems(issue: z.core.$ZodIssue, value: unknown, path: readonly PropertyKey[]): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      level: 'error',
      path: pathText([...path, ...issue.path, key]),
      message: `unknown key; known are ${issue.message}`,
    }));
  }
  const got = issue.path.reduce<unknown>(
    (inner, step) => (inner as Record<PropertyKey, unknown> | undefined)?.[step],
    value,
  );
  return [
    {
      level: 'error',
      path: pathText([...path, ...issue.path]),
      message: `expected ${issue.message}, got ${shown(got)}`,
    },
  ];
}

/** What was expected, in words, where a schema does not say it itself. */
function expectation(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected === 'boolean'
        ? 'true or false'
        : `${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.map((value) => shown(value)).join(', ')}`;
    default:
      return issue.message ?? 'something else';
  }
}
