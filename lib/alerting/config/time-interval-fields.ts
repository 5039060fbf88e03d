// Time intervals as they are written: each field a list of ranges, read into numbers.
import { below, type ConfigReader, type YamlValue } from './reader.ts';

/** From one number to another, both inclusive unless said otherwise. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

export interface TimeIntervalSpec {
  /** Minutes of the day, the end exclusive. */
  readonly times: readonly NumberRange[];
  /** 0 is Sunday. */
  readonly weekdays: readonly NumberRange[];
  /** 1..31, or -31..-1 counted from the month's end. */
  readonly daysOfMonth: readonly NumberRange[];
  /** 1 is January. */
  readonly months: readonly NumberRange[];
  readonly years: readonly NumberRange[];
  /** IANA name. */
  readonly location: string;
}

export interface NamedTimeInterval {
  readonly name: string;
  readonly specs: readonly TimeIntervalSpec[];
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const FIELDS = ['times', 'weekdays', 'days_of_month', 'months', 'years', 'location'];
const TIME = /^(\d{2}):(\d{2})$/;
const DAY_MINUTES = 24 * 60;

export function readTimeInterval(reader: ConfigReader, value: YamlValue, path: string): NamedTimeInterval {
  const map = reader.map(value, path, ['name', 'time_intervals']);
  const name = reader.text(map.name, below(path, 'name')) ?? '';
  if (name === '') reader.problem(below(path, 'name'), 'expected a name, got none');
  const where = below(path, 'time_intervals');
  return {
    name,
    specs: reader.list(map.time_intervals, where).map((spec, i) => readSpec(reader, spec, `${where}[${i}]`)),
  };
}

/** One specification of an interval. */
export function readSpec(reader: ConfigReader, value: YamlValue, path: string): TimeIntervalSpec {
  const map = reader.map(value, path, FIELDS);
  const ranges = (field: string, parse: (text: string) => NumberRange | string): NumberRange[] =>
    reader.texts(map[field], below(path, field)).flatMap((text, i) => {
      const range = parse(text.toLowerCase());
      if (typeof range !== 'string') return range;
      reader.problem(`${below(path, field)}[${i}]`, `${range}, got "${text}"`);
      return [];
    });
  return {
    times: readTimes(reader, map.times, below(path, 'times')),
    weekdays: ranges('weekdays', (text) =>
      ordered(text, (part) => indexOf(WEEKDAYS, part), 'expected a weekday'),
    ),
    daysOfMonth: ranges('days_of_month', dayRange),
    months: ranges('months', (text) => ordered(text, monthNumber, 'expected a month')),
    years: ranges('years', (text) => ordered(text, (part) => wholeNumber(part), 'expected a year')),
    location: readLocation(reader, map.location, below(path, 'location')),
  };
}

function readTimes(reader: ConfigReader, value: YamlValue | undefined, path: string): NumberRange[] {
  return reader.list(value, path).flatMap((item, i) => {
    const at = `${path}[${i}]`;
    const map = reader.map(item, at, ['start_time', 'end_time']);
    const from = minuteOfDay(reader.text(map.start_time, below(at, 'start_time')));
    const to = minuteOfDay(reader.text(map.end_time, below(at, 'end_time')));
    if (from !== undefined && to !== undefined && from < to) return { from, to };
    reader.problem(at, 'expected start_time before end_time, each from "00:00" to "24:00"');
    return [];
  });
}

function minuteOfDay(text: string | undefined): number | undefined {
  const [, hours, minutes] = TIME.exec(text ?? '') ?? [];
  if (hours === undefined || Number(minutes) > 59) return undefined;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= DAY_MINUTES ? minute : undefined;
}

function ordered(
  text: string,
  parse: (part: string) => number | undefined,
  expected: string,
): NumberRange | string {
  const parts = text.split(':');
  const from = parse(parts[0]!);
  const to = parts.length === 1 ? from : parse(parts[1]!);
  if (parts.length > 2 || from === undefined || to === undefined)
    return `${expected}, or two with ":" between`;
  return from <= to ? { from, to } : 'expected the start not to come after the end';
}

/** Days may be counted from the month's end; a range that begins there must end there. */
function dayRange(text: string): NumberRange | string {
  const parts = text.split(':');
  const from = wholeNumber(parts[0]!);
  const to = parts.length === 1 ? from : wholeNumber(parts[1]!);
  const isDay = (day: number | undefined) => day !== undefined && day !== 0 && Math.abs(day) <= 31;
  if (parts.length > 2 || !isDay(from) || !isDay(to)) return 'expected days of 1 to 31 or -31 to -1';
  if (from! < 0 && to! > 0) return 'expected an end counted from the end as the start is';
  // Alertmanager compares as if a month had 30 days and its last were day 29.
  const comparable = (day: number) => (day < 0 ? 30 + day : day);
  return comparable(from!) <= comparable(to!)
    ? { from: from!, to: to! }
    : 'expected the start not to come after the end';
}

function monthNumber(part: string): number | undefined {
  const index = indexOf(MONTHS, part);
  if (index !== undefined) return index + 1;
  const number = wholeNumber(part);
  return number !== undefined && number >= 1 && number <= 12 ? number : undefined;
}

function indexOf(names: readonly string[], name: string): number | undefined {
  const index = names.indexOf(name);
  return index < 0 ? undefined : index;
}

function wholeNumber(text: string): number | undefined {
  return /^[-+]?\d+$/.test(text) ? Number(text) : undefined;
}

function readLocation(reader: ConfigReader, value: YamlValue | undefined, path: string): string {
  const name = reader.text(value, path) || 'UTC';
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return name;
  } catch {
    reader.problem(path, `expected a time zone such as "Europe/Berlin", got "${name}"`);
    return 'UTC';
  }
}
