// What decides which metadata a document gets, besides the attributes of its span.
import type { ResourceText } from './resource-text.ts';

export interface MetadataParts {
  /** Undefined for a subsegment: only segments carry the resource. */
  readonly resource: ResourceText | undefined;
  /** Places of resource entries that are annotations already. */
  readonly annotated: ReadonlySet<number> | undefined;
  /** The service segment of a split span has only what the resource says. */
  readonly isService: boolean;
  readonly draftStart: number;
}
