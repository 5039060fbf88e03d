// Reads the collector's cases and says where our documents differ from its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseExactJson } from '../../../lib/exporters/xray/encode/exact-json.ts';
import type { TracesRequest } from '../../reference/xray-types.ts';

export type Document = Record<string, unknown>;

export interface OracleCase {
  readonly id: string;
  readonly says: string;
  readonly config: { readonly indexAll: boolean };
  readonly request: TracesRequest;
  /** The request as text, with all digits. */
  readonly requestText: string;
  readonly documents: readonly Document[];
  readonly collector?: {
    readonly answer?: string;
    readonly panic?: string;
    readonly 'not translated'?: string[];
  };
}

/** One place in which two documents differ; `undefined` stands for absent. */
export interface Difference {
  /** Such as `documents[0].http.request.url`. */
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

const SHARED = process.env.TIDEWATCH_SHARED ?? new URL('../../../../shared', import.meta.url).pathname;

/** Where the cases are, or undefined where this machine does not have them. */
export function oracleFolder(): string | undefined {
  const folder = path.join(SHARED, 'data', 'xray-oracle');
  return existsSync(folder) ? folder : undefined;
}

export function oracleCases(folder: string): OracleCase[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const whole = parseExactJson(text) as Omit<OracleCase, 'requestText'>;
    const requestText = JSON.stringify(whole.request);
    return { ...whole, request: JSON.parse(requestText, keepDigits) as TracesRequest, requestText };
  });
}

/** Integers beyond the doubles become strings, as OTLP/JSON allows for them. */
function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  return typeof value === 'number' &&
    source !== undefined &&
    !Number.isSafeInteger(value) &&
    /^-?\d+$/.test(source)
    ? source
    : value;
}

/** Differences between what the collector wrote and what we write, after both are normalised. */
export function differences(expected: readonly Document[], actual: readonly Document[]): Difference[] {
  const found: Difference[] = [];
  pairs(normalise(expected), normalise(actual)).forEach(([left, right], i) => {
    compare(`documents[${i}]`, left, right, found);
  });
  return found;
}

/** Puts the documents of one segment beside each other, in the order of both sides. */
function pairs(left: Document[], right: Document[]): [Document | undefined, Document | undefined][] {
  const found: [Document | undefined, Document | undefined][] = [];
  const ahead = [...right];
  for (const document of left) {
    const at = ahead.findIndex(({ id }) => id === document.id);
    for (const extra of ahead.splice(0, Math.max(0, at))) found.push([undefined, extra]);
    found.push([document, at < 0 ? undefined : ahead.shift()]);
  }
  for (const extra of ahead) found.push([undefined, extra]);
  return found;
}

/** Blocks of which each field is a difference of its own where one side has no block at all. */
const OPENED = /^documents\[\d+\]\.(aws|annotations|metadata|metadata\.default)$/;

function compare(at: string, expected: unknown, actual: unknown, found: Difference[]): void {
  if (isSame(at, expected, actual)) return;
  if (OPENED.test(at) && (expected === undefined || actual === undefined)) {
    compare(at, expected ?? {}, actual ?? {}, found);
  } else if (isObject(expected) && isObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      compare(`${at}.${key}`, expected[key], actual[key], found);
    }
  } else if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    expected.forEach((value, i) => {
      compare(`${at}[${i}]`, value, actual[i], found);
    });
  } else found.push({ path: at, expected, actual });
}

/** Times to a microsecond: the collector's are doubles. Other numbers by their digits. */
function isSame(at: string, expected: unknown, actual: unknown): boolean {
  if (isTime(at, expected, actual)) return Math.abs(asNumber(expected) - asNumber(actual)) < 2e-6;
  if (isNumber(expected) && isNumber(actual)) {
    const [a, b] = [JSON.stringify(expected), JSON.stringify(actual)];
    return a === b || (Number(a) === Number(b) && !(/^-?\d{16,}$/.test(a) && /^-?\d{16,}$/.test(b)));
  }
  return expected === actual;
}

/** Times are those of documents and of events in our own metadata. */
function isTime(at: string, expected: unknown, actual: unknown): boolean {
  return (
    /\.(start_time|end_time|otel\.events\[\d+\]\.time)$/.test(at) && isNumber(expected) && isNumber(actual)
  );
}

function asNumber(value: unknown): number {
  return Number(JSON.stringify(value));
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || isRaw(value);
}

/** A number with more digits than a double has. */
function isRaw(value: unknown): boolean {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRaw(value);
}

/** Made-up ids become e1, e2, … and r1, r2, …; what means the same as absent goes, outside annotations and metadata. */
function normalise(documents: readonly Document[]): Document[] {
  const exceptionIds = new Map<unknown, string>();
  const serviceIds = new Map<unknown, string>();
  const split = new Set<unknown>();
  // The service segment of a split span follows the call that names it as parent.
  documents.forEach((document, i) => {
    if (document.type === 'subsegment' && documents[i + 1]?.id === document.parent_id)
      split.add(document.parent_id);
  });
  const service = (id: unknown) => (split.has(id) ? named(serviceIds, id, 'r') : id);
  return documents.map((document) => {
    const copy = structuredCloneExact(document);
    if (copy.type === 'subsegment') copy.parent_id = service(copy.parent_id);
    copy.id = service(copy.id);
    const exceptions = (copy.cause as { exceptions?: Document[] } | undefined)?.exceptions ?? [];
    for (const exception of exceptions) {
      exception.id = named(exceptionIds, exception.id, 'e');
      if (exception.cause !== undefined) exception.cause = named(exceptionIds, exception.cause, 'e');
    }
    const { annotations, metadata, ...rest } = copy;
    const notes = {
      ...(hasKeys(annotations) ? { annotations } : {}),
      ...(hasKeys(metadata) ? { metadata } : {}),
    };
    return { ...(prune(rest) as Document), ...notes };
  });
}

function named(names: Map<unknown, string>, id: unknown, prefix: string): string {
  const known = names.get(id) ?? `${prefix}${names.size + 1}`;
  names.set(id, known);
  return known;
}

function structuredCloneExact(document: Document): Document {
  return parseExactJson(JSON.stringify(document)) as Document;
}

function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((inner) => prune(inner));
  if (!isObject(value)) return value === null || value === false || value === '' ? undefined : value;
  const kept = Object.entries(value)
    .map(([key, inner]) => [key, key === 'content_length' && inner === 0 ? undefined : prune(inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

function hasKeys(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length > 0;
}
