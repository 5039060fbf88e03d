// `tidewatch silences add | list | expire`: between two times, alerts that match are not told about.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { MatcherView } from '../../alerting/api/views.ts';
import { type ApiOptions, addApiOptions, openApi } from '../api-client.ts';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, resultColours, say, table, wantsJson } from '../output.ts';

interface AddOptions extends ApiOptions {
  readonly for: string;
  readonly from?: string;
  readonly comment: string;
  readonly author: string;
}

interface ListOptions extends ApiOptions {
  readonly all?: boolean;
}

interface Silence {
  readonly id: string;
  readonly status: { readonly state: string };
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly matchers: readonly MatcherView[];
}

const WHERE = `
Where: the stack's output ApiUrl, or --url, or TIDEWATCH_API_URL. The key by --key or TIDEWATCH_API_KEY; it needs the
scope`;

const ADD_HELP = `
Examples:
  tidewatch silences add service=shop 'severity!=page' --for 2h --comment "database upgrade"
  tidewatch silences add service=shop --from 2026-11-28T22:00:00Z --for 4h --comment "maintenance"
${WHERE} silences:write.

With --json: { "silenceID" }`;

const LIST_HELP = `
Examples:
  tidewatch silences list
  tidewatch silences list service=shop --all --json
${WHERE} alerts:read.

With --json: silences as Alertmanager's API has them.`;

const EXPIRE_HELP = `
Examples:
  tidewatch silences expire 1e0ff9a8-…
${WHERE} silences:write.`;

/** Adds `silences` to the program. */
export function registerSilences(program: Command): void {
  const silences = program.command('silences').description('silences of a running deployment');
  addApiOptions(silences.command('add').description('silence alerts that match, and print its id'))
    .argument('<matchers...>', 'all must hold, such as service=shop')
    .requiredOption('--for <duration>', 'how long, such as 2h')
    .requiredOption('--comment <text>', 'why')
    .option('--from <time>', 'when it begins (ISO 8601; default: now)')
    .option('--author <name>', 'who', userInfo().username)
    .addHelpText('after', ADD_HELP)
    .action(add);
  addApiOptions(silences.command('list').description('list silences'))
    .argument('[matchers...]', 'only those that have such matchers')
    .option('--all', 'those that are over too')
    .addHelpText('after', LIST_HELP)
    .action(list);
  addApiOptions(silences.command('expire').description('end silences now'))
    .argument('<ids...>', 'their ids')
    .addHelpText('after', EXPIRE_HELP)
    .action(expire);
}

async function add(texts: string[], options: AddOptions, command: Command): Promise<void> {
  const [{ parseMatcher }, { MatcherError }, { parseDuration }] = await Promise.all([
    import('../../alerting/matchers/parse-matchers.ts'),
    import('../../alerting/matchers/matcher.ts'),
    import('../../model/duration.ts'),
  ]);
  const matchers = texts.map((text): MatcherView => {
    try {
      const { name, operator, value } = parseMatcher(text);
      return { name, value, isRegex: operator.endsWith('~'), isEqual: !operator.startsWith('!') };
    } catch (error) {
      if (error instanceof MatcherError) throw wrongUsage(error.message);
      throw error;
    }
  });
  const ms = parseDuration(options.for);
  if (!ms) throw wrongUsage(`--for: expected a duration such as "2h", got "${options.for}"`);
  const startsAt = options.from === undefined ? Date.now() : Date.parse(options.from);
  if (Number.isNaN(startsAt)) throw wrongUsage(`--from: expected ISO 8601, got "${options.from}"`);
  const { comment, author: createdBy } = options;
  const times = { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(startsAt + ms).toISOString() };
  const api = await openApi(options);
  const answer = await api.expect<{ readonly silenceID: string }>('POST', '/api/v2/silences', {
    matchers,
    ...times,
    createdBy,
    comment,
  });
  if (wantsJson(command)) printJson(answer);
  else printLine(answer.silenceID);
}

async function list(matchers: string[], options: ListOptions, command: Command): Promise<void> {
  const query = new URLSearchParams(matchers.map((matcher): [string, string] => ['filter', matcher]));
  if (options.all !== true) query.set('expired', 'false');
  const api = await openApi(options);
  const silences = await api.expect<readonly Silence[]>('GET', `/api/v2/silences?${query}`);
  if (wantsJson(command)) return printJson(silences);
  if (silences.length === 0) return say('nothing is silenced');
  const rows = silences.map((silence) => [
    silence.id,
    silence.status.state,
    silence.endsAt.slice(0, 19),
    silence.createdBy,
    silence.matchers.map(matcherWords).join(' '),
    silence.comment,
  ]);
  printLine(table([['id', 'state', 'until (UTC)', 'by', 'matchers', 'comment'], ...rows]));
}

async function expire(ids: string[], options: ApiOptions, command: Command): Promise<void> {
  const api = await openApi(options);
  for (const id of ids) await api.expect('DELETE', `/api/v2/silence/${encodeURIComponent(id)}`);
  if (wantsJson(command)) printJson({ expired: ids });
  else for (const id of ids) printLine(`${resultColours.green('ended')} ${id}`);
}

function matcherWords({ name, value, isEqual, isRegex }: MatcherView): string {
  const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
  return `${name}${operator}${JSON.stringify(value)}`;
}
