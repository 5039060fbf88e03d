// `tidewatch routes`: where a routing tree leads, in the form of amtool.
import type { Command } from 'commander';
import { printJson, printLine, wantsJson } from '../output.ts';

interface RoutesOptions {
  readonly config: string;
}

const HELP = `
Examples:
  tidewatch routes test --config alertmanager.yml severity=critical team=web
  tidewatch routes test --config tidewatch.config.ts severity=page
  tidewatch routes show --config alertmanager.yml`;

/** Adds `routes` to the program. */
export function registerRoutes(program: Command): void {
  const routes = program
    .command('routes')
    .description('the routing tree of an alertmanager.yml or a tidewatch.config.ts')
    .addHelpText('after', HELP);
  routes
    .command('test')
    .description('print the receivers that an alert with these labels reaches, comma separated')
    .requiredOption('--config <file>', 'alertmanager.yml or tidewatch.config.ts')
    .argument('[labels...]', 'labels of the alert, each as label=value')
    .addHelpText('after', HELP)
    .action(async (labels: string[], { config }: RoutesOptions, command: Command) => {
      const [{ readRoutingFile }, { receiversOf }] = await Promise.all([
        import('../routing-file.ts'),
        import('../../alerting/routing/test-routes.ts'),
      ]);
      const receivers = receiversOf(await readRoutingFile(config), labels);
      if (wantsJson(command)) printJson({ receivers });
      else printLine(receivers.join(','));
    });
  routes
    .command('show')
    .description('draw the routing tree')
    .requiredOption('--config <file>', 'alertmanager.yml or tidewatch.config.ts')
    .addHelpText('after', HELP)
    .action(async ({ config }: RoutesOptions, command: Command) => {
      const [{ readRoutingFile }, { buildRoutes }, { routeTreeText }, { routeTreeJson }] = await Promise.all([
        import('../routing-file.ts'),
        import('../../alerting/routing/route.ts'),
        import('../../alerting/routing/route-tree-text.ts'),
        import('../../alerting/routing/route-tree-json.ts'),
      ]);
      const root = buildRoutes((await readRoutingFile(config)).route);
      if (wantsJson(command)) printJson(routeTreeJson(root));
      else printLine(routeTreeText(root));
    });
}
