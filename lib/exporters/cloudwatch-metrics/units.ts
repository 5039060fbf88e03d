// OpenTelemetry units (UCUM) as CloudWatch units; where CloudWatch has no such unit, the value is scaled to one it has.

/** Units that PutMetricData accepts, StandardUnit in its API. */
export const CLOUDWATCH_UNITS = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
  'Percent',
  'Count',
  'Bytes/Second',
  'Kilobytes/Second',
  'Megabytes/Second',
  'Gigabytes/Second',
  'Terabytes/Second',
  'Bits/Second',
  'Kilobits/Second',
  'Megabits/Second',
  'Gigabits/Second',
  'Terabits/Second',
  'Count/Second',
  'None',
] as const;

export type CloudWatchUnit = (typeof CLOUDWATCH_UNITS)[number];

export interface UnitMapping {
  readonly unit: CloudWatchUnit;
  /** A value in the metric's own unit times this is a value in `unit`. */
  readonly factor: number;
}

const NONE: UnitMapping = { unit: 'None', factor: 1 };
const COUNT: UnitMapping = { unit: 'Count', factor: 1 };

/** UCUM code → unit and factor. CloudWatch's prefixes are decimal; its own console shows them so. */
const PLAIN: Readonly<Record<string, UnitMapping>> = {
  '': NONE,
  '1': NONE,
  '%': { unit: 'Percent', factor: 1 },
  Hz: { unit: 'Count/Second', factor: 1 },
  kHz: { unit: 'Count/Second', factor: 1e3 },
  MHz: { unit: 'Count/Second', factor: 1e6 },
  GHz: { unit: 'Count/Second', factor: 1e9 },
  ns: { unit: 'Microseconds', factor: 1e-3 },
  us: { unit: 'Microseconds', factor: 1 },
  '\u00b5s': { unit: 'Microseconds', factor: 1 },
  '\u03bcs': { unit: 'Microseconds', factor: 1 },
  ms: { unit: 'Milliseconds', factor: 1 },
  s: { unit: 'Seconds', factor: 1 },
  min: { unit: 'Seconds', factor: 60 },
  h: { unit: 'Seconds', factor: 3_600 },
  d: { unit: 'Seconds', factor: 86_400 },
  wk: { unit: 'Seconds', factor: 604_800 },
  ...prefixed('By', 'ytes'),
  ...prefixed('bit', 'its'),
  bi: { unit: 'Bits', factor: 1 },
};

/** Bytes or bits with every prefix: decimal ones as they are, binary ones scaled, peta as thousands of tera. */
function prefixed(code: 'By' | 'bit', ending: 'ytes' | 'its'): Record<string, UnitMapping> {
  const big = (name: string) => `${name}b${ending}` as CloudWatchUnit;
  const table: Record<string, UnitMapping> = { [code]: { unit: `B${ending}`, factor: 1 } };
  const names = ['Kilo', 'Mega', 'Giga', 'Tera'];
  for (const [index, name] of names.entries()) {
    const letter = 'kMGT'[index]!;
    table[letter + code] = { unit: big(name), factor: 1 };
    table[`${letter.toUpperCase()}i${code}`] = { unit: big(name), factor: (1024 / 1000) ** (index + 1) };
  }
  table[`P${code}`] = { unit: big('Tera'), factor: 1e3 };
  table[`Pi${code}`] = { unit: big('Tera'), factor: 1024 ** 5 / 1e12 };
  return table;
}

/** What a rate can be per, in seconds. */
const PER_SECONDS: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, min: 60, h: 3_600, d: 86_400 };

const own: ReadonlySet<string> = new Set(CLOUDWATCH_UNITS);

/**
 * The CloudWatch unit of an OpenTelemetry unit.
 * @param code UCUM as in OTLP's `unit`; CloudWatch's own names are taken too
 * @returns `None` with factor 1 for units that CloudWatch does not know, such as `Cel`
 * @example cloudWatchUnit('min') // { unit: 'Seconds', factor: 60 }
 * @example cloudWatchUnit('{request}/s') // { unit: 'Count/Second', factor: 1 }
 */
export function cloudWatchUnit(code: string): UnitMapping {
  const slash = code.indexOf('/', annotationEnd(code));
  if (slash < 0 || own.has(code)) return plainUnit(code);
  const seconds = PER_SECONDS[code.slice(slash + 1)];
  if (seconds === undefined) return NONE;
  const part = code.slice(0, slash);
  const { unit, factor } = part === '1' || part === '' ? COUNT : plainUnit(part);
  const rate = `${unit}/Second`;
  return own.has(rate) ? { unit: rate as CloudWatchUnit, factor: factor / seconds } : NONE;
}

function plainUnit(code: string): UnitMapping {
  if (Object.hasOwn(PLAIN, code)) return PLAIN[code]!;
  if (code.startsWith('{') && annotationEnd(code) === code.length) return COUNT;
  return own.has(code) ? { unit: code as CloudWatchUnit, factor: 1 } : NONE;
}

/** Where a leading annotation such as `{request}` ends; 0 without one. */
function annotationEnd(code: string): number {
  return code.startsWith('{') ? code.indexOf('}') + 1 : 0;
}
