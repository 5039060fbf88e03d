// `tidewatch oncall report`: how shifts were, for those who plan them.
import type { Command } from 'commander';
import { API_HELP, type ApiOptions, addApiOptions, openApi } from '../api-client.ts';
import { printJson, printLine, say, table, wantsJson } from '../output.ts';

interface ReportOptions extends ApiOptions {
  readonly schedule?: string;
  readonly from?: string;
  readonly to?: string;
}

interface Report {
  readonly schedule: string;
  readonly isComplete: boolean;
  readonly shifts: readonly {
    readonly person: string;
    readonly from: string;
    readonly to: string;
    readonly pages: number;
    readonly atNight: number;
    readonly repeats: number;
    readonly bundled: number;
    readonly firings: number;
    readonly acknowledgedInTime: number;
    readonly acknowledgedLate: number;
    readonly endedUnacknowledged: number;
  }[];
}

const HELP = `
Examples:
  tidewatch oncall report
  tidewatch oncall report --schedule primary --from 2026-11-01 --to 2026-12-01 --json
${API_HELP}

A good shift has fewer than five pages. Night is 22:00 to 07:00 on the schedule's clock. Many that ended before anybody
acknowledged, or many repeats of one title: look at those alerts.

With --json: [{ "schedule", "timeZone", "from", "to", "isComplete": false when there were more incidents than are read,
"shifts": [{ "person", "from", "to", "pages", "atNight", "repeats", "bundled", "firings", "acknowledgedInTime",
"acknowledgedLate", "endedUnacknowledged" }] }]`;

export function registerReport(oncall: Command): void {
  addApiOptions(
    oncall.command('report').description('how often each shift was called, and what became of it'),
  )
    .option('--schedule <name>', 'this schedule only')
    .option('--from <time>', 'default: two weeks before --to')
    .option('--to <time>', 'default: now')
    .addHelpText('after', HELP)
    .action(report);
}

async function report({ schedule, from, to, ...options }: ReportOptions, command: Command): Promise<void> {
  const api = await openApi(options);
  const names = schedule === undefined ? await schedulesOf(api) : [schedule];
  const query = new URLSearchParams({ ...(from && { from }), ...(to && { to }) });
  const reports: Report[] = [];
  for (const name of names) {
    reports.push(await api.expect<Report>('GET', `/oncall/${encodeURIComponent(name)}/report?${query}`));
  }
  if (wantsJson(command)) printJson(reports);
  else {
    const rows = reports.flatMap((one) =>
      one.shifts.map((shift) => [
        one.schedule,
        shift.person,
        shift.from,
        shift.to,
        `${shift.pages}`,
        `${shift.atNight}`,
        `${shift.repeats}`,
        `${shift.acknowledgedInTime} of ${shift.firings}`,
        `${shift.endedUnacknowledged}`,
      ]),
    );
    const head = [
      'SCHEDULE',
      'PERSON',
      'FROM',
      'TO',
      'PAGES',
      'AT NIGHT',
      'REPEATS',
      'ACK IN TIME',
      'ENDED UNSEEN',
    ];
    printLine(table([head, ...rows]));
  }
  if (reports.some(({ isComplete }) => !isComplete)) {
    say('not all incidents were read: ask for a shorter time with --from and --to');
  }
}

async function schedulesOf(api: Awaited<ReturnType<typeof openApi>>): Promise<string[]> {
  const answer = await api.expect<{ readonly schedules: readonly { readonly schedule: string }[] }>(
    'GET',
    '/oncall',
  );
  return answer.schedules.map(({ schedule }) => schedule);
}
