// The body of a request as JSON; what is wrong is said in one sentence.

export type JsonBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'bad'; readonly message: string };

/** Bytes that are no UTF-8 become U+FFFD, as in Alertmanager: a broken character is no reason to lose a batch. */
export function readJson(body: Buffer): JsonBody {
  const text = body.toString('utf8');
  if (text.trim() === '') return { kind: 'bad', message: 'the body is empty; expected JSON' };
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch (error) {
    return {
      kind: 'bad',
      message: `the body is not JSON: ${error instanceof Error ? error.message : error}`,
    };
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
