// Writes a value as JSON in one of the many forms that a sender may choose, all of which mean the same.
import { Seeded } from '../../bench/payloads/seeded.ts';

const SPACES = ['', '', '', ' ', '\n', '\t', '\r\n  '];
const UNKNOWN = ['{"a":[1,{"b":"]}"}]}', '[[],{}]', '"\\u007b\\""', '-0.5e-7', 'null', 'true'];
/** Keys whose 64-bit integers may be written as numbers when a double holds them exactly. */
const INT64_KEYS = /^(?:.*UnixNano|intValue|asInt|count|zeroCount|bucketCounts)$/;

/**
 * White space, the order of keys, escapes, numbers for strings of 64-bit integers, unknown keys and nulls are drawn
 * from the seed.
 */
export function writeJsonFreely(value: unknown, seed: number): string {
  const random = new Seeded(seed);
  const space = () => random.pick(SPACES);
  const string = (text: string): string =>
    random.chance(0.1)
      ? `"${[...text].map((character) => escapeUnits(character)).join('')}"`
      : JSON.stringify(text);
  const write = (item: unknown, key: string): string => {
    if (Array.isArray(item)) {
      return `[${space()}${item.map((member) => write(member, key)).join(`${space()},${space()}`)}${space()}]`;
    }
    if (typeof item === 'object' && item !== null) {
      const members = Object.entries(item).map(([name, inner]) => member(name, write(inner, name)));
      if (random.chance(0.1)) members.push(member(`x${random.hex(2)}`, random.pick(UNKNOWN)));
      if (random.chance(0.3)) shuffle(members, random);
      return `{${space()}${members.join(`${space()},${space()}`)}${space()}}`;
    }
    if (typeof item === 'string') {
      const plain = INT64_KEYS.test(key) && random.chance(0.5) && /^(?:0|-?[1-9]\d*)$/.test(item);
      return plain ? item : string(item);
    }
    return JSON.stringify(item);
  };
  const member = (name: string, text: string) => `${string(name)}${space()}:${space()}${text}`;
  return `${space()}${write(value, '')}${space()}`;
}

function escapeUnits(character: string): string {
  let text = '';
  for (let i = 0; i < character.length; i++) {
    text += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
  }
  return text;
}

function shuffle(members: string[], random: Seeded): void {
  for (let i = members.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [members[i], members[other]] = [members[other]!, members[i]!];
  }
}
