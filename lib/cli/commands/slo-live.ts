// `tidewatch slo status | gate | exclude | adjust | override | withdraw`: SLOs of a running deployment.
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { formatDuration } from '../../model/duration.ts';
import { PermanentError } from '../../model/errors.ts';
import { figure, share, writtenShare } from '../../slo/figure.ts';
import type { SlaCompliance } from '../../slo/sla/sla.ts';
import type { gateView, SloView } from '../../slo/view.ts';
import type { ApiAnswer } from '../api-client.ts';
import { CheckFailed, wrongUsage } from '../failures.ts';
import { printJson, printLine, resultColours, say, table, wantsJson } from '../output.ts';
import { ACCESS_HELP, addSloAccess, openSlos, type SloAccessOptions } from '../slo-access.ts';

type GateView = ReturnType<typeof gateView>;

interface ReasonOptions extends SloAccessOptions {
  readonly reason: string;
  readonly author: string;
}

interface ChangeOptions extends ReasonOptions {
  readonly from?: string;
  readonly at?: string;
  readonly for?: string;
  readonly until?: string;
  readonly repeat?: string;
  readonly timeZone?: string;
  readonly bad?: number;
  readonly total?: number;
}

const STATUS_HELP = `
Examples:
  tidewatch slo status
  tidewatch slo status checkout --json
${ACCESS_HELP}

With --json: [{ "slo", "remaining", "budgetState", "burnRate", "gate", "firing", "sla", … }], with a name one of them with
its "changes": [{ "id", "kind", "reason", "author", … }]`;

const GATE_HELP = `
Examples:
  tidewatch slo gate checkout && ./deploy.sh
  tidewatch slo gate checkout --url "$TIDEWATCH_API_URL" --key "$TIDEWATCH_API_KEY" --json

Exit status: 0 open, 1 closed or unknown (not evaluated for 5 minutes); with --allow-unknown the latter is 0.
${ACCESS_HELP}

With --json: { "slo", "gate": "open"|"closed"|"unknown", "reason", "message", "remaining", "opensAbove", "override" }`;

const EXCLUDE_HELP = `
Examples:
  tidewatch slo exclude checkout --from 2026-11-24T22:00:00Z --for 2h --reason "database upgrade"
  tidewatch slo exclude checkout --from 2026-11-28T02:00:00Z --for 1h --repeat "FREQ=WEEKLY;BYDAY=SA" \\
    --time-zone Europe/Berlin --reason "weekly maintenance"

Excluded time leaves both sides of the ratio, also when it is over already; nothing alerts in it.
${ACCESS_HELP}`;

const ADJUST_HELP = `
Examples:
  tidewatch slo adjust checkout --at 2026-11-24T10:00:00Z --bad -120 --reason "a load test of ours"
${ACCESS_HELP}`;

const OVERRIDE_HELP = `
Examples:
  tidewatch slo override checkout --for 4h --reason "security fix" --author ada

The gate is open until then, at most 7 days, whatever is left of the budget. Withdraw it when it is no longer needed.
${ACCESS_HELP}`;

const WITHDRAW_HELP = `
Examples:
  tidewatch slo status checkout                           lists the ids
  tidewatch slo withdraw checkout 6f1c… --reason "done"
${ACCESS_HELP}`;

/** Adds the commands about running SLOs to `slo`. */
export function registerLiveSlo(slo: Command): void {
  addSloAccess(slo.command('status').description('how SLOs stand: budget, burn rate, gate, alerts'))
    .argument('[slo]', 'name of one, for its changes too')
    .addHelpText('after', STATUS_HELP)
    .action(status);
  addSloAccess(slo.command('gate').description('whether a deployment may go on, by the error budget'))
    .argument('<slo>', 'its name')
    .option('--allow-unknown', 'exit with 0 when nobody knows')
    .addHelpText('after', GATE_HELP)
    .action(gate);
  change(slo, 'exclude', 'leave time out of a budget', EXCLUDE_HELP)
    .requiredOption('--from <time>', 'with an offset, such as 2026-11-24T22:00:00Z')
    .requiredOption('--for <duration>', 'how long, such as 2h')
    .option('--repeat <rule>', 'an RRULE, such as "FREQ=WEEKLY;BYDAY=SA"')
    .option('--time-zone <zone>', 'whose clock a repeated exclusion follows')
    .action(
      (name: string, { from, for: duration, repeat, timeZone, ...rest }: ChangeOptions, self: Command) =>
        add(name, 'exclusions', { from, duration, repeat, timeZone }, rest, self),
    );
  change(slo, 'adjust', 'add events to a budget, or take some from it', ADJUST_HELP)
    .requiredOption('--at <time>', 'with an offset, such as 2026-11-24T10:00:00Z')
    .option('--bad <count>', 'failures; below 0 they are taken back', number('--bad'))
    .option('--total <count>', 'events, good and bad', number('--total'))
    .action((name: string, { at, bad, total, ...rest }: ChangeOptions, self: Command) =>
      add(name, 'adjustments', { at, bad, total }, rest, self),
    );
  change(slo, 'override', 'open a gate for a while', OVERRIDE_HELP)
    .option('--for <duration>', 'how long, such as 4h')
    .option('--until <time>', 'with an offset, instead of --for')
    .action((name: string, { for: duration, until, ...rest }: ChangeOptions, self: Command) =>
      add(name, 'overrides', { for: duration, until }, rest, self),
    );
  change(slo, 'withdraw', 'take a change back', WITHDRAW_HELP)
    .argument('<id>', 'of the change')
    .action(withdraw);
}

