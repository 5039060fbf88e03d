// A very small HTTP service: routes with parameters, JSON in and out, the route on the span, a log line per request.
import http from 'node:http';
import { logs, SeverityNumber, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export type Handler = (params: Readonly<Record<string, string>>, body: unknown) => Promise<Reply>;

/** Routes such as `POST /orders/:id` and their handlers. */
export type Routes = Readonly<Record<string, Handler>>;

/** Serves until the process ends; the port comes from PORT. Prints `listening` when it is ready. */
export function serve(name: string, routes: Routes): void {
  const logger = logs.getLogger(name);
  const server = http.createServer((request, response) => {
    handle(routes, request)
      .catch((error: Error) => {
        const span = trace.getActiveSpan();
        span?.recordException(error);
        span?.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
        logger.emit({
          severityNumber: SeverityNumber.ERROR,
          severityText: 'ERROR',
          body: `${request.method} ${request.url} failed: ${error.message}`,
          attributes: {
            'exception.type': error.name,
            'exception.message': error.message,
            'exception.stacktrace': error.stack ?? '',
          },
        });
        return { status: 500, body: { error: error.message } };
      })
      .then((reply) => {
        logger.emit({
          severityNumber: SeverityNumber.INFO,
          severityText: 'INFO',
          body: {
            message: 'request handled',
            method: request.method ?? '',
            path: request.url ?? '',
            status: reply.status,
          },
        });
        response.writeHead(reply.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(reply.body));
      });
  });
  server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
}

async function handle(routes: Routes, request: http.IncomingMessage): Promise<Reply> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  for (const [route, handler] of Object.entries(routes)) {
    const [method, template = ''] = route.split(' ');
    const params = method === request.method ? match(template, path) : undefined;
    if (params === undefined) continue;
    nameSpan(trace.getActiveSpan(), method ?? '', template);
    return handler(params, await readJson(request));
  }
  return { status: 404, body: { error: `no route for ${request.method} ${path}` } };
}

function nameSpan(span: Span | undefined, method: string, template: string): void {
  span?.setAttribute('http.route', template);
  span?.updateName(`${method} ${template}`);
}

function match(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split('/');
  const parts = path.split('/');
  if (wanted.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const actual = parts[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(actual);
    else if (part !== actual) return undefined;
  }
  return params;
}

async function readJson(request: http.IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
}

/** Calls another service of the shop. */
export function call(method: string, url: string, body?: unknown): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const request = http.request(
    url,
    { method, headers: { 'content-type': 'application/json' } },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
      });
    },
  );
  request.on('error', reject);
  request.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}
