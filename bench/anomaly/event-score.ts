// Scores detector output by labelled events, for the second data set; used by bench and tests only.

/** Rows this close belong to one event (or one false alarm), and an alert this late still counts. */
const TOLERANCE_ROWS = 3;
/** Rows at the start that are not judged. */
const WARM_UP_SHARE = 0.15;

export interface EventFile {
  /** 1 where a person labelled the row as anomalous. */
  readonly labels: Uint8Array;
  readonly scores: Float64Array;
}

export interface EventCounts {
  readonly events: number;
  readonly found: number;
  readonly falseAlarms: number;
}

/** Precision, recall and their harmonic mean, 0..1. */
export function eventF1({ events, found, falseAlarms }: EventCounts): {
  precision: number;
  recall: number;
  f1: number;
} {
  const precision = found + falseAlarms === 0 ? 0 : found / (found + falseAlarms);
  const recall = events === 0 ? 0 : found / events;
  return {
    precision,
    recall,
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
  };
}

/** Events found and false alarms at one threshold. An event is found when flagged inside or up to 3 rows after. */
export function countEvents(files: readonly EventFile[], threshold: number): EventCounts {
  let events = 0;
  let found = 0;
  let falseAlarms = 0;
  for (const { labels, scores } of files) {
    const rows = labels.length;
    const start = Math.floor(WARM_UP_SHARE * rows);
    const covered = new Uint8Array(rows);
    let row = start;
    while (row < rows) {
      if (labels[row] === 0) {
        row++;
        continue;
      }
      let end = row;
      for (let ahead = row + 1; ahead < rows && ahead <= end + TOLERANCE_ROWS; ahead++) {
        if (labels[ahead] === 1) end = ahead;
      }
      const last = Math.min(rows - 1, end + TOLERANCE_ROWS);
      let hit = false;
      for (let inside = row; inside <= last; inside++) {
        covered[inside] = 1;
        if (scores[inside]! >= threshold) hit = true;
      }
      events++;
      if (hit) found++;
      row = end + 1;
    }
    let lastFalse = Number.NEGATIVE_INFINITY;
    for (let at = start; at < rows; at++) {
      if (covered[at] === 1 || scores[at]! < threshold) continue;
      if (at - lastFalse > TOLERANCE_ROWS) falseAlarms++;
      lastFalse = at;
    }
  }
  return { events, found, falseAlarms };
}