function change(slo: Command, name: string, description: string, help: string): Command {
  return addSloAccess(slo.command(name).description(description))
    .argument('<slo>', 'its name')
    .requiredOption('--reason <text>', 'why; kept with the change')
    .option('--author <name>', 'who', userInfo().username)
    .addHelpText('after', help);
}

async function status(name: string | undefined, options: SloAccessOptions, command: Command): Promise<void> {
  const access = await openSlos(options);
  const answer = await access.call('GET', name === undefined ? '/slo' : `/slo/${encodeURIComponent(name)}`);
  const body = wanted(answer) as { slos?: SloView[]; changes?: Record<string, unknown>[] };
  if (wantsJson(command)) return printJson(body.slos ?? body);
  const slos = body.slos ?? [body as unknown as SloView];
  const head = [
    'SLO',
    'OBJECTIVE',
    'PERIOD',
    'BUDGET LEFT',
    'STATE',
    'BURN RATE',
    'GATE',
    'FIRING',
    'EVALUATED',
  ];
  printLine(table([head, ...slos.map(row)]));
  for (const slo of slos) if (slo.sla) printLine(slaLine(slo.slo, slo.sla));
  for (const { id, kind, reason, author, withdrawn } of body.changes ?? [])
    printLine(`${withdrawn === null ? kind : `${kind} (withdrawn)`} ${id}: ${reason} (${author})`);
}

function row(slo: SloView): string[] {
  const { remaining, remainingMinutes, burnRate, secondsToExhaustion } = slo;
  const minutes = remainingMinutes === null ? '' : ` (${figure(remainingMinutes)} min)`;
  const lasts = secondsToExhaustion ? `, ${formatDuration(secondsToExhaustion * 1000)} left` : '';
  return [
    slo.slo,
    writtenShare(slo.objective),
    slo.period,
    remaining === null ? '-' : `${share(remaining)}${minutes}`,
    slo.budgetState ?? '-',
    burnRate === null ? '-' : `${figure(burnRate)}${lasts}`,
    slo.gate,
    slo.firing.join(',') || '-',
    slo.evaluatedAt ?? 'never',
  ];
}

function slaLine(slo: string, { objective, contract, achieved, isMet, credit }: SlaCompliance): string {
  const promise = `SLA of ${slo}${contract === '' ? '' : ` (${contract})`}: ${writtenShare(objective)} promised`;
  if (achieved === null) return `${promise}, nothing measured yet`;
  const due = credit > 0 ? `; ${writtenShare(credit)} of the price is due back` : '';
  // Rounded down: what is broken must not look kept.
  const reached = `${Math.floor(achieved * 1e6) / 1e4}% reached`;
  return `${promise}, ${reached}: ${isMet ? 'kept' : 'broken'}${due}`;
}

async function gate(
  name: string,
  options: SloAccessOptions & { readonly allowUnknown?: boolean },
  command: Command,
): Promise<void> {
  const access = await openSlos(options);
  const answer = await access.call('GET', `/slo/${encodeURIComponent(name)}/gate`);
  // Closed and unknown are answers too, and both have a body of the same form.
  const decision = (isGate(answer.body) ? answer.body : wanted(answer)) as GateView;
  if (wantsJson(command)) printJson(decision);
  else {
    const colour = { open: resultColours.green, closed: resultColours.red, unknown: resultColours.yellow };
    printLine(`${colour[decision.gate](decision.gate)} ${decision.message}`);
  }
  const passes = decision.gate === 'open' || (decision.gate === 'unknown' && options.allowUnknown === true);
  if (!passes) throw new CheckFailed();
}

function isGate(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'gate' in body;
}

async function add(
  name: string,
  path: string,
  wish: object,
  { reason, author, ...access }: ReasonOptions,
  command: Command,
): Promise<void> {
  const slos = await openSlos(access);
  const given = Object.entries(wish).filter(([, value]) => value !== undefined);
  const body = { ...Object.fromEntries(given), reason, author };
  const made = wanted(await slos.call('POST', `/slo/${encodeURIComponent(name)}/${path}`, body));
  if (wantsJson(command)) return printJson(made);
  printLine(`${resultColours.green('made')} ${(made as { id: string }).id}`);
  say('it counts from the next evaluation on, within about a minute');
}

async function withdraw(
  name: string,
  id: string,
  { reason, author, ...access }: ReasonOptions,
  command: Command,
): Promise<void> {
  const slos = await openSlos(access);
  const at = `/slo/${encodeURIComponent(name)}`;
  const { changes } = wanted(await slos.call('GET', at)) as { changes: { id: string; kind: string }[] };
  const found = changes.find((one) => one.id === id);
  if (found === undefined) throw new PermanentError('notFound', `${name} has no change ${id}`);
  const path = `${at}/${found.kind}s/${encodeURIComponent(id)}`;
  const gone = wanted(await slos.call('DELETE', path, { reason, author }));
  if (wantsJson(command)) return printJson(gone);
  printLine(`${resultColours.green('withdrawn')} ${found.kind} ${id}`);
}

/** The body of an answer that is what was asked for; any other becomes an error that says why. */
function wanted({ status: code, body }: ApiAnswer): unknown {
  if (code < 400) return body;
  const { error = `answer ${code}`, problems = [] } = (body ?? {}) as {
    error?: string;
    problems?: { path: string; message: string }[];
  };
  const lines = problems.map(({ path, message }) => `\n  ${path === '' ? '(all)' : path}: ${message}`);
  if (code === 400) throw wrongUsage(`${error}${lines.join('')}`);
  throw new PermanentError(code === 404 ? 'notFound' : 'rejected', `${error}${lines.join('')}`);
}

function number(option: string) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value)) return value;
    throw wrongUsage(`${option}: expected a number, got ${JSON.stringify(text)}`);
  };
}
