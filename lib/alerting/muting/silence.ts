// Silences: between two times, alerts that match are not notified about.
import type { NamedTimeInterval } from '../config/time-interval-fields.ts';
import { type LabelSet, labelValue, type Matcher, matchesAll } from '../matchers/matcher.ts';
import { isWithin } from './time-interval.ts';

export interface Silence {
  readonly id: string;
  /** An alert is silenced if it passes all matchers of one of the sets. */
  readonly matcherSets: readonly (readonly Matcher[])[];
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly endsAt: number;
  /** Beyond Alertmanager: between the two it silences only while this holds. */
  readonly interval?: NamedTimeInterval | undefined;
}

export type SilenceState = 'pending' | 'active' | 'expired';

/** Why a silence is refused. */
export type SilenceRejection = 'noMatchers' | 'matchesEverything' | 'endsBeforeStart' | 'endsInThePast';

/** A silence ends with its last instant, as in Alertmanager. One that comes again is pending in between. */
export function silenceState({ startsAt, endsAt, interval }: Silence, now: number): SilenceState {
  if (now < startsAt) return 'pending';
  if (now > endsAt) return 'expired';
  return interval === undefined || isWithin(interval, now) ? 'active' : 'pending';
}

export function silenceRejection(silence: Silence, now: number): SilenceRejection | undefined {
  const { matcherSets, startsAt, endsAt } = silence;
  if (matcherSets.length === 0 || matcherSets.some((set) => set.length === 0)) return 'noMatchers';
  if (matcherSets.some((set) => set.every(({ accepts }) => accepts('')))) return 'matchesEverything';
  if (endsAt < startsAt) return 'endsBeforeStart';
  return endsAt < now ? 'endsInThePast' : undefined;
}

interface IndexedSet {
  readonly id: string;
  readonly matchers: readonly Matcher[];
}

/** All silences; sets that ask for one value of a label are found by it, the rest are tried one by one. */
export interface SilenceBook {
  readonly byId: Map<string, Silence>;
  readonly byLabel: Map<string, Map<string, IndexedSet[]>>;
  readonly others: IndexedSet[];
}

/** @param first those of the configuration */
export function noSilences(first: readonly Silence[] = []): SilenceBook {
  const book: SilenceBook = { byId: new Map(), byLabel: new Map(), others: [] };
  for (const silence of first) addSilence(book, silence);
  return book;
}

/** Adds a silence. The book is changed in place. */
export function addSilence(book: SilenceBook, silence: Silence): void {
  book.byId.set(silence.id, silence);
  for (const matchers of silence.matcherSets) {
    const exact = matchers.find(({ operator, value }) => operator === '=' && value !== '');
    const indexed = { id: silence.id, matchers };
    if (exact === undefined) {
      book.others.push(indexed);
      continue;
    }
    const byValue = book.byLabel.get(exact.name) ?? new Map<string, IndexedSet[]>();
    book.byLabel.set(exact.name, byValue);
    const sets = byValue.get(exact.value) ?? [];
    byValue.set(exact.value, sets);
    sets.push(indexed);
  }
}

/** Ends a silence now, if it has not ended. Returns false if there is none of this id. */
export function expireSilence(book: SilenceBook, id: string, now: number): boolean {
  const silence = book.byId.get(id);
  if (silence === undefined) return false;
  // One that has not begun never will; the last instant of an active one is just over.
  if (silenceState(silence, now) !== 'expired') book.byId.set(id, { ...silence, endsAt: now - 1 });
  return true;
}

/** The id of an active silence that covers these labels. */
export function silencedBy(book: SilenceBook, labels: LabelSet, now: number): string | undefined {
  const active = ({ id, matchers }: IndexedSet): boolean => {
    const silence = book.byId.get(id);
    return silence !== undefined && silenceState(silence, now) === 'active' && matchesAll(matchers, labels);
  };
  for (const [name, byValue] of book.byLabel) {
    const found = byValue.get(labelValue(labels, name))?.find(active);
    if (found !== undefined) return found.id;
  }
  return book.others.find(active)?.id;
}
