// Keeps the serialised resources of the last requests: a service sends the same resource with each of them.
import type { AttributeKey } from '../../../telemetry/key-table.ts';
import type { ResourceView } from '../../../telemetry/resource-view.ts';
import type { ResourceText } from './resource-text.ts';

/** Resources kept, and the longest kept. */
const MAX_KEPT = 16;
const MAX_KEPT_BYTES = 8 * 1024;

interface Kept {
  readonly text: ResourceText;
  readonly keys: readonly AttributeKey[];
  /** From the first value to the end of the last one. */
  readonly bytes: Buffer;
}

export class ResourceTexts {
  private readonly make: () => ResourceText;
  private readonly kept: Kept[] = [];
  private next = 0;

  constructor(make: () => ResourceText) {
    this.make = make;
  }

  /** The serialised form of a resource; valid until the next call at least. */
  of(resource: ResourceView): ResourceText {
    const bytes = valueBytes(resource);
    for (const kept of this.kept) if (isSame(kept, resource, bytes)) return kept.text;
    const text = this.make();
    text.load(resource);
    if (bytes.length <= MAX_KEPT_BYTES) {
      const keys = resource.attributes.keys.slice(0, resource.attributes.count);
      this.kept[this.next] = { text, keys, bytes: Buffer.from(bytes) };
      this.next = (this.next + 1) % MAX_KEPT;
    }
    return text;
  }
}

/** Keys lie between the values, so that only the first key is not among these bytes. */
function valueBytes({ attributes, cursor }: ResourceView): Buffer {
  const { count, starts, ends } = attributes;
  if (count === 0) return Buffer.alloc(0);
  let start = starts[0] as number;
  let end = ends[0] as number;
  for (let i = 1; i < count; i++) {
    start = Math.min(start, starts[i] as number);
    end = Math.max(end, ends[i] as number);
  }
  return cursor.bytes.subarray(start, end);
}

function isSame(kept: Kept, { attributes }: ResourceView, bytes: Buffer): boolean {
  if (kept.keys.length !== attributes.count || !kept.bytes.equals(bytes)) return false;
  for (let i = 0; i < attributes.count; i++) if (kept.keys[i] !== attributes.keys[i]) return false;
  return true;
}
