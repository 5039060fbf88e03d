// `tidewatch incidents list | show | ack | resolve`: incidents of a running deployment.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { API_HELP, type ApiOptions, addApiOptions, openApi } from '../api-client.ts';
import { wrongUsage } from '../failures.ts';
import { printJson, printLine, resultColours, say, table, wantsJson } from '../output.ts';

interface Summary {
  readonly id: string;
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  readonly priority: string;
  readonly title: string;
  readonly policy: string;
  readonly openedAt: string;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: string | null;
}

interface Incident extends Summary {
  readonly level: number;
  readonly nextLevelAt: string | null;
  readonly timeline: readonly { readonly at: string; readonly who: string; readonly text: string }[];
}

interface ListOptions extends ApiOptions {
  readonly status: string;
  readonly limit: string;
}

interface ActOptions extends ApiOptions {
  readonly by: string;
}

const LIST_HELP = `
Examples:
  tidewatch incidents list
  tidewatch incidents list --status all --limit 200 --json
${API_HELP}

With --json: [{ "id", "status", "priority", "title", "policy", "labels", "openedAt", "acknowledgedAt",
"acknowledgedBy", "resolvedAt" }], the newest first`;

const SHOW_HELP = `
Examples:
  tidewatch incidents show 20261124-1f8a03bc
${API_HELP}

With --json: the incident with "level", "round", "nextLevelAt", "groups", "links" and
"timeline": [{ "at", "kind", "who", "text" }]`;

const ACK_HELP = `
Examples:
  tidewatch incidents ack 20261124-1f8a03bc
  tidewatch incidents ack 20261124-1f8a03bc --by ada

Nobody else is called then. Exit status: 0 acknowledged (now or before), 1 there is nothing to acknowledge.
${API_HELP}`;

const RESOLVE_HELP = `
Examples:
  tidewatch incidents resolve 20261124-1f8a03bc

It opens again when its alerts go on firing and are told of again.
${API_HELP}`;

export function registerIncidents(program: Command): void {
  const incidents = program.command('incidents').description('incidents: list, show, acknowledge, resolve');
  addApiOptions(incidents.command('list').description('list incidents'))
    .option('--status <status>', 'open, resolved or all', 'open')
    .option('--limit <count>', 'at most so many', '50')
    .addHelpText('after', LIST_HELP)
    .action(list);
  addApiOptions(
    incidents.command('show').description('one incident and what happened').argument('<id>', 'its id'),
  )
    .addHelpText('after', SHOW_HELP)
    .action(show);
  addAct(
    incidents.command('ack').description('acknowledge an incident: nobody else is called'),
    ACK_HELP,
  ).action((id: string, options: ActOptions, command: Command) => act('ack', id, options, command));
  addAct(incidents.command('resolve').description('say that an incident is over'), RESOLVE_HELP).action(
    (id: string, options: ActOptions, command: Command) => act('resolve', id, options, command),
  );
}

function addAct(command: Command, help: string): Command {
  return addApiOptions(command.argument('<id>', 'id of the incident'))
    .option('--by <name>', 'who does it, for the timeline', userInfo().username)
    .addHelpText('after', help);
}

async function list(options: ListOptions, command: Command): Promise<void> {
  if (!['open', 'resolved', 'all'].includes(options.status)) {
    throw wrongUsage(`--status: expected open, resolved or all, got "${options.status}"`);
  }
  if (!/^[1-9]\d{0,2}$/.test(options.limit)) {
    throw wrongUsage(`--limit: expected a whole number from 1 to 500, got "${options.limit}"`);
  }
  const query = new URLSearchParams({ status: options.status, limit: options.limit });
  const api = await openApi(options);
  const { incidents } = await api.expect<{ incidents: readonly Summary[] }>('GET', `/incidents?${query}`);
  if (wantsJson(command)) return printJson(incidents);
  if (incidents.length === 0) return say(options.status === 'open' ? 'no incident is open' : 'no incidents');
  const rows = incidents.map((incident) => [
    incident.id,
    incident.priority,
    stateOf(incident),
    incident.openedAt,
    incident.title,
  ]);
  printLine(table([['ID', 'PRIORITY', 'STATE', 'SINCE', 'WHAT'], ...rows]));
}

async function show(id: string, options: ApiOptions, command: Command): Promise<void> {
  const api = await openApi(options);
  const incident = await api.expect<Incident>('GET', `/incidents/${encodeURIComponent(id)}`);
  if (wantsJson(command)) return printJson(incident);
  printLine(`${incident.id}  ${incident.priority}  ${incident.title}`);
  printLine(`${stateOf(incident)}; policy ${incident.policy}, level ${incident.level}`);
  if (incident.nextLevelAt !== null) printLine(`next level at ${incident.nextLevelAt}`);
  printLine();
  printLine(table(incident.timeline.map(({ at, who, text }) => [at, who, text])));
}

async function act(
  kind: 'ack' | 'resolve',
  id: string,
  options: ActOptions,
  command: Command,
): Promise<void> {
  const api = await openApi(options);
  const path = `/incidents/${encodeURIComponent(id)}/${kind}`;
  const incident = await api.expect<Incident>('POST', path, { by: options.by });
  if (wantsJson(command)) return printJson(incident);
  printLine(`${resultColours.green(stateOf(incident))} ${incident.id} (${incident.title})`);
}

function stateOf({ status, acknowledgedBy, resolvedAt }: Summary): string {
  if (status === 'resolved') return `resolved ${resolvedAt ?? ''}`.trim();
  return status === 'acknowledged' ? `acknowledged by ${acknowledgedBy ?? 'somebody'}` : 'not acknowledged';
}
