// A request to the API from event to result: find the route, check the key, read the body, ask the route, pack. Behind
// ports, so that it runs the same in Lambda, in tests and behind any HTTP server.
import { MalformedError, PermanentError } from '../model/errors.ts';
import { decompress } from '../wire/compression.ts';
import { resultOf } from './answer.ts';
import { type ApiKeyLookup, authorize } from './authorize.ts';
import type { ApiResult, RawRequest } from './lambda-event.ts';
import { MAX_BODY_BYTES, MAX_DECOMPRESSED_BYTES } from './limits.ts';
import { matchRoute, type RouteTable } from './match-route.ts';
import { API_STATUS, type ApiRefusal, refusalForFailure, refusalResponse, refuseApi } from './refusal.ts';
import type { ApiResponse } from './route.ts';

export interface ApiOutcome {
  readonly result: ApiResult;
  readonly counts: readonly { readonly name: string; readonly count: number; readonly reason: string }[];
  /** What a person needs to find the caller; never a secret or a part of the body. */
  readonly facts: Readonly<Record<string, string | number | undefined>>;
  /** What went wrong on our side. */
  readonly failure?: unknown;
}

/** What a browser on another page may do with a key; no cookie is ever looked at. Public routes have none of it. */
const CROSS_ORIGIN: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Date',
};
const PREFLIGHT: Readonly<Record<string, string>> = {
  ...CROSS_ORIGIN,
  'access-control-allow-headers': 'Accept, Authorization, Content-Type, Origin',
  'access-control-max-age': '86400',
};

/** Answers one request. @returns never rejects for what a request holds or a route throws */
export async function handleApiRequest(
  request: RawRequest,
  routes: RouteTable,
  keys: ApiKeyLookup,
): Promise<ApiOutcome> {
  try {
    return await answer(request, routes, keys);
  } catch (failure) {
    return apiFailureOutcome(request, failure);
  }
}

/** The answer to a request that was not handled: out of time, or a fault of ours. */
export function apiFailureOutcome(request: RawRequest, failure: unknown): ApiOutcome {
  return refusedOutcome(request, refusalForFailure(failure), CROSS_ORIGIN);
}

async function answer(request: RawRequest, routes: RouteTable, keys: ApiKeyLookup): Promise<ApiOutcome> {
  const { method, path, headers, query, now, deadlineMs } = request;
  const match = matchRoute(routes, method, path);
  if (match.kind === 'unknownPath') {
    const next = 'look at the path; the Alertmanager API begins with /api/v2/';
    return refusedOutcome(request, refuseApi('unknownPath', 'there is nothing at this path', next));
  }
  if (match.kind !== 'route') {
    const allow = match.methods.join(', ');
    if (match.kind === 'options') {
      const cors = match.isPublic ? {} : { ...PREFLIGHT, 'access-control-allow-methods': allow };
      return outcomeOf(request, { status: 204, headers: { allow, ...cors } });
    }
    const refusal = refuseApi('badMethod', `${method || 'no method'} is not possible here`, `use ${allow}`);
    return refusedOutcome(request, { ...refusal, headers: { allow } });
  }
  const { route, parameters, prefix } = match;
  const cors = route.scope === 'public' ? {} : CROSS_ORIGIN;
  let caller: string | undefined;
  if (route.scope !== 'public') {
    const checked = await authorize(headers, route.scope, keys, deadlineMs);
    if (checked.kind === 'refused') return refusedOutcome(request, checked, cors);
    caller = checked.name;
  }
  const body = readBody(request);
  if (body.kind === 'refused') return refusedOutcome(request, body, cors);
  const response = await route.handle({
    method,
    path: match.path,
    parameters,
    query,
    headers,
    body: body.bytes,
    caller,
    baseUrl: `${request.origin}${prefix}`,
    now,
  });
  return outcomeOf(request, response, cors);
}

function readBody({
  body,
  headers,
}: RawRequest): { readonly kind: 'body'; readonly bytes: Buffer } | ApiRefusal {
  const limits = `at most ${MAX_BODY_BYTES} bytes as received and ${MAX_DECOMPRESSED_BYTES} after decompression are taken`;
  if (body.length > MAX_BODY_BYTES) {
    return refuseApi('bodyTooLarge', `the body has ${body.length} bytes; ${limits}`, 'send it in parts');
  }
  const encoding = headers['content-encoding']?.trim().toLowerCase() || 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'zstd') {
    return refuseApi(
      'badEncoding',
      'the body has a content encoding that is not read',
      'send it as it is, or with gzip or zstd',
    );
  }
  try {
    return { kind: 'body', bytes: decompress(body, encoding, MAX_DECOMPRESSED_BYTES) };
  } catch (error) {
    if (error instanceof MalformedError) {
      return refuseApi('badEncoding', `the body is no ${encoding}: ${error.message}`, 'send it again');
    }
    if (error instanceof PermanentError && error.reason === 'tooLarge') {
      return refuseApi('bodyTooLarge', `the body is too large; ${limits}`, 'send it in parts');
    }
    throw error;
  }
}

function outcomeOf(
  request: RawRequest,
  response: ApiResponse,
  more: Readonly<Record<string, string>> = {},
): ApiOutcome {
  const headers = { ...more, ...response.headers };
  const result = resultOf({ ...response, headers }, request);
  return 'kind' in result
    ? refusedOutcome(request, result, more)
    : { result, counts: response.counts ?? [], facts: { status: response.status } };
}

function refusedOutcome(
  request: RawRequest,
  refusal: ApiRefusal,
  more: Readonly<Record<string, string>> = {},
): ApiOutcome {
  const { reason, message, failure } = refusal;
  const response = refusalResponse(refusal, `${request.method} ${request.path}`);
  const result = resultOf({ ...response, headers: { ...more, ...response.headers } }, request);
  // A refusal is small, so it has a result.
  return {
    result: result as ApiResult,
    counts: [{ name: 'refusedRequests', count: 1, reason }],
    facts: { status: API_STATUS[reason], message },
    ...(failure !== undefined && { failure }),
  };
}
