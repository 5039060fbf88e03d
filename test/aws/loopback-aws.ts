// A tiny AWS on loopback for tests: checks each signature with @smithy/signature-v4, then answers as told.
import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Environment } from '../../lib/aws/credentials.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** What the signer was called for. */
  readonly service: string;
  readonly signatureMatches: boolean;
  /** How many requests came over this connection before. */
  readonly earlierOnConnection: number;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** `hang` never answers, `reset` cuts the connection. */
export type Behaviour = (request: Received) => Reply | 'hang' | 'reset' | Promise<Reply | 'hang' | 'reset'>;

export interface LoopbackAws {
  readonly url: string;
  readonly env: Environment;
  readonly received: Received[];
  behave: Behaviour;
  close(): Promise<void>;
}

const ACCESS_KEY = 'AKIDLOOPBACK';
const SECRET_KEY = 'secret/of+loopback';
const SESSION_TOKEN = 'token-of-loopback==';

/** Starts the server on a free port. */
export async function startLoopbackAws(behave: Behaviour = () => ({ status: 200 })): Promise<LoopbackAws> {
  const received: Received[] = [];
  const counts = new WeakMap<Socket, number>();
  const sockets = new Set<Socket>();
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const earlier = counts.get(request.socket) ?? 0;
      counts.set(request.socket, earlier + 1);
      const body = Buffer.concat(chunks);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const check = await checkSignature(request.method ?? '', request.url ?? '', headers, body);
      const seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers,
        body,
        ...check,
        earlierOnConnection: earlier,
      };
      received.push(seen);
      const reply = await loopback.behave(seen);
      if (reply === 'hang') return;
      if (reply === 'reset') return void request.socket.destroy();
      response.writeHead(reply.status, { ...reply.headers });
      response.end(reply.body);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const loopback: LoopbackAws = {
    url,
    received,
    behave,
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: ACCESS_KEY,
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
      AWS_SESSION_TOKEN: SESSION_TOKEN,
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return loopback;
}

/** A node:crypto hash in the form that the smithy signer asks for. */
export class NodeSha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret));
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

function keyOf(secret: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof secret === 'string') return Buffer.from(secret);
  if (ArrayBuffer.isView(secret)) return Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength);
  return Buffer.from(secret);
}

async function checkSignature(
  method: string,
  url: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<{ service: string; signatureMatches: boolean }> {
  const authorization = headers.authorization ?? '';
  const parts = /Credential=([^/]+)\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+),/.exec(
    authorization,
  );
  if (parts === null) return { service: '', signatureMatches: false };
  const [, accessKeyId, , region, service, names] = parts;
  const signed = Object.fromEntries(names!.split(';').map((name) => [name, headers[name] ?? '']));
  const [path, search] = url.split('?');
  const signer = new SignatureV4({
    service: service!,
    region: region!,
    credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY, sessionToken: SESSION_TOKEN },
    sha256: NodeSha256,
    uriEscapePath: service !== 's3',
    applyChecksum: service === 's3',
  });
  const date = headers['x-amz-date']!.replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z');
  const again = await signer.sign(
    {
      method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: path!,
      query: Object.fromEntries(new URLSearchParams(search ?? '')),
      headers: signed,
      body,
    },
    { signingDate: new Date(date) },
  );
  const covered = accessKeyId === ACCESS_KEY && names!.split(';').includes('host');
  return { service: service!, signatureMatches: covered && again.headers.authorization === authorization };
}
