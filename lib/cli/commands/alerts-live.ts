// `tidewatch alerts list | add`: alerts of a running deployment.
import type { Command } from 'commander';
import type { AlertView } from '../../alerting/api/views.ts';
import { priorityScore } from '../../alerting/priority-score.ts';
import { type ApiOptions, addApiOptions, openApi } from '../api-client.ts';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, resultColours, say, table, wantsJson } from '../output.ts';

interface ListOptions extends ApiOptions {
  readonly receiver?: string;
  readonly active?: boolean;
}

interface AddOptions extends ApiOptions {
  readonly annotation: readonly string[];
  readonly for?: string;
  readonly resolve?: boolean;
  readonly generatorUrl?: string;
}

const WHERE = `
Where: the stack's output ApiUrl, or --url, or TIDEWATCH_API_URL. The key by --key or TIDEWATCH_API_KEY; it needs the
scope`;

const LIST_HELP = `
Examples:
  tidewatch alerts list
  tidewatch alerts list severity=page 'service=~"shop|cart"' --active
  tidewatch alerts list --receiver pager --json
${WHERE} alerts:read.

With --json: alerts as Alertmanager's API has them: [{ "labels", "annotations", "startsAt", "endsAt", "fingerprint",
"receivers", "status": { "state", "silencedBy", "inhibitedBy", "mutedBy" }, "updatedAt", "generatorURL" }]`;

const ADD_HELP = `
Examples:
  tidewatch alerts add alertname=Test severity=ticket --annotation summary="is anybody there?"
  tidewatch alerts add alertname=Test severity=ticket --for 1h
  tidewatch alerts add alertname=Test severity=ticket --resolve

An alert without --for is given up after the resolve timeout, 5 minutes unless configured.
${WHERE} alerts:write.`;

/** Adds the commands about alerts of a deployment to `alerts`. */
export function registerLiveAlerts(alerts: Command): void {
  addApiOptions(
    alerts
      .command('list')
      .description('list alerts that fire, what matters most first, and what keeps each quiet'),
  )
    .argument('[matchers...]', 'such as severity=page')
    .option('--receiver <expression>', 'only those that reach a receiver of that name')
    .option('--active', 'only those that nothing keeps quiet')
    .addHelpText('after', LIST_HELP)
    .action(list);
  addApiOptions(alerts.command('add').description('send an alert, such as one to try a route with'))
    .argument('<labels...>', 'such as alertname=Test')
    .option('--annotation <name=value>', 'may be given several times', collect, [])
    .option('--for <duration>', 'how long it fires, such as 1h')
    .option('--resolve', 'end it now')
    .option('--generator-url <url>', 'where a person finds what fired')
    .addHelpText('after', ADD_HELP)
    .action(add);
}

async function list(matchers: string[], options: ListOptions, command: Command): Promise<void> {
  const query = new URLSearchParams(matchers.map((matcher): [string, string] => ['filter', matcher]));
  if (options.receiver !== undefined) query.set('receiver', options.receiver);
  if (options.active === true) for (const off of ['silenced', 'inhibited']) query.set(off, 'false');
  const api = await openApi(options);
  const alerts = await api.expect<readonly AlertView[]>('GET', `/api/v2/alerts?${query}`);
  if (wantsJson(command)) return printJson(alerts);
  if (alerts.length === 0) return say('no alert fires');
  // Which of them are sources of an inhibition rule, the API does not say.
  const score = ({ labels }: AlertView) => priorityScore([labels], { inhibits: () => false });
  const sorted = [...alerts].sort((left, right) => score(right) - score(left));
  const rows = sorted.map(({ labels, startsAt, status, receivers }) => {
    const { alertname = '', ...others } = labels;
    const rest = Object.entries(others).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const names = receivers.map(({ name }) => name).join(',');
    return [quietness(status), startsAt.slice(0, 19), alertname, names, rest.join(' ')];
  });
  printLine(table([['state', 'since (UTC)', 'alert', 'receivers', 'labels'], ...rows]));
}

async function add(labels: string[], options: AddOptions, command: Command): Promise<void> {
  const { parseDuration } = await import('../../model/duration.ts');
  const forMs = options.for === undefined ? undefined : parseDuration(options.for);
  if (options.for !== undefined && forMs === undefined) {
    throw wrongUsage(`--for: expected a duration such as "1h", got "${options.for}"`);
  }
  if (forMs !== undefined && options.resolve === true)
    throw wrongUsage('expected only one of --for, --resolve');
  const endsAt = options.resolve === true ? Date.now() : forMs && Date.now() + forMs;
  const alert = {
    labels: pairs('labels', labels),
    annotations: pairs('--annotation', options.annotation),
    ...(endsAt !== undefined && { endsAt: new Date(endsAt).toISOString() }),
    ...(options.generatorUrl !== undefined && { generatorURL: options.generatorUrl }),
  };
  const api = await openApi(options);
  await api.expect('POST', '/api/v2/alerts', [alert]);
  if (wantsJson(command)) printJson(alert);
  else printLine(`${resultColours.green('taken')} it is in the list within seconds`);
}

function quietness({ state, silencedBy, inhibitedBy }: AlertView['status']): string {
  if (silencedBy.length > 0) return 'silenced';
  return inhibitedBy.length > 0 ? 'inhibited' : state;
}

function pairs(what: string, texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const sign = text.indexOf('=');
      if (sign <= 0) throw wrongUsage(`${what}: expected name=value, got "${text}"`);
      return [text.slice(0, sign), text.slice(sign + 1).replace(/^"(.*)"$/, '$1')];
    }),
  );
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
