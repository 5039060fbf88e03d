// `/slo`, on the rows that evaluate-slos leaves.
import { randomUUID } from 'node:crypto';
import type { ApiRoute } from '../../lib/api/route.ts';
import { DynamoSloChangeStore } from '../../lib/aws/slo-change-store.ts';
import { DynamoSloStore } from '../../lib/aws/slo-store.ts';
import { sloRoutes } from '../../lib/slo/api-routes.ts';
import type { SloSettings } from '../../lib/slo/settings.ts';
import type { ApiParts } from './parts.ts';

export function ofSlos(
  slos: readonly SloSettings[],
  { stateTable, transport, calls }: ApiParts,
): readonly ApiRoute[] {
  return sloRoutes({
    slos,
    statuses: new DynamoSloStore(stateTable, transport, calls),
    changes: new DynamoSloChangeStore(stateTable),
    newId: randomUUID,
  });
}
