// Bodies of calls: whatever events are taken, in place or copied, once or again, they are the same JSON.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallBody } from '../../../lib/exporters/cloudwatch-logs/call-body.ts';
import { LogEventEncoder } from '../../../lib/exporters/cloudwatch-logs/encode.ts';
import { LOGS_DEFAULTS } from '../../../lib/exporters/cloudwatch-logs/settings.ts';
import { LogWalker } from '../../../lib/telemetry/walk.ts';
import { encodeProtobuf } from '../../support/otlp.ts';
import type { PutLogEvents } from './encode-events.ts';

/** By request, the services of its resources and how many records each has. */
const requests = fc.array(
  fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 4 })), { maxLength: 5 }),
  { minLength: 1, maxLength: 3 },
);

/** Which events a call takes, by chance; and whether it goes where the templates say. */
const calls = fc.array(fc.tuple(fc.uniqueArray(fc.nat(40), { minLength: 1 }), fc.boolean(), fc.boolean()), {
  minLength: 1,
  maxLength: 6,
});

test('a body holds exactly the events asked for, in their order', () => {
  fc.assert(
    fc.property(requests, calls, (sent, wanted) => {
      const encoder = new LogEventEncoder(LOGS_DEFAULTS);
      const walker = new LogWalker();
      const lines: string[] = [];
      for (const [number, resources] of sent.entries()) {
        const resourceLogs = resources.map(([service, count]) => ({
          resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
          scopeLogs: [
            {
              logRecords: Array.from({ length: count }, () => {
                lines.push(`line ${lines.length}`);
                return { body: { stringValue: lines.at(-1)! } };
              }),
            },
          ],
        }));
        const otlp = encodeProtobuf('logs', { resourceLogs });
        encoder.begin({ ingestId: String(number), acceptedAtMs: 7, otlp }, 0, undefined);
        walker.walk(otlp, [encoder]);
        encoder.end();
      }
      expect(encoder.events.count).toBe(lines.length);
      if (lines.length === 0) return;
      const bodies = new CallBody();
      for (const [chosen, together, elsewhere] of wanted) {
        // All events of a stream, which is what most calls take, or any.
        const some = [...new Set(chosen.map((event) => event % lines.length))];
        const stream = encoder.events.streams[some[0]!];
        const all = lines
          .map((_, event) => event)
          .filter((event) => encoder.events.streams[event] === stream);
        const events = together ? all : some;
        const name = encoder.streams[stream!]!;
        const target = elsewhere ? { group: '/other', stream: 'x "y"' } : name;
        const body = bodies.write(target, encoder, Int32Array.from(events)).toString();
        const call = JSON.parse(body) as PutLogEvents;
        expect([call.logGroupName, call.logStreamName]).toEqual([target.group, target.stream]);
        expect(call.logEvents.map(({ message }) => JSON.parse(message).body)).toEqual(
          events.map((i) => lines[i]),
        );
      }
    }),
    { numRuns: 500 },
  );
});
