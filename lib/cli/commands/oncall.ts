// `tidewatch oncall` and `oncall override | overrides | remove-override | schedule | report`: who is called.
import type { Command } from 'commander';
import { parseDuration } from '../../model/duration.ts';
import { API_HELP, type ApiOptions, addApiOptions, openApi } from '../api-client.ts';
import { CheckFailed, wrongUsage } from '../failures.ts';
import { printJson, printLine, resultColours, say, table, wantsJson } from '../output.ts';
import { registerReport } from './oncall-report.ts';

interface WhoOptions extends ApiOptions {
  readonly schedule?: string;
  readonly at?: string;
}

interface RangeOptions extends ApiOptions {
  readonly from?: string;
  readonly to?: string;
}

interface OverrideOptions extends RangeOptions {
  readonly person: string;
  readonly for?: string;
  readonly insteadOf?: string;
}

interface Who {
  readonly schedule: string;
  readonly person: string | null;
  readonly by: string;
  readonly until: string | null;
  readonly next: { readonly person: string | null; readonly from: string } | null;
  readonly calendarUrl: string;
}

interface Shift {
  readonly person: string | null;
  readonly by: string;
  readonly from: string;
  readonly to: string;
}

interface Override extends Omit<Shift, 'by'> {
  readonly id: string;
  readonly insteadOf: string | null;
  readonly madeBy: string;
}

const WHO_HELP = `
Examples:
  tidewatch oncall
  tidewatch oncall --schedule primary --at 2026-12-24T18:00:00+01:00
  tidewatch oncall schedule primary --from 2026-12-01 --to 2027-01-01
  tidewatch oncall override primary --person ada --for 8h
${API_HELP}

With --json: { "at", "schedules": [{ "schedule", "timeZone", "person": null when nobody is, "by", "until", "next",
"calendarUrl" }] }; a calendar program can subscribe to "calendarUrl". Exit status 1 when nobody is on call.`;

const SCHEDULE_HELP = `
Examples:
  tidewatch oncall schedule primary
  tidewatch oncall schedule primary --from 2026-12-01 --to 2027-01-01 --json
${API_HELP}

With --json: { "schedule", "timeZone", "shifts": [{ "person", "by", "from", "to" }] }, without gaps`;

const OVERRIDE_HELP = `
Examples:
  tidewatch oncall override primary --person ada --for 8h
  tidewatch oncall override primary --person ada --from 2026-12-24T09:00:00Z --to 2026-12-25T09:00:00Z
  tidewatch oncall override primary --person ada --instead-of ben --for 2w
${API_HELP}

With --json: { "id", "schedule", "person", "insteadOf", "from", "to", "madeBy", "madeAt" }`;

const OVERRIDES_HELP = `
Examples:
  tidewatch oncall overrides primary
  tidewatch oncall remove-override primary 3f9ab24c
${API_HELP}`;

export function registerOnCall(program: Command): void {
  const oncall = program.command('oncall').description('who is on call');
  addApiOptions(oncall.command('who', { isDefault: true }).description('who is on call now, or at a time'))
    .option('--schedule <name>', 'this schedule only')
    .option('--at <time>', 'at another time than now (ISO 8601)')
    .addHelpText('after', WHO_HELP)
    .action(who);
  addApiOptions(
    oncall.command('schedule').description('shifts of a schedule').argument('<schedule>', 'its name'),
  )
    .option('--from <time>', 'default: now')
    .option('--to <time>', 'default: four weeks later')
    .addHelpText('after', SCHEDULE_HELP)
    .action(shifts);
  registerReport(oncall);
  addApiOptions(
    oncall
      .command('override')
      .description('let somebody stand in for whoever would be on call')
      .argument('<schedule>', 'name of the schedule'),
  )
    .requiredOption('--person <name>', 'who stands in')
    .option('--from <time>', 'default: now')
    .option('--to <time>', 'until when')
    .option('--for <duration>', 'how long, instead of --to, such as "8h"')
    .option('--instead-of <name>', 'in the turns of this person only')
    .addHelpText('after', OVERRIDE_HELP)
    .action(override);
  addApiOptions(
    oncall
      .command('overrides')
      .description('list who stands in')
      .argument('<schedule>', 'name of the schedule'),
  )
    .addHelpText('after', OVERRIDES_HELP)
    .action(overrides);
  addApiOptions(
    oncall
      .command('remove-override')
      .description('take an override back')
      .argument('<schedule>', 'name of the schedule')
      .argument('<id>', 'id of the override'),
  )
    .addHelpText('after', OVERRIDES_HELP)
    .action(removeOverride);
}

