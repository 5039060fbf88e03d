// Lines a second that are grouped into patterns, on generated lines of four services.
import { PatternMiner } from '../../lib/anomaly/log-patterns/pattern-miner.ts';
import type { Figure } from '../figure.ts';

const LINES = 200_000;
const NAMES = ['ann', 'ben', 'cem', 'dia', 'eva', 'fin', 'gus', 'hal'];

/** A line of one of four services; the same for the same number. */
function lineAt(number: number): string {
  const id = (number * 7919) % 1_000_003;
  switch (number % 4) {
    case 0:
      return `2026-01-05T10:11:${10 + (number % 50)}.123Z INFO request ${id} finished in ${id % 900} ms status=200 path=/api/orders/${id}`;
    case 1:
      return `Failed password for ${NAMES[id % NAMES.length]} from 10.0.${id % 255}.17 port ${id % 60_000} ssh2`;
    case 2:
      return `[instance: 0673dd71-34c5-4fbb-86c4-${100_000_000_000 + id}] VM Started (Lifecycle Event)`;
    default:
      return `{"level":"warn","message":"retry ${id % 5} of upload ${id} to bucket archive-${id % 7}","traceId":"${id}"}`;
  }
}

export function* logFigures(rounds: number): Iterable<Figure> {
  const lines = Array.from({ length: LINES }, (_, number) => lineAt(number));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const before = process.cpuUsage();
    const miner = new PatternMiner();
    for (const line of lines) miner.add(line);
    const used = process.cpuUsage(before);
    best = Math.min(best, used.user + used.system);
  }
  yield { name: 'log-lines-per-s', ours: LINES / (best / 1e6), unit: 'lines/s CPU', must: '>= 100000' };
}
