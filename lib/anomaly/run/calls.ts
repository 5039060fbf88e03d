// Who is reached from whom over the calls, each asked once.
import type { CallEdge } from '../causes/rank-causes.ts';

export class Calls {
  readonly #callees = new Map<string, string[]>();
  readonly #reached = new Map<string, ReadonlySet<string>>();

  constructor(edges: readonly CallEdge[]) {
    for (const { caller, callee } of edges) {
      const known = this.#callees.get(caller);
      if (known) known.push(callee);
      else this.#callees.set(caller, [callee]);
    }
  }

  /** Everything that a component calls, directly or not; itself only where it is called back. */
  reachedFrom(component: string): ReadonlySet<string> {
    const known = this.#reached.get(component);
    if (known !== undefined) return known;
    const reached = new Set(this.#callees.get(component));
    for (const one of reached) for (const callee of this.#callees.get(one) ?? []) reached.add(callee);
    this.#reached.set(component, reached);
    return reached;
  }
}
