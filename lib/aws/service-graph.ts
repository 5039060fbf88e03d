// Who calls whom, as X-Ray saw it in its traces.
import { paginateGetServiceGraph, XRayClient } from '@aws-sdk/client-xray';
import type { ServiceGraph } from '../anomaly/ports.ts';
import { sdkFailure } from './sdk-failure.ts';

/** Longest range of one GetServiceGraph. Source: X-Ray API reference, 2026-11. */
const MAX_RANGE_MS = 6 * 3_600_000;
/** X-Ray's own node for whoever calls from outside. */
const CLIENT = 'client';

export class XrayServiceGraph implements ServiceGraph {
  private readonly client: XRayClient;

  constructor(client: XRayClient = new XRayClient()) {
    this.client = client;
  }

  async edges(fromMs: number, toMs: number): Promise<readonly { caller: string; callee: string }[]> {
    const request = {
      StartTime: new Date(Math.max(fromMs, toMs - MAX_RANGE_MS)),
      EndTime: new Date(toMs),
    };
    const names = new Map<number, string>();
    const calls: [caller: number, callee: number][] = [];
    try {
      for await (const { Services = [] } of paginateGetServiceGraph({ client: this.client }, request)) {
        for (const { ReferenceId, Name, Type, Edges = [] } of Services) {
          if (ReferenceId === undefined || Name === undefined || Type === CLIENT) continue;
          names.set(ReferenceId, Name);
          for (const edge of Edges) {
            if (edge.ReferenceId !== undefined) calls.push([ReferenceId, edge.ReferenceId]);
          }
        }
      }
    } catch (error) {
      throw sdkFailure(error, 'GetServiceGraph');
    }
    return calls.flatMap(([from, to]) => {
      const [caller, callee] = [names.get(from), names.get(to)];
      return caller === undefined || callee === undefined || caller === callee ? [] : [{ caller, callee }];
    });
  }
}
