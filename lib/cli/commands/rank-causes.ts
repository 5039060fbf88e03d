// `tidewatch rank-causes`: which component is the likeliest cause of a symptom, from metrics and calls in files.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parseEdgesCsv, parseMetricsCsv } from '../../anomaly/causes/causes-csv.ts';
import { rankCauses } from '../../anomaly/causes/rank-causes.ts';
import { parseSeriesTime } from '../../anomaly/series-csv.ts';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, wantsJson } from '../output.ts';

interface RankCausesOptions {
  readonly metrics: string;
  readonly baseline?: string;
  readonly edges: string;
  readonly component: string;
  readonly metric: string;
  readonly statistic: string;
  readonly from: string;
}

/** Causes listed for a person; `--json` lists all. */
const LISTED = 5;

const HELP = `
Examples:
  tidewatch rank-causes --metrics now.csv --edges calls.csv --component storefront --metric duration --statistic p95 --from 2026-11-24T10:00:00Z

With --json: { "causes": [{ "component", "score", "reasons" }] }, best first`;

/** Adds `rank-causes` to the program. */
export function registerRankCauses(program: Command): void {
  program
    .command('rank-causes')
    .description('rank the components that may have caused a symptom, best first')
    .requiredOption('--metrics <csv>', 'component,metric,statistic,timestamp,value around the symptom')
    .option('--baseline <csv>', 'the same of normal times (default: what lies before the symptom)')
    .requiredOption('--edges <csv>', 'caller,callee')
    .requiredOption('--component <name>', 'component that shows the symptom')
    .requiredOption('--metric <name>', 'metric that shows it')
    .requiredOption('--statistic <name>', 'statistic of that metric, such as Average or p95')
    .requiredOption('--from <time>', 'when it was noticed: ISO 8601 or epoch seconds')
    .addHelpText('after', HELP)
    .action((options: RankCausesOptions, command: Command) => rank(options, wantsJson(command)));
}

function rank(options: RankCausesOptions, json: boolean): void {
  const from = parseSeriesTime(options.from);
  if (!Number.isFinite(from)) {
    throw wrongUsage(`--from: expected ISO 8601 or epoch seconds, got "${options.from}"`);
  }
  const { component, metric, statistic } = options;
  const causes = rankCauses({
    samples: parseMetricsCsv(readFileSync(options.metrics, 'utf8')),
    ...(options.baseline !== undefined && {
      baseline: parseMetricsCsv(readFileSync(options.baseline, 'utf8')),
    }),
    edges: parseEdgesCsv(readFileSync(options.edges, 'utf8')),
    symptom: { component, metric, statistic, from },
  });
  if (json) {
    printJson({ causes });
    return;
  }
  for (const cause of causes.slice(0, LISTED)) {
    printLine(`${cause.score.toFixed(2)}  ${cause.component}`);
    for (const reason of cause.reasons) printLine(`      ${reason}`);
  }
}
