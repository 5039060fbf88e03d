// Breaks bytes the way that wires, proxies and attackers do: what the fuzz tests of all readers share.
import type { Seeded } from '../../bench/payloads/seeded.ts';

/** One to four random changes: bits flipped, bytes set, removed, repeated or moved, the end cut off. */
export function mutate(bytes: Buffer, random: Seeded): Buffer {
  let broken = Buffer.from(bytes);
  for (let changes = 1 + random.below(4); changes > 0 && broken.length > 0; changes--) {
    broken = Buffer.from(random.pick(MUTATIONS)(broken, random));
  }
  return broken;
}

type Mutation = (bytes: Buffer, random: Seeded) => Buffer;

const INTERESTING = [
  0x00, 0x01, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x3a, 0x2d, 0x30, 0x65, 0x6e, 0x20,
];

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
    return bytes;
  },
  (bytes, random) => {
    bytes[random.below(bytes.length)] = random.pick(INTERESTING);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => {
    const at = random.below(bytes.length);
    const count = 1 + random.below(8);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)]);
  },
  (bytes, random) => {
    const at = random.below(bytes.length);
    const inserted = Buffer.from(Array.from({ length: 1 + random.below(3) }, () => random.pick(INTERESTING)));
    return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
  },
  (bytes, random) => {
    const start = random.below(bytes.length);
    const slice = bytes.subarray(start, start + 1 + random.below(40));
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), slice, bytes.subarray(at)]);
  },
];
