// `tidewatch anomalies list`: the incidents and predictions that a deployment has open.
import type { Command } from 'commander';
import type { RunState } from '../../anomaly/run/run-state.ts';
import { printJson, printLine, table, wantsJson } from '../output.ts';
import { addStackOption, type StackOption } from '../stack-option.ts';

const HELP = `
Examples:
  tidewatch anomalies list

With --json: { "incidents": [{ "id", "since", "service", "severity", "score", "metrics": [], "causes": [{ "component",
  "score", "reasons" }], "changes": [] }], "predictions": [{ "service", "summary", "since" }] }, times in ISO 8601.`;

const iso = (time: number): string => new Date(time).toISOString();

export function registerAnomalyList(anomalies: Command): void {
  addStackOption(anomalies.command('list').description('open incidents and predictions of a deployment'))
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: StackOption, command: Command): Promise<void> {
  const [{ findDeployment, output }, { readObject }, { decodeRunState, EMPTY_RUN_STATE, RUN_STATE_KEY }] =
    await Promise.all([
      import('../../aws/deployment.ts'),
      import('../../aws/read-object.ts'),
      import('../../anomaly/run/run-state.ts'),
    ]);
  const bucket = output(await findDeployment(options.stack), 'AnomalyBucketName');
  const bytes = await readObject(bucket, RUN_STATE_KEY);
  const open = openOf(bytes === undefined ? EMPTY_RUN_STATE : decodeRunState(bytes));
  if (wantsJson(command)) printJson(open);
  else print(open);
}

function openOf({ incidents, anomalies, predictions }: RunState) {
  return {
    incidents: incidents.map(({ id, startedAt, service, severity, members, investigation }) => {
      const scores = anomalies.filter((one) => members.includes(one.id)).map(({ anomaly }) => anomaly.score);
      return {
        id,
        since: iso(startedAt),
        service: service ?? 'unknown',
        severity,
        score: Math.max(0, ...scores),
        metrics: members,
        causes: investigation?.causes ?? [],
        changes: investigation?.changes ?? [],
      };
    }),
    predictions: predictions.flatMap(({ firing }) =>
      firing === undefined
        ? []
        : [
            {
              service: firing.labels.service ?? '',
              summary: firing.annotations.summary ?? '',
              since: iso(firing.startsAt),
            },
          ],
    ),
  };
}

function print({ incidents, predictions }: ReturnType<typeof openOf>): void {
  if (incidents.length + predictions.length === 0) {
    printLine('nothing unusual');
    return;
  }
  const rows = incidents.map(({ since, service, severity, score, metrics, causes }) => [
    since,
    service,
    severity,
    score.toFixed(2),
    String(metrics.length),
    causes[0]?.reasons[0] ?? '',
  ]);
  if (rows.length > 0)
    printLine(table([['SINCE', 'SERVICE', 'SEVERITY', 'SCORE', 'METRICS', 'WHY'], ...rows]));
  for (const { summary, since } of predictions) printLine(`${since}  ${summary}`);
}
