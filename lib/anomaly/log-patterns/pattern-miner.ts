// Groups log lines into patterns while they stream by (a fixed-depth tree of masked words, after Drain, He et al.
// 2017). Words without digits are held to be text until several lines differ in nothing else.
import { PermanentError } from '../../model/errors.ts';
import { maskLine, messageOf, WILDCARD } from './mask.ts';

export const minerSettings = {
  /** Share of text words that must agree before two patterns can become one. */
  similarity: 0.6,
  /** So many patterns that alike must exist before the next one is taken for a variant of them. */
  variants: 6,
  /** First text words that choose the branch of the tree. */
  branchWords: 2,
  /** Patterns kept; beyond, a new line joins the most similar one or a pattern of wildcards. */
  patternsMax: 10_000,
  /** Masked lines whose pattern is remembered. */
  knownMax: 50_000,
} as const;

/** A pattern as the outside sees it. */
export interface LogPattern {
  readonly id: number;
  /** Words, `<*>` for what varies. */
  readonly template: string;
  readonly count: number;
}

/** What is kept between runs and sent between functions. */
export interface PatternSnapshot {
  readonly version: 1;
  readonly patterns: readonly LogPattern[];
}

interface Pattern {
  readonly id: number;
  words: string[];
  count: number;
  /** The wider pattern that took this one in. */
  absorbedBy?: Pattern;
}

/** A growing set of patterns. Ids are numbers from 1; a pattern that is absorbed by another keeps pointing to it. */
export class PatternMiner {
  readonly #branches = new Map<string, Pattern[]>();
  readonly #known = new Map<string, Pattern>();
  readonly #absorbed = new Map<number, Pattern>();
  #size = 0;
  #nextId = 1;

  /** The id of the pattern that a line belongs to; ask `currentId` for it again after more lines. */
  add(line: string): number {
    return this.#addWords(maskLine(messageOf(line)), 1).id;
  }

  /** The id under which a pattern goes now. */
  currentId(id: number): number {
    const absorbed = this.#absorbed.get(id);
    return absorbed === undefined ? id : outermost(absorbed).id;
  }

  /** All patterns, the most frequent first. */
  patterns(): LogPattern[] {
    return [...this.#branches.values()]
      .flat()
      .map(({ id, words, count }) => ({ id, template: words.join(' '), count }))
      .sort((a, b) => b.count - a.count || a.id - b.id);
  }

  snapshot(): PatternSnapshot {
    return { version: 1, patterns: this.patterns() };
  }

  /** Takes in the patterns of another miner, such as the one of another function; returns its ids → ours. */
  merge(snapshot: PatternSnapshot): Map<number, number> {
    if (snapshot.version !== 1) {
      throw new PermanentError(
        'malformed',
        `pattern snapshot has version ${String(snapshot.version)}, expected 1`,
      );
    }
    const ids = new Map<number, number>();
    for (const { id, template, count } of snapshot.patterns) {
      ids.set(id, this.#addWords(template === '' ? [] : template.split(' '), count).id);
    }
    for (const [theirs, ours] of ids) ids.set(theirs, this.currentId(ours));
    return ids;
  }

  #addWords(words: string[], count: number): Pattern {
    const key = words.join(' ');
    const known = this.#known.get(key);
    if (known !== undefined) {
      const pattern = outermost(known);
      pattern.count += count;
      return pattern;
    }
    const pattern = this.#place(words);
    pattern.count += count;
    if (this.#known.size >= minerSettings.knownMax) this.#known.clear();
    this.#known.set(key, pattern);
    return pattern;
  }

  /** Finds or makes the pattern of words that were not seen before. */
  #place(words: string[]): Pattern {
    const branchKey = branchOf(words);
    const branch = this.#branches.get(branchKey) ?? [];
    let nearest: Pattern | undefined;
    let most = 0;
    let alike = 0;
    for (const pattern of branch) {
      const similarity = similarityOf(pattern.words, words);
      if (similarity === 1) return pattern;
      if (similarity >= minerSettings.similarity) alike++;
      if (similarity > most) {
        most = similarity;
        nearest = pattern;
      }
    }
    const isFull = this.#size >= minerSettings.patternsMax;
    if (nearest !== undefined && (alike >= minerSettings.variants || (isFull && alike > 0))) {
      return this.#widen(nearest, words, branch);
    }
    if (isFull) return this.#anything(words.length);
    return this.#create(words, branchKey, branch);
  }

  #create(words: string[], branchKey: string, branch: Pattern[]): Pattern {
    const pattern: Pattern = { id: this.#nextId++, words, count: 0 };
    branch.push(pattern);
    this.#branches.set(branchKey, branch);
    this.#size++;
    return pattern;
  }

  /** Wildcards where `words` differ; then every pattern of the branch that the result covers is absorbed. */
  #widen(pattern: Pattern, words: readonly string[], branch: Pattern[]): Pattern {
    pattern.words = pattern.words.map((word, at) => (word === words[at] ? word : WILDCARD));
    const kept = branch.filter((other) => {
      if (other === pattern || !covers(pattern.words, other.words)) return true;
      pattern.count += other.count;
      other.absorbedBy = pattern;
      this.#absorbed.set(other.id, other);
      return false;
    });
    this.#size -= branch.length - kept.length;
    branch.splice(0, branch.length, ...kept);
    return pattern;
  }

  /** The pattern of nothing but wildcards for lines of one length: where lines go once the table is full. */
  #anything(length: number): Pattern {
    const words = new Array<string>(length).fill(WILDCARD);
    const branchKey = branchOf(words);
    const branch = this.#branches.get(branchKey) ?? [];
    return branch[0] ?? this.#create(words, branchKey, branch);
  }
}

function outermost(pattern: Pattern): Pattern {
  let current = pattern;
  while (current.absorbedBy !== undefined) current = current.absorbedBy;
  return current;
}

/** Word count and first text words. */
function branchOf(words: readonly string[]): string {
  let key = String(words.length);
  let taken = 0;
  for (const word of words) {
    if (word.includes(WILDCARD)) continue;
    key += ` ${word}`;
    if (++taken === minerSettings.branchWords) break;
  }
  return key;
}

/** Share of equal words among those that are text in either; 1 where the pattern covers the words. */
function similarityOf(pattern: readonly string[], words: readonly string[]): number {
  let equal = 0;
  let compared = 0;
  let covered = true;
  for (let at = 0; at < words.length; at++) {
    const word = pattern[at]!;
    if (word === words[at]) {
      if (word !== WILDCARD) {
        equal++;
        compared++;
      }
    } else {
      compared++;
      if (word !== WILDCARD) covered = false;
    }
  }
  if (covered) return 1;
  return compared === 0 ? 0 : equal / compared;
}

function covers(pattern: readonly string[], words: readonly string[]): boolean {
  return words.every((word, at) => pattern[at] === WILDCARD || pattern[at] === word);
}
