// `tidewatch doctor`: is this deployment well? Checked from outside, as a sender and as its owner.
import type { Command } from 'commander';
import type { Finding } from '../../doctor/examine.ts';
import { CheckFailed } from '../failures.ts';
import { printJson, printLine, resultColours, say, wantsJson } from '../output.ts';
import { addStackOption, type StackOption } from '../stack-option.ts';

const HELP = `
Examples:
  tidewatch doctor
  tidewatch doctor --key tw_abcdefghij01_…    also send an empty request
  tidewatch doctor --json

Exit status 1 when a check failed.
With --json: { "ok": boolean, "findings": [{ "check", "result": "ok"|"failed"|"skipped", "detail" }] }`;

interface DoctorOptions extends StackOption {
  readonly key?: string;
  readonly url?: string;
}

export function registerDoctor(program: Command): void {
  addStackOption(program.command('doctor').description('check a deployment from outside'))
    .option('--key <key>', 'an ingest key that may send traces, to try a request that is taken')
    .option('--url <url>', "where requests go, when that is not the stack's own URL")
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: DoctorOptions, command: Command): Promise<void> {
  const [{ findDeployment }, { AwsDeploymentProbe }, { examine }] = await Promise.all([
    import('../../aws/deployment.ts'),
    import('../../aws/deployment-probe.ts'),
    import('../../doctor/examine.ts'),
  ]);
  const deployment = await findDeployment(options.stack);
  const patient = { ...deployment, ingestUrl: options.url, key: options.key };
  const findings = await examine(patient, new AwsDeploymentProbe());
  const failures = findings.filter((finding) => finding.result === 'failed').length;
  if (wantsJson(command)) printJson({ ok: failures === 0, findings });
  else for (const finding of findings) printLine(line(finding));
  if (failures === 0) return;
  say(`${failures} of ${findings.length} checks failed`);
  throw new CheckFailed();
}

function line({ check, result, detail }: Finding): string {
  const colour = { ok: resultColours.green, failed: resultColours.red, skipped: resultColours.yellow }[
    result
  ];
  return `${colour(result.padEnd(7))} ${check.padEnd(30)} ${detail}`;
}
