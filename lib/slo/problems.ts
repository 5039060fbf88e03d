// What is wrong with a definition of SLOs: one problem a line, each with its path. Read by the configuration's check
// and by `tidewatch slo`.

/** One thing that is wrong (`error`) or surprising (`warning`). The shape is that of the configuration's problems. */
export interface SloProblem {
  readonly level: 'error' | 'warning';
  /** Where, such as `slos[0].windows[1].longWindow`; empty for the whole. */
  readonly path: string;
  /** What was expected and what was got. */
  readonly message: string;
}

/** Collects problems, so that one mistake does not hide the next. */
export class ProblemList {
  readonly items: SloProblem[] = [];

  error(path: string, message: string): void {
    this.items.push({ level: 'error', path, message });
  }

  warning(path: string, message: string): void {
    this.items.push({ level: 'warning', path, message });
  }

  get hasErrors(): boolean {
    return this.items.some(({ level }) => level === 'error');
  }
}
