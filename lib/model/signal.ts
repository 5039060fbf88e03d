// The three OTLP signals; every stage of the telemetry line is told apart by them.

export const SIGNALS = ['traces', 'metrics', 'logs'] as const;

export type Signal = (typeof SIGNALS)[number];
