// What is kept between runs besides the detectors: what is going on, the incidents, the predictions. One object.
import { PermanentError } from '../../model/errors.ts';
import type { CallEdge } from '../causes/rank-causes.ts';
import type { Incident, KnownAnomaly } from './incident.ts';
import type { Prediction } from './prediction.ts';

/** Key of its object. */
export const RUN_STATE_KEY = 'anomaly/state';
const RUN_STATE_VERSION = 1;

export interface RunState {
  readonly version: typeof RUN_STATE_VERSION;
  readonly anomalies: readonly KnownAnomaly[];
  readonly incidents: readonly Incident[];
  readonly predictions: readonly Prediction[];
  /** Calls seen in traces, and when they were read. */
  readonly traced: { readonly readAt: number; readonly edges: readonly CallEdge[] };
}

export const EMPTY_RUN_STATE: RunState = {
  version: RUN_STATE_VERSION,
  anomalies: [],
  incidents: [],
  predictions: [],
  traced: { readAt: 0, edges: [] },
};

export function encodeRunState(state: RunState): Uint8Array {
  return Buffer.from(JSON.stringify(state));
}

/** @throws PermanentError `malformed` for bytes that are no state of this version */
export function decodeRunState(bytes: Uint8Array): RunState {
  let state: Partial<RunState> | undefined;
  try {
    state = JSON.parse(Buffer.from(bytes).toString()) as Partial<RunState>;
  } catch (cause) {
    throw new PermanentError('malformed', 'the state of the anomaly detection is damaged', { cause });
  }
  if (state.version === RUN_STATE_VERSION) return state as RunState;
  throw new PermanentError(
    'malformed',
    `the state of the anomaly detection has version ${String(state.version)}, expected ${RUN_STATE_VERSION}`,
  );
}
