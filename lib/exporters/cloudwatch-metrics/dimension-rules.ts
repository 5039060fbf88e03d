// The allow-list of dimensions, ready for use: which attributes a metric's points keep.
import { type AttributeKey, KeySideTable } from '../../telemetry/key-table.ts';
import { MAX_DIMENSIONS, MAX_NAME_CHARS } from './limits.ts';
import { asciiText } from './names.ts';
import type { MetricDimensions } from './settings.ts';

/** The dimension that every metric has. */
export const SERVICE_NAME = 'service.name';

/** An attribute that becomes a dimension. */
export interface DimensionKey {
  readonly text: string;
  /** Among the keys of all rules. */
  readonly number: number;
  /** What stands before its value, the comma behind the dimension before included. */
  readonly prefix: string;
}

/** What the keys of one entry of the allow-list come to. */
export interface DimensionRule {
  /** Place among the rules. */
  readonly index: number;
  /** Attribute keys besides `service.name`, sorted, so that their order in the configuration does not matter. */
  readonly keys: readonly DimensionKey[];
  /** Place of an attribute key among `keys`, or -1. */
  readonly places: KeySideTable<number>;
}

/** The text of a dimension up to its value. A name must not start with a colon. */
export function dimensionPrefix(key: string): string {
  const name = asciiText(key.startsWith(':') ? `_${key}` : key, MAX_NAME_CHARS);
  return `{"Name":${JSON.stringify(name)},"Value":"`;
}

/** Finds the rule of a metric: the first entry whose pattern matches counts, as the configuration says. */
export class DimensionRules {
  /** For metrics that no entry names: `service.name` alone. */
  readonly standard: DimensionRule;
  readonly count: number;
  private readonly entries: readonly { readonly pattern: string; readonly rule: DimensionRule }[];
  private readonly numbers = new Map<string, number>();

  constructor(dimensions: readonly MetricDimensions[]) {
    this.count = dimensions.length + 1;
    this.standard = this.rule(0, []);
    this.entries = dimensions.map(({ metric, keys }, index) => ({
      pattern: metric,
      rule: this.rule(index + 1, keys),
    }));
  }

  of(metric: string): DimensionRule {
    return this.entries.find(({ pattern }) => matches(pattern, metric))?.rule ?? this.standard;
  }

  private rule(index: number, wanted: readonly string[]): DimensionRule {
    const usable = wanted.filter((key) => key !== SERVICE_NAME && asciiText(key, MAX_NAME_CHARS) !== '');
    const keys = [...new Set(usable)].sort().slice(0, MAX_DIMENSIONS - 1);
    return {
      index,
      keys: keys.map((text) => ({ text, number: this.numberOf(text), prefix: `,${dimensionPrefix(text)}` })),
      places: new KeySideTable((key: AttributeKey) => keys.indexOf(key.text)),
    };
  }

  private numberOf(key: string): number {
    const number = this.numbers.get(key) ?? this.numbers.size;
    this.numbers.set(key, number);
    return number;
  }
}

function matches(pattern: string, metric: string): boolean {
  return pattern.endsWith('*') ? metric.startsWith(pattern.slice(0, -1)) : pattern === metric;
}
