// `sla` and `tier` of a definition: what a contract promises, and how important the service is.
import type { Sla } from '../settings.ts';
import type { DocumentNode } from './document-node.ts';

/** The tiers that services have, 1 the most important. */
export const TIERS = [1, 2, 3, 4] as const;

export function readTier(node: DocumentNode): number | undefined {
  return node.number(`a tier from 1, the most important, to ${TIERS.length}`, (value) =>
    (TIERS as readonly number[]).includes(value),
  );
}

/** @param objective of the SLO: a promise above it is warned of. @returns undefined with a problem when it has none */
export function readSla(node: DocumentNode, objective: number | undefined): Sla | undefined {
  if (!node.object(['objective', 'contract', 'credits'])) return undefined;
  const isBelowOne = (value: number): boolean => value > 0 && value < 1;
  const promised = node.field('objective').ratio('a ratio above 0 and below 1, such as "99.5%"', isBelowOne);
  const credits = node
    .field('credits')
    .items()
    .flatMap((item) => {
      if (!item.object(['below', 'credit'])) return [];
      const below = item.field('below').ratio('a ratio above 0 and below 1, such as "99%"', isBelowOne);
      const credit = item
        .field('credit')
        .ratio('a share of the price, such as "10%"', (x) => x > 0 && x <= 1);
      return below === undefined || credit === undefined ? [] : [{ below, credit }];
    });
  if (promised === undefined) return undefined;
  if (objective !== undefined && promised > objective)
    node.problems.warning(
      node.path,
      `promises ${promised}, more than the objective of ${objective}: nothing alerts before the contract is broken`,
    );
  const contract = node.has('contract') ? (node.field('contract').text(1050) ?? '') : '';
  return { objective: promised, contract, credits };
}
