// Asks the routes of incidents and on-call as the `api` function does, in a world on a virtual clock.
import { createHmac } from 'node:crypto';
import { matchRoute, routeTable } from '../../lib/api/match-route.ts';
import type { ApiResponse } from '../../lib/api/route.ts';
import { incidentRoutes } from '../../lib/incidents/api-routes.ts';
import type { World } from './escalation-world.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes, looked into by tests only
  readonly json: any;
  /** What a key needs. */
  readonly scope: string;
}

export class Api {
  readonly replies: { readonly url: string; readonly text: string }[] = [];
  private readonly world: World;
  private readonly table;
  private ids = 0;

  constructor(world: World, options: { readonly callbacks?: boolean } = {}) {
    this.world = world;
    const signed =
      (header: string) =>
      async (request: { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }) =>
        request.headers[header] === sign(request.body.toString());
    this.table = routeTable(
      incidentRoutes({
        ...world.ports,
        newId: () => `o${++this.ids}`,
        replyInSlack: async (url, text) => {
          this.replies.push({ url, text });
        },
        ...(options.callbacks !== false && {
          isFromSlack: signed('x-slack-signature'),
          isFromPagerDuty: signed('x-pagerduty-signature'),
        }),
      }),
    );
  }

  async ask(
    method: string,
    address: string,
    body: unknown = '',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const url = new URL(address, 'https://api.example');
    const match = matchRoute(this.table, method, url.pathname);
    if (match.kind !== 'route') throw new Error(`${method} ${url.pathname}: ${match.kind}`);
    const { route, parameters } = match;
    const response: ApiResponse = await route.handle({
      method,
      path: url.pathname,
      parameters,
      query: url.searchParams,
      headers,
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      caller: route.scope === 'public' ? undefined : 'ops',
      baseUrl: 'https://api.example',
      now: this.world.now,
    });
    const text = String(response.body ?? '');
    return {
      status: response.status,
      headers: response.headers ?? {},
      text,
      json: text.startsWith('{') ? JSON.parse(text) : undefined,
      scope: route.scope,
    };
  }
}

/** What the other side signs with in these tests. */
export function sign(body: string): string {
  return createHmac('sha256', 'theirs').update(body).digest('hex');
}
