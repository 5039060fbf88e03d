// Tries every model on the end of the history and keeps what forecast it best: alone, or two averaged.
import type { NamedModel } from './models.ts';

export const backtestSettings = {
  /** Ends of the history that are forecast from what lies before them. */
  originsMax: 5,
  /** At least this share of the history stays before the first of them. */
  trainingShare: 0.5,
  /** Another model must be better than the best seasonal naive one by this share to be trusted. */
  margin: 0.02,
  /** The average of two must be better than the better of them by this share. */
  pairMargin: 0.01,
} as const;

export interface Choice {
  readonly name: string;
  readonly models: readonly NamedModel[];
  /** Mean absolute error on the ends of the history; NaN when it was too short to try. */
  readonly error: number;
  /** Actual minus forecast, by origin, then by step ahead. */
  readonly residuals: readonly (readonly number[])[];
}

interface Tried {
  readonly model: NamedModel;
  readonly forecasts: readonly (readonly number[])[];
  readonly error: number;
}

/** The forecast of a choice: the mean of its models'. */
export function forecastOf(choice: Choice, history: readonly number[], horizon: number): number[] {
  return averaged(choice.models.map((model) => model.forecast(history, horizon)));
}

/** Chooses among models that the history is long enough for; `models` holds at least one that needs one value. */
export function chooseModel(
  models: readonly NamedModel[],
  history: readonly number[],
  horizon: number,
): Choice {
  const origins = originsOf(history.length, horizon);
  const shortest = Math.min(history.length, ...origins);
  const usable = models.filter(({ needs }) => needs <= shortest);
  if (origins.length === 0) {
    const model = usable[0]!;
    return { name: model.name, models: [model], error: Number.NaN, residuals: [] };
  }
  const actual = origins.map((origin) => history.slice(origin, origin + horizon));
  const tried = usable.map((model): Tried => {
    const forecasts = origins.map((origin, at) =>
      model.forecast(history.slice(0, origin), actual[at]!.length),
    );
    return { model, forecasts, error: errorOf(forecasts, actual) };
  });
  tried.sort((a, b) => a.error - b.error);
  const first = preferred(tried);
  const partner = tried.find(
    ({ model }) => model !== first.model && familyOf(model) !== familyOf(first.model),
  );
  const { pairMargin } = backtestSettings;
  if (partner !== undefined) {
    const forecasts = origins.map((_, at) => averaged([first.forecasts[at]!, partner.forecasts[at]!]));
    const error = errorOf(forecasts, actual);
    if (error < (1 - pairMargin) * Math.min(first.error, partner.error)) {
      const name = `mean of ${first.model.name} and ${partner.model.name}`;
      return { name, models: [first.model, partner.model], error, residuals: residualsOf(forecasts, actual) };
    }
  }
  return {
    name: first.model.name,
    models: [first.model],
    error: first.error,
    residuals: residualsOf(first.forecasts, actual),
  };
}

/** The best one, or the best seasonal naive one where it is almost as good: simple forecasts hold up better. */
function preferred(tried: readonly Tried[]): Tried {
  const best = tried[0]!;
  const simple = tried.find(({ model }) => familyOf(model) === 'seasonal naive');
  const isCloseEnough = simple !== undefined && simple.error * (1 - backtestSettings.margin) <= best.error;
  return isCloseEnough ? simple : best;
}

/** `theta (day)` is of the family `theta`; rates of one profile are one family. */
function familyOf({ name }: NamedModel): string {
  return name.replace(/ \(.*/, '');
}

/** Where the history is cut, oldest first; none where it is too short. */
function originsOf(length: number, horizon: number): number[] {
  const { originsMax, trainingShare } = backtestSettings;
  const room = Math.floor(length * (1 - trainingShare));
  // A horizon longer than that is tried as far as the history goes.
  const reach = Math.min(horizon, room);
  if (reach < 1) return [];
  const count = Math.max(1, Math.min(originsMax, Math.floor(room / reach)));
  return Array.from({ length: count }, (_, at) => length - reach * (count - at));
}

function averaged(forecasts: readonly (readonly number[])[]): number[] {
  const [first = [], ...others] = forecasts;
  if (others.length === 0) return [...first];
  return first.map(
    (value, ahead) => others.reduce((sum, other) => sum + other[ahead]!, value) / forecasts.length,
  );
}

function errorOf(forecasts: readonly (readonly number[])[], actual: readonly (readonly number[])[]): number {
  let sum = 0;
  let count = 0;
  for (const residuals of residualsOf(forecasts, actual)) {
    for (const residual of residuals) {
      sum += Math.abs(residual);
      count++;
    }
  }
  return sum / count;
}

function residualsOf(
  forecasts: readonly (readonly number[])[],
  actual: readonly (readonly number[])[],
): number[][] {
  return actual.map((values, at) => values.map((value, ahead) => value - forecasts[at]![ahead]!));
}
