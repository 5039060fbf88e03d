// Ids that X-Ray asks for and OTLP does not have: hashes, so that the same span sent again has the same ids.

/** What an id is made for; part of what is hashed. */
export const ID_PURPOSE = { exception: 0x45786370, serviceSegment: 0x53657276 } as const;
export type IdPurpose = (typeof ID_PURPOSE)[keyof typeof ID_PURPOSE];

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * @param bytes trace id and then segment id: 24 bytes @param index of the exception within its segment
 * @returns 16 hex digits, not all zero
 */
export function madeUpId(bytes: Uint8Array, purpose: IdPurpose, index: number): string {
  // Two lanes of MurmurHash3's 32-bit mixing; ids need to differ within a trace, not to withstand attacks.
  let high: number = purpose;
  let low = ~purpose;
  for (let i = 0; i <= bytes.length; i += 4) {
    const word =
      i === bytes.length
        ? index
        : bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24) | 0;
    high = mix(high, Math.imul(word, 0xcc9e2d51), 15, 0x1b873593);
    low = mix(low, Math.imul(word ^ high, 0x239b961b), 16, 0xab0e9789);
  }
  const digits = hex(finish(high ^ bytes.length)) + hex(finish(low ^ high));
  return digits === '0000000000000000' ? '0000000000000001' : digits;
}

function mix(hash: number, word: number, rotation: number, factor: number): number {
  const mixed = hash ^ Math.imul((word << rotation) | (word >>> (32 - rotation)), factor);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

function hex(word: number): string {
  return HEX[word >>> 24]! + HEX[(word >>> 16) & 255]! + HEX[(word >>> 8) & 255]! + HEX[word & 255]!;
}
