// The `tidewatch` command: every command is one line in COMMANDS. A command's file registers name, options and help;
// whatever is heavy (SDK clients, zod, aws-cdk-lib) it imports inside its action, so that `--help` stays quick.
import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { registerAlerts } from './commands/alerts.ts';
import { registerAnomalies } from './commands/anomalies.ts';
import { registerCanary } from './commands/canary.ts';
import { registerChangePoints } from './commands/change-points.ts';
import { registerCheck } from './commands/check.ts';
import { registerCompareAttributes } from './commands/compare-attributes.ts';
import { registerDetect } from './commands/detect.ts';
import { registerDetectMulti } from './commands/detect-multi.ts';
import { registerDiagnose } from './commands/diagnose.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerForecast } from './commands/forecast.ts';
import { registerIncidents } from './commands/incidents.ts';
import { registerKeys } from './commands/keys.ts';
import { registerLocal } from './commands/local.ts';
import { registerLogPatterns } from './commands/log-patterns.ts';
import { registerOnCall } from './commands/oncall.ts';
import { registerRankCauses } from './commands/rank-causes.ts';
import { registerRedrive } from './commands/redrive.ts';
import { registerRoutes } from './commands/routes.ts';
import { registerSilences } from './commands/silences.ts';
import { registerSlo } from './commands/slo.ts';
import { registerTranslate } from './commands/translate.ts';
import { EXIT, report } from './failures.ts';
import { messageColours } from './output.ts';

const COMMANDS: readonly ((program: Command) => void)[] = [
  registerCheck,
  registerLocal,
  registerKeys,
  registerDoctor,
  registerRedrive,
  registerTranslate,
  registerDetect,
  registerDetectMulti,
  registerAnomalies,
  registerRankCauses,
  registerDiagnose,
  registerCompareAttributes,
  registerLogPatterns,
  registerForecast,
  registerCanary,
  registerChangePoints,
  registerRoutes,
  registerAlerts,
  registerSilences,
  registerSlo,
  registerIncidents,
  registerOnCall,
];

const EXAMPLES = `
Examples:
  tidewatch check                       all problems of ./tidewatch.config.ts
  tidewatch local up                    deploy to an emulator on this machine
  tidewatch keys create --name shop     a new ingest key and the OTEL_* variables to set
  tidewatch doctor                      check a deployment from outside

Exit status: 0 all well, 1 a check failed, 2 wrong usage.`;

/** Builds the command tree, without running anything. */
export function buildProgram(): Command {
  const program = new Command('tidewatch')
    .description('Observability for teams on AWS, in one cdk deploy.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .option('--json', 'print results as JSON on stdout; messages go to stderr')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help of a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(`${messageColours.red(text.trimEnd())}\n`) })
    .showHelpAfterError('(add --help to see what is possible)')
    .addHelpText('after', EXAMPLES);
  for (const register of COMMANDS) register(program);
  for (const command of everyCommand(program)) command.exitOverride();
  return program;
}

/**
 * Runs one command line.
 * @param args what follows `tidewatch`
 * @returns the exit code
 */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = buildProgram();
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return EXIT.wrongUsage;
    }
    await program.parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return report(error);
  }
}

function* everyCommand(command: Command): Generator<Command> {
  yield command;
  for (const child of command.commands) yield* everyCommand(child);
}

/** The version in the package's own package.json, found upwards: two folders up in a clone, three in dist. */
function packageVersion(): string {
  const near = ['../../package.json', '../../../package.json'].map((path) => new URL(path, import.meta.url));
  const file = near.find((url) => existsSync(url));
  return file === undefined
    ? 'unknown'
    : (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
