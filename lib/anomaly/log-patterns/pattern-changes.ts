// Compares how often patterns came in the last window with how often they used to: new, vanished and surging ones.

/** Lines of one pattern in windows of equal length. */
export interface PatternHistory {
  readonly id: number;
  readonly template: string;
  /** Lines in each earlier window, the oldest first. */
  readonly earlier: readonly number[];
  /** Lines in the window that is judged. */
  readonly now: number;
}

export type PatternChangeKind = 'new' | 'vanished' | 'surging';

export interface PatternChange {
  readonly id: number;
  readonly template: string;
  readonly kind: PatternChangeKind;
  /** 0..1, an alert from 0.5 on. */
  readonly score: number;
  readonly now: number;
  /** Lines a window had on average. */
  readonly usual: number;
}

export const changeSettings = {
  /** Earlier windows needed before anything is called new, vanished or surging. */
  windowsMin: 6,
  /** Deviations above the usual that are worth a score of 0.5. */
  surgeDeviations: 6,
  /** A surge is also at least this many times the usual. */
  surgeRatio: 2,
  /** A pattern may stay away this unlikely by chance before it is called vanished (Poisson). */
  vanishChance: 1e-4,
} as const;

/** Words that make a new pattern worth more. */
const SEVERE =
  /\b(fatal|panic|critical|error|exception|fail(ed|ure)?|denied|timed? ?out|refused|out of memory)\b/i;
const SCORE_OF_NEW = 0.5;
const SCORE_OF_NEW_SEVERE = 0.8;

/** What changed, the highest score first. */
export function patternChanges(histories: readonly PatternHistory[]): PatternChange[] {
  return histories.flatMap(changeOf).sort((a, b) => b.score - a.score || b.now - a.now || a.id - b.id);
}

function changeOf({ id, template, earlier, now }: PatternHistory): PatternChange[] {
  const { windowsMin, surgeDeviations, surgeRatio, vanishChance } = changeSettings;
  if (earlier.length < windowsMin) return [];
  const usual = earlier.reduce((sum, count) => sum + count, 0) / earlier.length;
  const change = (kind: PatternChangeKind, score: number): PatternChange[] => [
    { id, template, kind, score, now, usual },
  ];
  if (usual === 0) {
    if (now === 0) return [];
    return change('new', SEVERE.test(template) ? SCORE_OF_NEW_SEVERE : SCORE_OF_NEW);
  }
  if (now === 0) {
    // Only a pattern that came in every window can be missed in one.
    const chance = earlier.every((count) => count > 0) ? Math.exp(-usual) : 1;
    return chance > vanishChance ? [] : change('vanished', vanishChance / (vanishChance + chance));
  }
  const variance = earlier.reduce((sum, count) => sum + (count - usual) ** 2, 0) / earlier.length;
  // Counts scatter at least as much as chance makes them (Poisson).
  const deviations = (now - usual) / Math.sqrt(Math.max(variance, usual, 1));
  if (deviations < surgeDeviations || now < surgeRatio * usual) return [];
  return change('surging', deviations / (deviations + surgeDeviations));
}
