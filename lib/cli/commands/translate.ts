// `tidewatch translate`: shows what a request becomes at a destination, without sending anything.
import { Argument, type Command } from 'commander';
import { say } from '../output.ts';
import type { Translator } from '../translators/translator.ts';

/** Each destination is loaded when it is asked for. */
const TRANSLATORS: Readonly<Record<string, () => Promise<Translator>>> = {
  xray: async () => (await import('../translators/xray.ts')).xrayTranslator,
  metrics: async () => (await import('../translators/metrics.ts')).metricsTranslator,
  logs: async () => (await import('../translators/logs.ts')).logsTranslator,
};

const HELP = `
Examples:
  tidewatch translate xray < request.json
  tidewatch translate metrics --json < request.json`;

/** Adds `translate` to the program. */
export function registerTranslate(program: Command): void {
  program
    .command('translate')
    .description('translate an OTLP/JSON request on stdin with the deployed encoder; prints a JSON array')
    .addArgument(new Argument('<destination>', 'what to translate to').choices(Object.keys(TRANSLATORS)))
    .option('--index-all', 'xray: every attribute an annotation')
    .addHelpText('after', HELP)
    .action((destination: string, { indexAll = false }: { indexAll?: boolean }) =>
      translate(destination, indexAll),
    );
}

async function translate(destination: string, indexAll: boolean): Promise<void> {
  const translator = await TRANSLATORS[destination]!();
  const { transcodeOtlpJson } = await import('../../wire/otlp-json/transcode.ts');
  const request = transcodeOtlpJson(translator.signal, await readStdin());
  const { items, warnings } = await translator.translate(request.otlp, { indexAll });
  for (const warning of [...request.warnings, ...warnings]) say(`warning: ${warning}`);
  // Joined as text: JSON.parse would take the digits of 64-bit numbers.
  process.stdout.write(items.length === 0 ? '[]\n' : `[\n${items.join(',\n')}\n]\n`);
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
