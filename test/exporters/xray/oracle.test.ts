// The documents of the collector, case by case: ours are the same, but for what the table of differences explains.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { XRAY_DEFAULTS } from '../../../lib/exporters/xray/settings.ts';
import { transcodeOtlpJson } from '../../../lib/wire/otlp-json/transcode.ts';
import { xrayDocuments } from '../../reference/xray-reference.ts';
import type { AnyValue, KeyValue, TracesRequest } from '../../reference/xray-types.ts';
import { decodeProtobuf } from '../../support/otlp.ts';
import { encodeDocuments } from './encode-documents.ts';
import {
  type Difference,
  type Document,
  differences,
  type OracleCase,
  oracleCases,
  oracleFolder,
} from './oracle.ts';
import { PURPOSES, type Purpose, purposeOf, SECTIONS, type Seen } from './oracle-differences.ts';

const PAGE = new URL('../../../docs/xray-differences.md', import.meta.url);

/** A request that OTLP/JSON does not allow: the collector takes a negative time, we answer 400. */
const REFUSED = /^time\.negative/;

const folder = oracleFolder();
const cases = folder === undefined ? [] : oracleCases(folder).filter(({ id }) => !REFUSED.test(id));
const concerns = [...new Set(cases.map(({ id }) => id.split('.')[0]))];

describe.skipIf(folder === undefined)('the oracle (skipped without ../shared/data/xray-oracle)', () => {
  test.each(concerns)('%s', (concern) => {
    const ofConcern = cases.filter(({ id }) => id.startsWith(`${concern}.`));
    for (const each of ofConcern) {
      const otlp = protobufOf(each);
      const settings = { ...XRAY_DEFAULTS, indexAllAttributes: each.config.indexAll };
      const documents = encodeDocuments(otlp, settings);
      const unexplained = seenIn(each, documents).filter((seen) => purposeOf(seen) === undefined);
      const shown = unexplained.map(({ path, expected, actual }) => ({ path, expected, actual }));
      expect({ case: each.id, unexplained: shown }).toEqual({ case: each.id, unexplained: [] });
      const reference = xrayDocuments(decodeProtobuf('traces', otlp) as TracesRequest, settings);
      expect(differences(reference, documents)).toEqual([]);
    }
  });

  test('shows each kind of difference that says it can be seen here', () => {
    const seen = casesByPurpose();
    const never = PURPOSES.filter(({ id, matches }) => matches !== undefined && !seen.has(id));
    expect(never.map(({ id }) => id)).toEqual([]);
  });

  test('is described in docs/xray-differences.md', () => {
    const page = pageOf(casesByPurpose());
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(PAGE, page);
    expect(page).toBe(readFileSync(PAGE, 'utf8'));
  });
});

function protobufOf({ requestText }: OracleCase): Buffer {
  // A copy: the transcoder's buffer is its own.
  return Buffer.from(transcodeOtlpJson('traces', Buffer.from(requestText)).otlp);
}

function seenIn(each: OracleCase, documents: readonly Document[]): Seen[] {
  const spans = (each.request.resourceSpans ?? []).flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans: ofScope = [] }) => ofScope),
  );
  const attributes = new Map(
    spans.flatMap((span) =>
      [...(span.attributes ?? []), ...(span.events ?? []).flatMap((event) => event.attributes ?? [])].map(
        entry,
      ),
    ),
  );
  const resource = new Map(
    (each.request.resourceSpans ?? []).flatMap((ofResource) =>
      (ofResource.resource?.attributes ?? []).map(entry),
    ),
  );
  return differences(each.documents, documents).map((difference: Difference) => ({
    ...difference,
    case: each,
    attributes,
    resource,
  }));
}

/** Texts, booleans and integers as they are, anything else as an object. */
function entry({ key = '', value }: KeyValue): [string, unknown] {
  return [key, value?.stringValue ?? value?.boolValue ?? plain(value?.intValue) ?? value];
}

function plain(value: AnyValue['intValue']): number | undefined {
  return value === undefined ? undefined : Number(value);
}

/** Cases in which each kind of difference was seen, without those that only index all. */
function casesByPurpose(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const each of cases) {
    const documents = encodeDocuments(protobufOf(each), { indexAllAttributes: each.config.indexAll });
    for (const seen of seenIn(each, documents)) {
      const id = purposeOf(seen)?.id ?? '';
      const ids = found.get(id) ?? new Set();
      found.set(id, ids.add(each.id.replace(/\.indexall$/, '')));
    }
  }
  return found;
}

function pageOf(seen: ReadonlyMap<string, ReadonlySet<string>>): string {
  const sections = SECTIONS.map((section) => {
    const purposes = PURPOSES.filter((purpose) => purpose.section === section);
    return `## ${section}\n\n${purposes.map((purpose) => entryOf(purpose, seen.get(purpose.id))).join('\n')}`;
  });
  return `# Where Tidewatch's segments differ from the collector's

Tidewatch writes the X-Ray segments that the OpenTelemetry collector's \`awsxrayexporter\` (contrib 0.161.0) writes, but for
what is listed here. The list is written from \`test/exporters/xray/oracle-differences.ts\` by a test that compares ${cases.length}
requests of \`../shared/data/xray-oracle\`: a difference that is not explained by this list fails it. (One kind of request
cannot be compared: a negative time, which OTLP/JSON does not allow; Tidewatch answers 400.)

${sections.join('\n')}`;
}

/** A kind of difference that nearly every document has. */
const MOST_CASES = 100;

function entryOf({ collector, tidewatch, why }: Purpose, cases?: ReadonlySet<string>): string {
  const ids = [...(cases ?? [])].sort().map((id) => `\`${id}\``);
  const shown = ids.length > MOST_CASES ? `${ids.length} requests` : ids.join(', ');
  const seen = ids.length > 0 ? `Seen in: ${shown}.` : 'No case of the oracle here; held by other tests.';
  return `- The collector ${collector}.\n  **Tidewatch ${tidewatch}**${why === '' ? '' : `: ${why}`}.\n  ${seen}\n`;
}
