// A list of services that a person wrote: names, or `{ name, tier }`, as they are or under `services`.
import { DocumentNode } from '../definition/document-node.ts';
import { readTier } from '../definition/read-sla.ts';
import { ProblemList, type SloProblem } from '../problems.ts';
import type { Service } from './coverage.ts';

export function readServices(document: unknown): {
  readonly services: readonly Service[];
  readonly problems: readonly SloProblem[];
} {
  const problems = new ProblemList();
  const root = new DocumentNode(document, '', problems);
  const isList = Array.isArray(document);
  if (!isList && !root.object(['services'])) return { services: [], problems: problems.items };
  const list = isList ? root : root.field('services');
  if (list.isAbsent) list.expected('a list of services');
  const services = list.items().flatMap((item): Service[] => {
    if (typeof item.value === 'string') {
      const name = item.text();
      return name === undefined ? [] : [{ name, tier: undefined }];
    }
    if (!item.object(['name', 'tier'])) return [];
    const name = item.field('name').text();
    const tier = item.has('tier') ? readTier(item.field('tier')) : undefined;
    return name === undefined ? [] : [{ name, tier }];
  });
  return { services, problems: problems.items };
}
