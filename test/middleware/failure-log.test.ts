import { describe, expect, it } from 'vitest';
import { failureLog, logLine } from '../../lib/middleware/failure-log.ts';
import { RetryableError } from '../../lib/model/errors.ts';

describe('logLine', () => {
  it('is one line with the error, its reason and its causes', () => {
    const cause = Object.assign(new Error('connect\nrefused'), { code: 'ECONNREFUSED' });
    const line = logLine(new RetryableError('unavailable', 'no answer', { cause }), 'r-1');
    expect(line.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      requestId: 'r-1',
      errors: [
        { name: 'RetryableError', reason: 'unavailable', message: 'no answer' },
        { name: 'Error', code: 'ECONNREFUSED', message: 'connect\nrefused' },
      ],
    });
  });

  it('ends for an error that is its own cause, and for what is no error', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.parse(logLine(error, undefined)).errors).toHaveLength(5);
    expect(JSON.parse(logLine('text', undefined)).errors).toEqual([{ message: 'text' }]);
  });
});

describe('failureLog', () => {
  it('logs the failure of an outcome, and nothing of one without', () => {
    const written: string[] = [];
    const middleware = failureLog({ write: (text) => void written.push(text) });
    const context = { awsRequestId: 'r-2' };
    middleware.after?.({ response: {}, context } as never);
    expect(written).toEqual([]);
    middleware.after?.({ response: { failure: new Error('x') }, context } as never);
    expect(written).toHaveLength(1);
  });
});
