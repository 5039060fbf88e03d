// Calls receivers outside AWS: one attempt, bounded in time and size, no redirects, and never an address from which a
// function's credentials or events can be had. See docs/decisions/0129-where-webhooks-may-go.md.
import { lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { HttpAnswer, HttpPort, HttpRequest } from '../channels/ports.ts';
import { PermanentError, RetryableError } from '../model/errors.ts';

export interface HttpSenderOptions {
  /** Where the runtime of Lambda listens, as `AWS_LAMBDA_RUNTIME_API` says: "host:port". Default: the environment's. */
  readonly runtimeApi?: string | undefined;
  /** Finds addresses; default: node:dns. */
  readonly lookup?: LookupFunction;
}

/** What is read of an answer; what it means stands at its beginning. */
const MAX_ANSWER_BYTES = 65_536;
const MAX_SOCKETS = 20;

/** Link-local: metadata of instances, credentials of containers, time. RFC 3927, RFC 4291, AWS EC2 and ECS guides. */
const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
FORBIDDEN.addSubnet('0.0.0.0', 8, 'ipv4');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');
FORBIDDEN.addAddress('fd00:ec2::23', 'ipv6');
FORBIDDEN.addAddress('::', 'ipv6');

/** Whether an IP address is one that is never called. */
export function isForbidden(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && FORBIDDEN.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Makes the sender. Connections are not kept: between two notifications a function is frozen, and what it finds
 * afterwards is dead more often than not; a page would wait for the second attempt.
 */
export function createHttpSender(options: HttpSenderOptions = {}): HttpPort {
  const runtimeApi = 'runtimeApi' in options ? options.runtimeApi : process.env.AWS_LAMBDA_RUNTIME_API;
  const find = checkedLookup(options.lookup ?? (lookup as LookupFunction));
  const agentOptions = { keepAlive: false, maxSockets: MAX_SOCKETS, lookup: find } as const;
  const plain = new http.Agent(agentOptions);
  const secure = new https.Agent(agentOptions);
  return {
    async send(request) {
      const url = checkedUrl(request.url, runtimeApi);
      return exchange(request, url, url.protocol === 'https:' ? secure : plain);
    },
  };
}

function checkedUrl(text: string, runtimeApi: string | undefined): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new PermanentError('invalidConfig', 'the address is no URL with http or https');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isForbidden(host)) throw forbidden(host);
  // The runtime hands out the events of the function, and listens on loopback only.
  const runtimePort = runtimeApi?.split(':').at(-1);
  if (runtimePort !== undefined && url.port === runtimePort) throw forbidden(url.host);
  return url;
}

/** Looks at the address that is connected to, so that no name can lead to a forbidden one. */
function checkedLookup(find: LookupFunction): LookupFunction {
  return (hostname, options, done) => {
    find(hostname, options, (error, address, family) => {
      const all = typeof address === 'string' ? [address] : address?.map((one) => one.address);
      const bad = error === null ? all?.find(isForbidden) : undefined;
      if (bad === undefined) done(error, address, family);
      else done(forbidden(hostname), address, family);
    });
  };
}

function forbidden(host: string): PermanentError {
  return new PermanentError('denied', `${host} is an address that no notification is sent to`);
}

function exchange(request: HttpRequest, url: URL, agent: http.Agent): Promise<HttpAnswer> {
  const { method, headers, body = '', timeoutMs } = request;
  return new Promise((resolve, reject) => {
    let isSent = false;
    let call: http.ClientRequest;
    const fail = (error: unknown) => {
      clearTimeout(timer);
      reject(failureOf(error, url.host, isSent));
    };
    const timer = setTimeout(() => {
      const text = `${url.host} did not answer within ${timeoutMs} ms`;
      call?.destroy(new RetryableError(isSent ? 'timeout' : 'unavailable', text));
    }, timeoutMs);
    try {
      const open = url.protocol === 'https:' ? https.request : http.request;
      const length = method === 'GET' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      call = open(url, { method, agent, headers: { ...headers, ...length } });
    } catch (error) {
      // A header that HTTP cannot carry; the message of Node names it, not its value.
      clearTimeout(timer);
      reject(
        new PermanentError('invalidConfig', 'the request has a header that cannot be sent', { cause: error }),
      );
      return;
    }
    call.on('finish', () => {
      isSent = true;
    });
    call.on('error', fail);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const done = () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: flat(response.headers), body: text });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.byteLength;
        if (size <= MAX_ANSWER_BYTES) return;
        // The status has said it; the rest is not worth the wait.
        done();
        response.destroy();
      });
      response.on('end', done);
      response.on('error', fail);
    });
    call.end(method === 'GET' ? undefined : body);
  });
}

function failureOf(error: unknown, host: string, isSent: boolean): Error {
  if (error instanceof RetryableError || error instanceof PermanentError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? 'failed';
  const options = { cause: error };
  return new RetryableError(isSent ? 'timeout' : 'unavailable', `${host}: no answer (${code})`, options);
}

function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
