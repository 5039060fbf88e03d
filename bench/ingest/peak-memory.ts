// One process that takes 100 gzip requests from the folder to signed bodies and prints the most memory it ever held.
// Started by start-figures.ts: node peak-memory.ts FOLDER
import { VARIANTS } from './variants.ts';

const REQUESTS = 100;

const [, , folder] = process.argv as [string, string, string];
const { bodies, run } = await VARIANTS['traces-e2e'](folder);
for (let i = 0; i < REQUESTS; i++) run(bodies[i % bodies.length]!);
console.log(JSON.stringify({ peakMb: process.resourceUsage().maxRSS / 1024 }));
