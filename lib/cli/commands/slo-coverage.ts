// `tidewatch slo coverage`: which services have an SLO; exit 1 while one of tier 1 has none.
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { PermanentError } from '../../model/errors.ts';
import type { Service } from '../../slo/coverage/coverage.ts';
import { share } from '../../slo/figure.ts';
import { CheckFailed, wrongUsage } from '../failures.ts';
import { complain, printJson, printLine, say, table, wantsJson } from '../output.ts';
import { readSloFile } from '../slo-file.ts';

interface CoverageOptions {
  readonly config: string;
  readonly services?: string;
  readonly namespace: string;
}

const HELP = `
Examples:
  tidewatch slo coverage                             services of the last two weeks, by their span metrics
  tidewatch slo coverage --services services.yaml    those of a list: services: [{ name: shop, tier: 1 }, { name: mail }]

Without --services it asks CloudWatch (ListMetrics) with AWS credentials. The tier of a service is that of the list, or
of its SLOs ("tier" of a definition). Exit status: 1 while a service of tier 1 has no SLO.

With --json: { "services": [{ "service", "tier", "slos": [] }], "covered", "missing": [], "otherSlos": [] }`;

/** Adds `coverage` to `slo`. */
export function registerSloCoverage(slo: Command): void {
  slo
    .command('coverage')
    .description('which services have an SLO')
    .option('--config <file>', 'configuration, or another file with SLOs', 'tidewatch.config.ts')
    .option('--services <file>', 'YAML or JSON list of services; "-" reads standard input')
    .option('--namespace <name>', 'of the span metrics', 'Tidewatch/Spans')
    .addHelpText('after', HELP)
    .action(coverage);
}

async function coverage(options: CoverageOptions, command: Command): Promise<void> {
  const { coverageOf } = await import('../../slo/coverage/coverage.ts');
  const slos = await readSloFile(options.config);
  const services =
    options.services === undefined ? await seen(options.namespace) : await listed(options.services);
  const found = coverageOf(services, slos);
  if (wantsJson(command)) printJson(found);
  else {
    const rows = found.services.map(({ service, tier, slos: own }) => [
      service,
      tier === null ? '-' : String(tier),
      own.join(', ') || 'none',
    ]);
    printLine(table([['SERVICE', 'TIER', 'SLOS'], ...rows]));
    printLine(`${share(found.covered)} of ${found.services.length} services have an SLO`);
    if (found.otherSlos.length > 0) say(`SLOs of no service in the list: ${found.otherSlos.join(', ')}`);
  }
  if (found.missing.length === 0) return;
  complain(`of tier 1 without an SLO: ${found.missing.join(', ')}`);
  throw new CheckFailed();
}

/** Services that wrote span metrics. */
async function seen(namespace: string): Promise<Service[]> {
  const { CloudWatchMetricCatalogue } = await import('../../aws/metric-catalogue.ts');
  const metrics = await new CloudWatchMetricCatalogue().list(namespace, 'Requests');
  const names = metrics.flatMap(({ dimensions }) =>
    dimensions.filter(({ name }) => name === 'service').map(({ value }) => value),
  );
  if (names.length === 0) say(`no service wrote metrics to ${namespace} in the last two weeks`);
  return [...new Set(names)].map((name) => ({ name, tier: undefined }));
}

async function listed(file: string): Promise<readonly Service[]> {
  if (file !== '-' && !existsSync(file)) throw wrongUsage(`there is no file ${file}`);
  const [{ readYamlDocuments }, { readServices }] = await Promise.all([
    import('../../config/yaml-documents.ts'),
    import('../../slo/coverage/read-services.ts'),
  ]);
  const { documents, problems } = readYamlDocuments(readFileSync(file === '-' ? 0 : file, 'utf8'));
  const reading = readServices(documents[0]?.value);
  const all = [...problems, ...(problems.length > 0 ? [] : reading.problems)];
  for (const { path, message } of all) complain(`${path === '' ? file : `${file}#${path}`}: ${message}`);
  if (all.length > 0) throw new PermanentError('malformed', `${file} is no list of services`);
  return reading.services;
}
