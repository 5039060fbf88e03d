// The small signed client under the hot destinations, the queue and the key look-up: node:http(s) with keep-alive.
// One call is one attempt; lib/aws/retry.ts repeats.
import type { Agent, ClientRequest, IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { PermanentError, RetryableError } from '../model/errors.ts';
import { credentialsFrom, type Environment } from './credentials.ts';
import { endpointFor, regionFrom, type Target, targetOf } from './endpoints.ts';
import { signRequest } from './sigv4.ts';
import type { AwsAnswer, AwsCall, AwsTransport } from './transport.ts';

// Not `import`: that reads every export of node:http, of which some load the whole of fetch and WebSocket (50 ms CPU,
// twice the start-up time that ingest-otlp is allowed). See docs/decisions/0031-cold-start.md.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');
const { createSecureContext } = process.getBuiltinModule('node:tls');

export interface SignedClientOptions {
  /** Where endpoints, region and credentials are read, anew for every call. Default: the process's. */
  readonly env?: Environment;
  /** Epoch milliseconds; the time that is signed. */
  readonly now?: () => number;
  /** Connections to one host at a time. */
  readonly maxSockets?: number;
}

/**
 * A connection idle for longer may have been closed by the other side while the function was frozen. A reset then
 * means that the request was never read, so it is safe to send again.
 */
const MAYBE_STALE_AFTER_MS = 4_000;

/**
 * Makes the client. Connections are kept for the life of the process.
 * @returns a transport whose `call` rejects with RetryableError `unavailable` (nothing was done), `timeout` (no
 *   answer; the call may have taken effect), `credentials`, or PermanentError `invalidConfig`, `wrongUsage`
 */
export function createSignedClient(options: SignedClientOptions = {}): AwsTransport {
  const env = options.env ?? process.env;
  const now = options.now ?? Date.now;
  const agentOptions = { keepAlive: true, maxSockets: options.maxSockets ?? 50, scheduling: 'lifo' } as const;
  const plain = new http.Agent(agentOptions);
  // Made while the function starts, when Lambda gives it the most CPU: the first context costs 25 ms.
  const speaksTls = endpointFor('sqs', env.AWS_REGION || 'us-east-1', env).secure;
  const secure = new https.Agent({
    ...agentOptions,
    ...(speaksTls && { secureContext: createSecureContext() }),
  });

  return {
    async call(call) {
      const region = regionFrom(env);
      const target = targetOf(call, endpointFor(call.service, region, env), region);
      const headers = signRequest(
        {
          method: call.method,
          host: target.hostHeader,
          path: target.path,
          headers: call.headers,
          body: call.body,
        },
        { service: call.service, region, credentials: credentialsFrom(env), nowMs: now() },
      );
      headers['content-length'] = String(call.body.byteLength);
      return exchange(call, target, headers, target.secure ? secure : plain, now);
    },
  };
}

/** When a connection was last given back, epoch milliseconds. */
const idleSince = new WeakMap<Socket, number>();

function exchange(
  call: AwsCall,
  target: Target,
  headers: Record<string, string>,
  agent: Agent,
  now: () => number,
): Promise<AwsAnswer> {
  return new Promise((resolve, reject) => {
    let connection: Socket | undefined;
    // From here on the service may have read the request, and carried it out.
    let delivered = false;
    const request = open(call, target, headers, agent);
    const timer = setTimeout(() => {
      const message = `${call.service} did not answer within ${call.timeoutMs} ms`;
      request.destroy(new RetryableError(delivered ? 'timeout' : 'unavailable', message));
    }, call.timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(classify(error, call.service, delivered));
    };
    request.on('socket', (socket) => {
      connection = socket;
      if (request.reusedSocket) {
        delivered = now() - (idleSince.get(socket) ?? 0) <= MAYBE_STALE_AFTER_MS;
      } else {
        socket.once(target.secure ? 'secureConnect' : 'connect', () => {
          delivered = true;
        });
      }
    });
    request.on('error', fail);
    request.on('response', (response) => {
      delivered = true;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        if (connection !== undefined) idleSince.set(connection, now());
        resolve({
          status: response.statusCode ?? 0,
          headers: flat(response.headers),
          body: Buffer.concat(chunks),
        });
      });
    });
    request.end(call.body);
  });
}

/** @throws PermanentError `wrongUsage` for headers or a path that HTTP cannot carry */
function open(call: AwsCall, target: Target, headers: Record<string, string>, agent: Agent): ClientRequest {
  const { hostname: host, port, path } = target;
  try {
    const send = target.secure ? https.request : http.request;
    return send({ agent, host, port, method: call.method, path, headers, setHost: false });
  } catch (error) {
    throw new PermanentError('wrongUsage', `${call.service}: ${(error as Error).message}`, { cause: error });
  }
}

/** @param delivered the request was on a live connection, so the service may have carried it out */
function classify(error: Error, service: string, delivered: boolean): RetryableError {
  if (error instanceof RetryableError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? error.message;
  const reason = delivered ? 'timeout' : 'unavailable';
  return new RetryableError(reason, `${service}: connection failed (${code})`, { cause: error });
}

function flat(headers: IncomingHttpHeaders): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}
