// A JSON reader for tests: numbers are compared digit by digit, and keys are right. JSON.parse rounds 64-bit integers,
// and in V8 13.6 and 14.6 reads an escaped key as another one (github.com/nodejs/node/issues/63785).

/** How a number stands in a value that `parseExact` returns. */
export function exactNumber(digits: string): string {
  return `number ${digits}`;
}

/** @returns the value, numbers as `exactNumber` of their text, objects without a prototype @throws SyntaxError */
export function parseExact(text: string): unknown {
  const reader = new Reader(text);
  const value = reader.value();
  if (reader.token() !== undefined) throw new SyntaxError('something follows the value');
  return value;
}

const TOKEN = /\s*([{}[\]:,]|"(?:[^"\\]|\\.)*"|[^\s{}[\]:,"]+)/suy;

class Reader {
  private readonly text: string;
  private readonly pattern = new RegExp(TOKEN);

  constructor(text: string) {
    this.text = text;
  }

  /** @returns undefined at the end of the text */
  token(): string | undefined {
    const { lastIndex } = this.pattern;
    const match = this.pattern.exec(this.text);
    if (match === null && this.text.slice(lastIndex).trim() !== '') throw new SyntaxError('not JSON');
    return match?.[1];
  }

  value(first: string | undefined = this.token()): unknown {
    if (first === '{') return this.object();
    if (first === '[') return this.array();
    const scalar: unknown = JSON.parse(first ?? '');
    return typeof scalar === 'number' ? exactNumber(first!) : scalar;
  }

  private object(): Record<string, unknown> {
    const result: Record<string, unknown> = Object.create(null);
    for (let token = this.token(); token !== '}'; token = this.next('}')) {
      const key: unknown = JSON.parse(token ?? '');
      if (typeof key !== 'string' || this.token() !== ':') throw new SyntaxError('expected "key":');
      result[key] = this.value();
    }
    return result;
  }

  private array(): unknown[] {
    const result: unknown[] = [];
    for (let token = this.token(); token !== ']'; token = this.next(']')) result.push(this.value(token));
    return result;
  }

  /** What follows a comma, or the closing bracket. */
  private next(closing: string): string | undefined {
    const token = this.token();
    if (token === closing) return token;
    if (token !== ',') throw new SyntaxError(`expected , or ${closing}, got ${token}`);
    const member = this.token();
    if (member === closing) throw new SyntaxError('a comma without a member');
    return member;
  }
}
