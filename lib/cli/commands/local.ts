// `tidewatch local up | down | status`: the whole of Tidewatch on this machine, deployed by the CDK to an emulator.
import type { Command } from 'commander';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, resultColours, say, wantsJson } from '../output.ts';

const HELP = `
Examples:
  tidewatch local up                      start, deploy, print the endpoints
  tidewatch local up --redeploy           put changed code on a stack that runs
  tidewatch local up --json | jq -r .ingestUrl
  tidewatch local status
  tidewatch local down

With --json: { "ingestUrl", "ingestKey", "alertsUrl", "alertsKey", "consoleUrl", "awsEndpoints": { "default", "xray" },
"resources": [{ "logicalId", "type", "physicalId" }] }`;

interface UpOptions {
  readonly port: number;
  readonly redeploy?: boolean;
  readonly config?: string;
}

export function registerLocal(program: Command): void {
  const local = program
    .command('local')
    .description('run the whole of Tidewatch on this machine, without AWS')
    .addHelpText('afterAll', HELP);
  local
    .command('up')
    .description('start the emulator, deploy to it, print the endpoints')
    .option('--port <port>', 'loopback port of the AWS endpoint, 0 = a free one', parsePort, 0)
    .option('--redeploy', 'deploy again when the stack is up already')
    .option('--config <file>', 'configuration to deploy instead of tidewatch.config.ts')
    .action(up);
  local.command('down').description('stop it and remove what it left').action(down);
  local.command('status').description('say what runs').action(status);
}

async function up(options: UpOptions, command: Command): Promise<void> {
  const { startStack } = await import('../../local/stack.ts');
  const interrupted = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    say('stopping again');
    interrupted.abort(new Error(`interrupted by ${signal}`));
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const { endpoints } = await startStack({
      port: options.port,
      reuse: options.redeploy !== true,
      ...(options.config === undefined ? {} : { context: { config: options.config } }),
      say,
      signal: interrupted.signal,
    });
    if (wantsJson(command)) return printJson(endpoints);
    printLine(`${resultColours.green('up')}      AWS endpoint ${endpoints.awsEndpoints.default}`);
    printLine(`ingest  ${endpoints.ingestUrl ?? 'not deployed'}`);
    printLine(`key     ${endpoints.ingestKey ?? 'not deployed'}`);
    if (endpoints.alertsUrl !== null) {
      printLine(`alerts  ${endpoints.alertsUrl}`);
      printLine(`key     ${endpoints.alertsKey}`);
    }
    say('send with: OTEL_EXPORTER_OTLP_ENDPOINT=<ingest> OTEL_EXPORTER_OTLP_HEADERS=x-tidewatch-key=<key>');
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

async function down(_options: unknown, command: Command): Promise<void> {
  const { stopStack } = await import('../../local/stack.ts');
  const stopped = await stopStack();
  if (wantsJson(command)) return printJson({ stopped });
  printLine(stopped ? 'stopped' : 'nothing was running');
}

async function status(_options: unknown, command: Command): Promise<void> {
  const { stackStatus } = await import('../../local/stack.ts');
  const found = await stackStatus();
  if (wantsJson(command)) {
    const recorded = 'recorded' in found ? found.recorded : undefined;
    return printJson({
      state: found.state,
      ...(recorded === undefined ? {} : { pid: recorded.pid, startedAt: recorded.startedAt }),
      ...recorded?.endpoints,
    });
  }
  switch (found.state) {
    case 'down':
      return printLine('down');
    case 'stale':
      printLine(`down    the emulator at ${found.endpoint} is gone`);
      return say('start it anew: tidewatch local up');
    case 'starting':
    case 'up': {
      const { endpoint, endpoints, pid, startedAt } = found.recorded;
      printLine(`${found.state.padEnd(8)}AWS endpoint ${endpoint}, process ${pid}, since ${startedAt}`);
      printLine(`ingest  ${endpoints.ingestUrl ?? 'not deployed'}`);
      if (endpoints.alertsUrl !== null) printLine(`alerts  ${endpoints.alertsUrl}`);
      return;
    }
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw wrongUsage(`--port: expected 0 to 65535, got "${text}"`);
  }
  return port;
}
