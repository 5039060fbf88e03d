// A request to the `api` function and what answers it: each domain offers a list of routes, functions/api.ts joins them.
import type { Scope } from '../model/scope.ts';

export interface ApiRequest {
  readonly method: string;
  /** Below the door's prefix, decoded per segment by the parameters. */
  readonly path: string;
  /** By the name after the colon in the route's path. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Name of the key that was shown; undefined on a public route. */
  readonly caller: string | undefined;
  /** Where this API is reached, without a slash at its end. */
  readonly baseUrl: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface ApiResponse {
  readonly status: number;
  /** Names in lower case; `content-type` is given for each body. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** What is worth counting beside the answer, such as alerts that were refused out of a post that was taken. */
  readonly counts?: readonly { readonly name: string; readonly count: number; readonly reason: string }[];
}

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Such as `/slo/:id/gate`. */
  readonly path: string;
  /** What the key must be allowed; `public` routes check a signature of their own or tell nothing. */
  readonly scope: Scope | 'public';
  readonly handle: (request: ApiRequest) => Promise<ApiResponse>;
}
