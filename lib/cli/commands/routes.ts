// `tidewatch routes`: where the routing tree of an alertmanager.yml leads, in the form of amtool.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, wantsJson } from '../output.ts';

interface RoutesOptions {
  readonly config: string;
}

const HELP = `
Examples:
  tidewatch routes test --config alertmanager.yml severity=critical team=web
  tidewatch routes show --config alertmanager.yml`;

/** Adds `routes` to the program. */
export function registerRoutes(program: Command): void {
  const routes = program
    .command('routes')
    .description('the routing tree of an Alertmanager configuration')
    .addHelpText('after', HELP);
  routes
    .command('test')
    .description('print the receivers that an alert with these labels reaches, comma separated')
    .requiredOption('--config <file>', 'alertmanager.yml')
    .argument('[labels...]', 'labels of the alert, each as label=value')
    .action(async (labels: string[], { config }: RoutesOptions, command: Command) => {
      const [{ readAlertmanagerFile }, { receiversOf }] = await Promise.all([
        import('../../config/alertmanager-file.ts'),
        import('../../alerting/routing/test-routes.ts'),
      ]);
      const receivers = receiversOf(readAlertmanagerFile(readConfig(config)), labels);
      if (wantsJson(command)) printJson({ receivers });
      else printLine(receivers.join(','));
    });
  routes
    .command('show')
    .description('draw the routing tree')
    .requiredOption('--config <file>', 'alertmanager.yml')
    .action(async ({ config }: RoutesOptions, command: Command) => {
      const [{ readAlertmanagerFile }, { buildRoutes }, { routeTreeText }, { routeTreeJson }] =
        await Promise.all([
          import('../../config/alertmanager-file.ts'),
          import('../../alerting/routing/route.ts'),
          import('../../alerting/routing/route-tree-text.ts'),
          import('../../alerting/routing/route-tree-json.ts'),
        ]);
      const root = buildRoutes(readAlertmanagerFile(readConfig(config)).route);
      if (wantsJson(command)) printJson(routeTreeJson(root));
      else printLine(routeTreeText(root));
    });
}

function readConfig(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw wrongUsage(`--config: cannot read ${path}`);
  }
}
