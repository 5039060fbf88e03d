// `npm run bench -- anomaly`: how good and how quick detectors, causes, forecasts and log patterns are.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchOptions, Figure } from '../figure.ts';
import { calmFigures } from './calm.ts';
import { causeFigures, readCauseCases } from './causes.ts';
import { dataFolder, readEvents, readNab } from './datasets.ts';
import { eventFigures, nabFigures, speedFigures } from './detectors.ts';
import { forecastFigures } from './forecasts.ts';
import { logFigures } from './log-lines.ts';

/** Measures the group. Data sets that are absent are named and left out. */
export async function* run(options: BenchOptions): AsyncIterable<Figure> {
  const { progress } = options;
  yield* speedFigures(options.rounds);
  yield* logFigures(options.rounds);
  yield* forecastFigures();
  yield* calmFigures();
  const data = options.data ?? dataFolder();
  const folder = (name: string): string | undefined => {
    const path = data === undefined ? undefined : join(data, name);
    if (path !== undefined && existsSync(path)) return path;
    progress(
      `skipped: no data set ${name} (${path ?? 'no ../shared/data; --data DIR names another folder'})`,
    );
    return undefined;
  };
  const nab = folder('nab');
  if (nab !== undefined) yield* nabFigures(readNab(nab), progress);
  const events = folder('cloud-monitoring');
  if (events !== undefined) yield* eventFigures(readEvents(events), progress);
  const petshop = folder('petshop');
  if (petshop !== undefined) yield* causeFigures(readCauseCases(petshop));
}
