// `tidewatch check [config]`: all problems of a configuration, each with its path.
import type { Command } from 'commander';
import { CheckFailed } from '../failures.ts';
import { messageColours, printJson, printLine, resultColours, say, wantsJson } from '../output.ts';

const HELP = `
Examples:
  tidewatch check
  tidewatch check staging.config.ts --json

With --json: { "ok": boolean, "problems": [{ "level": "error"|"warning", "path", "message" }] }`;

export function registerCheck(program: Command): void {
  program
    .command('check')
    .description('list all problems of a configuration')
    .argument('[config]', 'configuration file', 'tidewatch.config.ts')
    .addHelpText('after', HELP)
    .action(async (path: string, _options: unknown, command: Command) => {
      const [{ loadConfig }, { checkConfig }, { problemLine }] = await Promise.all([
        import('../../config/load.ts'),
        import('../../config/compile.ts'),
        import('../../config/problem.ts'),
      ]);
      const { ok, problems } = checkConfig(await loadConfig(path));
      if (wantsJson(command)) printJson({ ok, problems });
      else if (ok) printLine(`${resultColours.green('ok')} ${path}`);
      const counts = { error: 0, warning: 0 };
      for (const problem of problems) {
        counts[problem.level] += 1;
        const colour = problem.level === 'error' ? messageColours.red : messageColours.yellow;
        say(`${colour(problem.level)}${problemLine(problem)}`);
      }
      if (problems.length > 0) say(`${count(counts.error, 'error')}, ${count(counts.warning, 'warning')}`);
      if (!ok) throw new CheckFailed();
    });
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
