// Spans of one operation name the same attributes in the same order: this tree remembers the orders that were seen, so
// that a list of known keys costs one comparison a key, holds no duplicates, and what follows from its keys is known.
import type { AttributeKey, KeyBytes } from './attribute-key.ts';

/** Sequences kept in one tree, and continuations kept of one sequence: random orders must not fill the memory. */
const MAX_SEQUENCES = 8192;
const MAX_CONTINUATIONS = 16;

/** Keys in their order, no two of them the same. The same keys are the same object within a tree. */
export class KeySequence {
  /** Dense from 0 within a tree. */
  readonly id: number;
  readonly tree: KeySequenceTree;
  /** The last key; undefined for the empty sequence only. */
  readonly key: KeyBytes | undefined;
  /** How it went on last. */
  first: KeySequence | undefined = undefined;
  private readonly continuations: KeySequence[] = [];

  constructor(tree: KeySequenceTree, id: number, key: KeyBytes | undefined) {
    this.tree = tree;
    this.id = id;
    this.key = key;
  }

  /** The sequence with one more key, which it does not hold yet; NO_SEQUENCE when no more are kept. */
  with(key: AttributeKey): KeySequence {
    if (key.id < 0 || this.id < 0) return NO_SEQUENCE;
    const { continuations } = this;
    for (let i = 0; i < continuations.length; i++) {
      const known = continuations[i] as KeySequence;
      if (known.key !== key) continue;
      this.first = known;
      return known;
    }
    if (continuations.length >= MAX_CONTINUATIONS || this.tree.isFull) return NO_SEQUENCE;
    const added = this.tree.add(key as KeyBytes);
    continuations.push(added);
    this.first = added;
    return added;
  }
}

/** All sequences that were seen since it was made. */
export class KeySequenceTree {
  readonly root = new KeySequence(this, 0, undefined);
  private count = 1;

  get isFull(): boolean {
    return this.count >= MAX_SEQUENCES;
  }

  add(key: KeyBytes): KeySequence {
    return new KeySequence(this, this.count++, key);
  }
}

/** Stands for keys whose order is not kept. */
export const NO_SEQUENCE = new KeySequence(new KeySequenceTree(), -1, undefined);
