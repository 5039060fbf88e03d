// A transport that answers from a list and keeps what it was asked.
import type { AwsAnswer, AwsCall, AwsTransport } from '../../lib/aws/transport.ts';

export class ScriptedTransport implements AwsTransport {
  readonly calls: { operation: string; path: string; request: Record<string, unknown>; call: AwsCall }[] = [];
  private readonly answers: (AwsAnswer | Error)[];

  constructor(...answers: (AwsAnswer | Error)[]) {
    this.answers = answers;
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    const text = Buffer.from(call.body).toString();
    this.calls.push({
      operation: call.headers['x-amz-target'] ?? `${call.method}`,
      path: call.path,
      request: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      call,
    });
    const answer = this.answers.shift();
    if (answer === undefined) throw new Error(`no answer left for ${call.path}`);
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

export function answer(body: object | string, status = 200): AwsAnswer {
  return { status, headers: {}, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}

export function refusal(type: string, more: object = {}, status = 400): AwsAnswer {
  return answer({ __type: `com.amazonaws#${type}`, message: type, ...more }, status);
}
