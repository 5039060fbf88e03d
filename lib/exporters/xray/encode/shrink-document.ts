// Makes a segment document small enough, in the order of what is least missed: stack frames, exceptions, long values
// of the metadata, whole metadata, other long texts, links. X-Ray's own counters say what is missing.

import type { JsonObject as Json } from './exact-json.ts';
import { OTEL_NAMESPACE } from './notes-writer.ts';

interface Exception extends Json {
  id: string;
  cause?: string;
  stack?: unknown[];
  truncated?: number;
  skipped?: number;
}

/** Frames kept of each exception, step by step. */
const FRAME_STEPS = [100, 50, 20, 10, 5] as const;
const EXCEPTION_STEPS = [32, 16, 8, 4, 2, 1] as const;
/** Characters kept of a metadata value. */
const VALUE_STEPS = [8_192, 2_048, 512, 128] as const;
/** Characters kept of any other text: URL, query, message. */
const TEXT_STEPS = [16_384, 4_096, 1_024, 256] as const;
const LINK_STEPS = [200, 50, 10, 0] as const;
/** Members kept of a list or map within the metadata. */
const MEMBER_STEPS = [1_000, 100, 10] as const;

const MAX_DEPTH = 8;

/** Bytes that are kept free for our own numbers in the metadata. */
const ROOM_FOR_NOTES = 400;

/** Shrinks in place until the document has at most `maxBytes` bytes of UTF-8 as JSON. */
export function shrinkDocument(document: Json, maxBytes: number): void {
  const fits = () => Buffer.byteLength(JSON.stringify(document)) <= maxBytes;
  const steps: (() => void)[] = [
    ...FRAME_STEPS.map((kept) => () => cutFrames(exceptionsOf(document), kept)),
    ...EXCEPTION_STEPS.map((kept) => () => cutExceptions(exceptionsOf(document), kept)),
    ...VALUE_STEPS.map((kept) => () => cutMetadata(document, kept)),
    ...MEMBER_STEPS.map((kept) => () => cutMembers(document, kept)),
    () => dropMetadata(document, maxBytes),
    ...TEXT_STEPS.map((kept) => () => cutOtherTexts(document, kept)),
    ...LINK_STEPS.map((kept) => () => cutLinks(document, kept)),
    () => {
      delete document.annotations;
    },
  ];
  for (const step of steps) {
    step();
    if (fits()) return;
  }
}

function exceptionsOf(document: Json): Exception[] {
  return ((document.cause as Json | undefined)?.exceptions as Exception[] | undefined) ?? [];
}

function cutFrames(exceptions: readonly Exception[], kept: number): void {
  for (const exception of exceptions) {
    const missing = (exception.stack?.length ?? 0) - kept;
    if (missing <= 0) continue;
    exception.stack?.splice(kept);
    exception.truncated = (exception.truncated ?? 0) + missing;
  }
}

/** Keeps the first exceptions; the last of them says how many are skipped behind it. */
function cutExceptions(exceptions: Exception[], kept: number): void {
  const missing = exceptions.splice(kept);
  const last = exceptions.at(-1);
  if (missing.length === 0 || last === undefined) return;
  last.skipped = missing.reduce(
    (sum, { skipped }) => sum + (skipped ?? 0),
    (last.skipped ?? 0) + missing.length,
  );
  const ids = new Set(exceptions.map(({ id }) => id));
  for (const exception of exceptions) if (!ids.has(exception.cause ?? '')) delete exception.cause;
}

function cutMetadata(document: Json, kept: number): void {
  document.metadata = cutTexts(document.metadata, kept, 0);
}

/** The value with all long texts cut and marked. */
function cutTexts(value: unknown, kept: number, depth: number): unknown {
  if (typeof value === 'string') return cutText(value, kept);
  if (!isContainer(value)) return value;
  if (depth > MAX_DEPTH) return '[cut]';
  if (Array.isArray(value)) return value.map((inner) => cutTexts(inner, kept, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, cutTexts(inner, kept, depth + 1)]),
  );
}

function cutText(text: string, kept: number): string {
  if (text.length <= kept + 40) return text;
  const start = text.slice(0, kept).toWellFormed();
  return `${start}… [cut]`;
}

/** Shortens long lists and maps inside the metadata; the attributes themselves stay. */
function cutMembers(document: Json, kept: number): void {
  for (const namespace of Object.values((document.metadata ?? {}) as Json)) {
    if (!isContainer(namespace) || Array.isArray(namespace)) continue;
    for (const [key, value] of Object.entries(namespace)) namespace[key] = withFewer(value, kept, 0);
  }
}

function withFewer(value: unknown, kept: number, depth: number): unknown {
  if (!isContainer(value) || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) {
    const members = value.slice(0, kept).map((inner) => withFewer(inner, kept, depth + 1));
    return value.length > kept ? [...members, `[cut, ${value.length - kept} more]`] : members;
  }
  const all = Object.entries(value);
  const members = all.slice(0, kept).map(([key, inner]) => [key, withFewer(inner, kept, depth + 1)] as const);
  return Object.fromEntries(all.length > kept ? [...members, ['[cut]', all.length - kept]] : members);
}

/** Keeps as much metadata as there is room for, our own notes last; says how many attributes are missing. */
function dropMetadata(document: Json, maxBytes: number): void {
  const { metadata, ...rest } = document;
  let room = maxBytes - Buffer.byteLength(JSON.stringify(rest)) - ROOM_FOR_NOTES;
  let missing = 0;
  let missingNotes = 0;
  const kept: Record<string, Json> = Object.create(null);
  for (const [namespace, values] of Object.entries((metadata ?? {}) as Record<string, Json>)) {
    const ofNamespace: Json = Object.create(null);
    for (const [key, value] of Object.entries(values ?? {})) {
      room -= Buffer.byteLength(JSON.stringify({ [key]: value }));
      if (room > 0) ofNamespace[key] = value;
      else if (namespace !== OTEL_NAMESPACE) missing++;
      else if (typeof value === 'number') ofNamespace[key] = value;
      else missingNotes++;
    }
    kept[namespace] = ofNamespace;
  }
  const otel: Json = kept[OTEL_NAMESPACE] ?? Object.create(null);
  addTo(otel, 'attributes_left_out', missing);
  addTo(otel, 'notes_left_out', missingNotes);
  kept[OTEL_NAMESPACE] = otel;
  document.metadata = kept;
}

function addTo(notes: Json, name: string, count: number): void {
  if (count > 0) notes[name] = count + Number(notes[name] ?? 0);
}

/** Texts outside of metadata and annotations, but not ids and names. */
function cutOtherTexts(document: Json, kept: number): void {
  for (const block of ['http', 'sql', 'cause', 'aws', 'user', 'links', 'service'] as const) {
    if (document[block] !== undefined) document[block] = cutTexts(document[block], kept, 0);
  }
}

function cutLinks(document: Json, kept: number): void {
  const links = document.links as unknown[] | undefined;
  if (links === undefined || links.length <= kept) return;
  const missing = links.splice(kept).length;
  const metadata = (document.metadata ?? Object.create(null)) as Record<string, Json>;
  const otel: Json = metadata[OTEL_NAMESPACE] ?? Object.create(null);
  addTo(otel, 'links_left_out', missing);
  metadata[OTEL_NAMESPACE] = otel;
  document.metadata = metadata;
}

function isContainer(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !isRawNumber(value);
}

function isRawNumber(value: object): boolean {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
}
