// What strict receivers share: they refuse what the documentation of the real ones refuses, by numbers of their own.
import type { HttpAnswer, HttpRequest } from '../../../lib/channels/ports.ts';

/** A receiver as a function; it may keep what it was told. */
export type StrictServer = (request: HttpRequest) => HttpAnswer;

/** Ends a request with this answer. */
export class Refused extends Error {
  readonly answer: HttpAnswer;

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(`refused: ${typeof body === 'string' ? body : JSON.stringify(body)}`);
    this.answer = answerOf(status, body, headers);
  }
}

export function answerOf(
  status: number,
  body: unknown = '',
  headers: Record<string, string> = {},
): HttpAnswer {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

export function strict(serve: (request: HttpRequest) => HttpAnswer): StrictServer {
  return (request) => {
    try {
      return serve(request);
    } catch (error) {
      if (error instanceof Refused) return error.answer;
      throw error;
    }
  };
}

export type Json = Record<string, unknown>;

/** The object in a body of well-formed UTF-8 JSON. */
export function jsonBody(request: HttpRequest): Json {
  const { body = '' } = request;
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new Refused(415, 'expected JSON');
  }
  if (!body.isWellFormed() || /\\ud[89a-f][0-9a-f]{2}(?!\\ud)/i.test(body.replaceAll('\\\\', ''))) {
    throw new Refused(400, 'half a character');
  }
  return JSON.parse(body) as Json;
}

/** Refuses a text that is none, is empty or is longer than `max` UTF-16 units. */
export function checkText(value: unknown, name: string, max: number, min = 1): string {
  if (typeof value !== 'string' || value.length < min || value.length > max) {
    const what = typeof value === 'string' ? `${value.length} characters` : typeof value;
    throw new Refused(400, `${name}: ${what}, allowed ${min} to ${max}`);
  }
  return value;
}

export function check(isGood: boolean, what: string, status = 400): void {
  if (!isGood) throw new Refused(status, what);
}

export function bytesOf(request: HttpRequest): number {
  return Buffer.byteLength(request.body ?? '');
}
