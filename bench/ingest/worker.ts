// One process that runs one variant over the bodies of a folder and prints its CPU time an item and its peak memory.
// Started by run.ts: node worker.ts VARIANT FOLDER
import { VARIANTS, type VariantName } from './variants.ts';

const WARM_UP_MS = 1200;
const BLOCK_MS = 250;
const BLOCKS = 7;

const [, , name, folder] = process.argv as [string, string, VariantName, string];
const { bodies, run } = await VARIANTS[name](folder);

/** Runs over all bodies until `ms` have passed. @returns CPU microseconds an item */
function block(ms: number): number {
  let items = 0;
  const until = performance.now() + ms;
  const before = process.cpuUsage();
  do for (const body of bodies) items += run(body);
  while (performance.now() < until);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / items;
}

block(WARM_UP_MS);
const blocks = Array.from({ length: BLOCKS }, () => block(BLOCK_MS)).sort((a, b) => a - b);
const usage = process.resourceUsage();
console.log(JSON.stringify({ microseconds: blocks[BLOCKS >> 1], peakMb: usage.maxRSS / 1024 }));