async function who({ schedule, at, ...options }: WhoOptions, command: Command): Promise<void> {
  const query = new URLSearchParams({ ...(schedule && { schedule }), ...(at && { at }) });
  const api = await openApi(options);
  const answer = await api.expect<{ at: string; schedules: readonly Who[] }>('GET', `/oncall?${query}`);
  if (wantsJson(command)) printJson(answer);
  else {
    const rows = answer.schedules.map(({ schedule: name, person, by, until, next }) => [
      name,
      person ?? 'NOBODY',
      by,
      until ?? '',
      next === null ? '' : (next.person ?? 'nobody'),
    ]);
    printLine(table([['SCHEDULE', 'ON CALL', 'BY', 'UNTIL', 'THEN'], ...rows]));
  }
  if (answer.schedules.some(({ person }) => person === null)) {
    say('nobody is on call on a schedule: the fallback would be told');
    throw new CheckFailed();
  }
}

async function shifts(name: string, { from, to, ...options }: RangeOptions, command: Command): Promise<void> {
  const query = new URLSearchParams({ ...(from && { from }), ...(to && { to }) });
  const api = await openApi(options);
  const answer = await api.expect<{ shifts: readonly Shift[] }>('GET', `${pathOf(name)}?${query}`);
  if (wantsJson(command)) return printJson(answer);
  const rows = answer.shifts.map((shift) => [shift.from, shift.to, shift.person ?? 'NOBODY', shift.by]);
  printLine(table([['FROM', 'TO', 'ON CALL', 'BY'], ...rows]));
}

async function override(name: string, options: OverrideOptions, command: Command): Promise<void> {
  const wish = {
    person: options.person,
    ...(options.from !== undefined && { from: options.from }),
    to: endOf(options, Date.now()),
    ...(options.insteadOf !== undefined && { insteadOf: options.insteadOf }),
  };
  const api = await openApi(options);
  const made = await api.expect<Override>('POST', `${pathOf(name)}/overrides`, wish);
  if (wantsJson(command)) return printJson(made);
  printLine(`${resultColours.green('made')} ${made.id}: ${made.person} from ${made.from} to ${made.to}`);
}

/** Until when an override holds. */
function endOf({ from, to, for: length }: OverrideOptions, now: number): string {
  if ((to === undefined) === (length === undefined)) {
    throw wrongUsage(
      'expected either --to or --for',
      'tidewatch oncall override primary --person ada --for 8h',
    );
  }
  if (to !== undefined) return to;
  const ms = parseDuration(length!);
  if (ms === undefined || ms === 0)
    throw wrongUsage(`--for: expected a duration such as "8h", got "${length}"`);
  const start = from === undefined ? now : Date.parse(from);
  if (Number.isNaN(start)) throw wrongUsage(`--from: expected a time (ISO 8601), got "${from}"`);
  return new Date(start + ms).toISOString();
}

async function overrides(name: string, options: ApiOptions, command: Command): Promise<void> {
  const api = await openApi(options);
  const answer = await api.expect<{ overrides: readonly Override[] }>('GET', `${pathOf(name)}/overrides`);
  if (wantsJson(command)) return printJson(answer.overrides);
  if (answer.overrides.length === 0) return say('nobody stands in for anybody');
  const rows = answer.overrides.map(({ id, person, insteadOf, from, to, madeBy }) => [
    id,
    person ?? '',
    insteadOf ?? 'whoever it is',
    from,
    to,
    madeBy,
  ]);
  printLine(table([['ID', 'PERSON', 'INSTEAD OF', 'FROM', 'TO', 'MADE BY'], ...rows]));
}

async function removeOverride(
  name: string,
  id: string,
  options: ApiOptions,
  command: Command,
): Promise<void> {
  const api = await openApi(options);
  const answer = await api.expect('DELETE', `${pathOf(name)}/overrides/${encodeURIComponent(id)}`);
  if (wantsJson(command)) return printJson(answer);
  printLine(`${resultColours.green('removed')} ${id}`);
}

function pathOf(schedule: string): string {
  return `/oncall/${encodeURIComponent(schedule)}`;
}
