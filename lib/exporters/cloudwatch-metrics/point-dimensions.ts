// The dimensions of a point: service.name of its resource and what the allow-list names, of the point or the resource.
import type { AttributeList } from '../../telemetry/attribute-list.ts';
import type { KeySequenceTree } from '../../telemetry/key-sequence.ts';
import type { ResourceView } from '../../telemetry/resource-view.ts';
import type { WireCursor } from '../../wire/cursor.ts';
import { NO_FRAGMENT } from './dimension-fragments.ts';
import type { DimensionLists } from './dimension-lists.ts';
import { type DimensionRule, dimensionPrefix, SERVICE_NAME } from './dimension-rules.ts';
import { MAX_DIMENSION_VALUE_CHARS, MAX_DIMENSIONS } from './limits.ts';
import { asciiText, UNKNOWN_SERVICE } from './names.ts';

/** What a resource gives to the metrics of one rule. */
interface ResourcePart {
  /** For each key of the rule its dimension, or NO_FRAGMENT. */
  readonly fragments: readonly number[];
  /** The list that holds these alone. */
  readonly whole: number;
}

export class PointDimensions {
  private readonly lists: DimensionLists;
  private readonly parts: (ResourcePart | undefined)[];
  private view: ResourceView | undefined;
  private service = NO_FRAGMENT;
  /** What `pick` found where the order of a point's keys is not kept. */
  private readonly picked: Int32Array = new Int32Array(MAX_DIMENSIONS + 1);
  /** What `pick` finds, by rule and sequence of keys. */
  private readonly picks: (Int32Array | undefined)[][];
  private picksTree: KeySequenceTree | undefined;

  /** @param rules how many there are */
  constructor(lists: DimensionLists, rules: number) {
    this.lists = lists;
    this.parts = new Array(rules).fill(undefined);
    this.picks = Array.from({ length: rules }, () => []);
  }

  /** The view stays current until the next one. */
  resource(view: ResourceView): void {
    this.view = view;
    this.parts.fill(undefined);
    const name = asciiText(view.text(SERVICE_NAME) ?? '', MAX_DIMENSION_VALUE_CHARS) || UNKNOWN_SERVICE;
    const text = `${dimensionPrefix(SERVICE_NAME)}${JSON.stringify(name).slice(1)}}`;
    this.service = this.lists.fragments.ofText(text);
  }

  /** @returns the number of the point's list; may move the cursor */
  of(rule: DimensionRule, attributes: AttributeList, cursor: WireCursor): number {
    const part = this.parts[rule.index] ?? this.resourcePart(rule, cursor);
    const keyCount = rule.keys.length;
    if (keyCount === 0) return part.whole;
    const picked = this.picksOf(rule, attributes);
    if (picked[MAX_DIMENSIONS] === 0) return part.whole;
    const { starts, ends } = attributes;
    const { lists } = this;
    const { fragments } = lists;
    lists.push(this.service);
    for (let place = 0; place < keyCount; place++) {
      const at = picked[place] as number;
      const own =
        at < 0
          ? NO_FRAGMENT
          : fragments.ofValue(rule.keys[place]!, cursor, starts[at] as number, ends[at] as number);
      lists.push(own === NO_FRAGMENT ? (part.fragments[place] as number) : own);
    }
    return lists.keep();
  }

  /** Points of a metric nearly always have the same keys: where the wanted ones lie is looked up once for all. */
  private picksOf(rule: DimensionRule, attributes: AttributeList): Int32Array {
    const { sequence } = attributes;
    if (sequence.id < 0) return this.pick(rule, attributes, this.picked);
    if (sequence.tree !== this.picksTree) {
      this.picksTree = sequence.tree;
      for (const picks of this.picks) picks.length = 0;
    }
    const picks = this.picks[rule.index] as (Int32Array | undefined)[];
    const known = picks[sequence.id];
    if (known !== undefined) return known;
    while (picks.length <= sequence.id) picks.push(undefined);
    const made = this.pick(rule, attributes, new Int32Array(MAX_DIMENSIONS + 1));
    picks[sequence.id] = made;
    return made;
  }

  /** Notes which attribute has each of a rule's keys, -1 for none, and at the end how many have. */
  private pick(rule: DimensionRule, { keys, count }: AttributeList, picked: Int32Array): Int32Array {
    picked.fill(-1);
    picked[MAX_DIMENSIONS] = 0;
    for (let i = 0; i < count; i++) {
      const place = rule.places.of(keys[i] as AttributeList['keys'][number]);
      if (place < 0) continue;
      picked[place] = i;
      picked[MAX_DIMENSIONS] = (picked[MAX_DIMENSIONS] as number) + 1;
    }
    return picked;
  }

  private resourcePart(rule: DimensionRule, cursor: WireCursor): ResourcePart {
    const { lists } = this;
    const attributes = this.view?.attributes;
    const fragments = rule.keys.map((key) => {
      const at = attributes?.indexOf(key.text) ?? -1;
      if (attributes === undefined || at < 0) return NO_FRAGMENT;
      const { starts, ends } = attributes;
      return lists.fragments.ofValue(key, cursor, starts[at] as number, ends[at] as number);
    });
    lists.push(this.service);
    for (const fragment of fragments) lists.push(fragment);
    const part = { fragments, whole: lists.keep() };
    this.parts[rule.index] = part;
    return part;
  }
}
