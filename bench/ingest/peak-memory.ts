// One process that takes 100 gzip requests from the folder to signed bodies and prints the most memory it ever held.
// Started by start-figures.ts: node peak-memory.ts FOLDER. Loads nothing but what is measured.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { decompress } from '../../lib/wire/compression.ts';
import { SegmentBodies } from './our-bodies.ts';
import { MAX_BENCH_BYTES, signBody } from './sign-body.ts';

const REQUESTS = 100;

const [, , folder] = process.argv as [string, string, string];
const names = readdirSync(folder).filter((name) => name.endsWith('.traces.pb'));
const requests = names.map((name) => gzipSync(readFileSync(join(folder, name))));
const encoder = new SegmentBodies();
for (let i = 0; i < REQUESTS; i++) {
  const otlp = decompress(requests[i % requests.length]!, 'gzip', MAX_BENCH_BYTES);
  for (const body of encoder.encode(otlp).bodies) signBody(body);
}
console.log(JSON.stringify({ peakMb: process.resourceUsage().maxRSS / 1024 }));
