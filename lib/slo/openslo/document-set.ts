// The documents of an OpenSLO file (or several), found by kind and name.
import type { DocumentNode } from '../definition/document-node.ts';
import { SLO_NAME } from '../settings.ts';

export const API_VERSION = 'openslo/v1';
export const KINDS = [
  'SLO',
  'SLI',
  'Service',
  'DataSource',
  'AlertPolicy',
  'AlertCondition',
  'AlertNotificationTarget',
] as const;
export type Kind = (typeof KINDS)[number];

const DOCUMENT_KEYS = ['apiVersion', 'kind', 'metadata', 'spec'];
const METADATA_KEYS = ['name', 'displayName', 'labels', 'annotations'];

/** Whether a document says that it is OpenSLO, of whatever version. */
export function isOpenSlo(value: unknown): boolean {
  const version = (value as { apiVersion?: unknown } | null | undefined)?.apiVersion;
  return typeof version === 'string' && version.startsWith('openslo');
}

export class DocumentSet {
  private readonly byKind = new Map<Kind, Map<string, DocumentNode>>(KINDS.map((kind) => [kind, new Map()]));

  /** Checks the outside of each document; those that are not of OpenSLO v1 are problems. */
  constructor(documents: readonly DocumentNode[]) {
    for (const document of documents) {
      if (!document.object(DOCUMENT_KEYS, 'warning')) continue;
      if (document.field('apiVersion').value !== API_VERSION) {
        document.field('apiVersion').expected(`"${API_VERSION}"`);
        continue;
      }
      const kind = document.field('kind').oneOf(KINDS);
      const name = readName(document.field('metadata'));
      if (kind === undefined || name === undefined) continue;
      const named = this.byKind.get(kind)!;
      if (named.has(name)) {
        document.field('metadata').field('name').expected(`a name that no other ${kind} has`);
        continue;
      }
      named.set(name, document);
    }
  }

  /** All of a kind, in the order of the file. */
  all(kind: Kind): DocumentNode[] {
    return [...this.byKind.get(kind)!.values()];
  }

  /**
   * What stands at a place where a reference or the thing itself may stand.
   * @param holder the object that has either
   * @param referenceKey its field with a name
   * @param inlineKey its field with the thing; undefined when the holder is the thing
   */
  resolve(
    holder: DocumentNode,
    kind: Kind,
    referenceKey: string,
    inlineKey?: string,
  ): DocumentNode | undefined {
    if (holder.has(referenceKey)) {
      const reference = holder.field(referenceKey);
      const name = reference.text();
      if (name === undefined) return undefined;
      return this.byKind.get(kind)!.get(name) ?? reference.expected(`the name of a document of kind ${kind}`);
    }
    const inline = inlineKey === undefined ? holder : holder.field(inlineKey);
    if (inline.fields !== undefined) return inline;
    return holder.expected(`${inlineKey ?? kind} or ${referenceKey}`);
  }

  /** The name of a thing, if it has one. */
  static nameOf(document: DocumentNode): string | undefined {
    const name = document.field('metadata').field('name').value;
    return typeof name === 'string' ? name : undefined;
  }
}

function readName(metadata: DocumentNode): string | undefined {
  if (!metadata.object(METADATA_KEYS, 'warning')) return undefined;
  const name = metadata.field('name');
  const text = name.text();
  if (text === undefined) return undefined;
  return SLO_NAME.test(text)
    ? text
    : name.expected('at most 63 small letters, digits and hyphens (RFC 1123)');
}
