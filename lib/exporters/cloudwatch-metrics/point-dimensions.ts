// The dimensions of a point: service.name of its resource and what the allow-list names, of the point or the resource.
import type { AttributeList } from '../../telemetry/attribute-list.ts';
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
  /** Values of the point by place of their key in the rule; -1: the point has none. */
  private readonly starts: Int32Array = new Int32Array(MAX_DIMENSIONS);
  private readonly ends: Int32Array = new Int32Array(MAX_DIMENSIONS);

  /** @param rules how many there are */
  constructor(lists: DimensionLists, rules: number) {
    this.lists = lists;
    this.parts = new Array(rules).fill(undefined);
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
    if (keyCount === 0 || !this.pick(rule, attributes)) return part.whole;
    const { lists } = this;
    const { fragments } = lists;
    lists.push(this.service);
    for (let place = 0; place < keyCount; place++) {
      const start = this.starts[place] as number;
      const own =
        start < 0
          ? NO_FRAGMENT
          : fragments.ofValue(rule.keys[place]!, cursor, start, this.ends[place] as number);
      lists.push(own === NO_FRAGMENT ? (part.fragments[place] as number) : own);
    }
    return lists.keep();
  }

  /** Notes where the values of a rule's keys lie. @returns false when none of the attributes is named */
  private pick(rule: DimensionRule, attributes: AttributeList): boolean {
    const { places } = rule;
    const { keys, starts, ends, count } = attributes;
    let found = false;
    for (let place = rule.keys.length - 1; place >= 0; place--) this.starts[place] = -1;
    for (let i = 0; i < count; i++) {
      const place = places.of(keys[i] as AttributeList['keys'][number]);
      if (place < 0) continue;
      this.starts[place] = starts[i] as number;
      this.ends[place] = ends[i] as number;
      found = true;
    }
    return found;
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
