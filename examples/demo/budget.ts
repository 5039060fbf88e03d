// The second half of the demo: the failing orders burn the budget of checkouts, somebody is called, the gate closes.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import pc from 'picocolors';
import { clientSettings } from '../../lib/local/environment.ts';
import type { LocalStack } from '../../lib/local/stack.ts';
import type { Page, Phone } from './phone.ts';
import { eventually } from './read-back.ts';

const MINUTE = 60_000;
const PAGE_TIMEOUT_MS = 60_000;

/** As `GET /slo/checkout/gate` answers. */
interface Gate {
  readonly gate: string;
  readonly reason: string;
}

/** As `GET /slo/checkout` answers. */
interface Budget {
  readonly objective: number;
  readonly badEvents: number;
  readonly allowedEvents: number;
  readonly remaining: number;
  readonly burnRate: number;
}

/** As `GET /incidents` lists it. */
interface Incident {
  readonly status: string;
  readonly acknowledgedBy: string | null;
}

export interface Burn {
  readonly budget: Budget;
  readonly gate: Gate & { readonly status: number };
  readonly page: Page;
}

/** Evaluates the objectives at the end of this minute instead of waiting for the schedule, until the phone rings. */
export async function burnBudget(stack: LocalStack, phone: Phone): Promise<Burn> {
  await evaluate(stack, Math.ceil(Date.now() / MINUTE) * MINUTE);
  const page = await eventually('a page', PAGE_TIMEOUT_MS, async () => phone.pages[0]);
  const budget = (await ask(stack, '/slo/checkout')).body as Budget;
  const { status, body } = await ask(stack, '/slo/checkout/gate');
  return { page, budget, gate: { ...(body as Gate), status } };
}

/** Opens the link of the page and presses its button. @returns who acknowledged, as the incident says */
export async function acknowledge(stack: LocalStack, phone: Phone): Promise<string> {
  const answer = await fetch(`${stack.endpoints.alertsUrl}${phone.links[0]}`, { method: 'POST' });
  if (!answer.ok) throw new Error(`the link of the page answered ${answer.status}: ${await answer.text()}`);
  const { incidents } = (await ask(stack, '/incidents')).body as { incidents: Incident[] };
  const by = incidents.find(({ status }) => status === 'acknowledged')?.acknowledgedBy;
  if (by === undefined || by === null) throw new Error('no incident is acknowledged');
  return by;
}

/** What the budget, the gate and the page say. */
export function burnLines({ budget, gate, page }: Burn): string[] {
  const share = `${(budget.remaining * 100).toFixed(0)} %`;
  return [
    `  objective  ${budget.objective * 100} % of checkouts succeed within an hour`,
    `  failed     ${budget.badEvents}, allowed ${budget.allowedEvents.toFixed(1)}; budget left ${pc.red(share)}, burning ${budget.burnRate.toFixed(1)} times too fast`,
    `  gate       ${pc.red(gate.gate)} (${gate.status}): ${gate.reason}`,
    `  page       ${page.commonAnnotations.summary ?? page.commonLabels.alertname}`,
  ];
}

async function evaluate({ endpoint, endpoints }: LocalStack, time: number): Promise<void> {
  const evaluator = endpoints.resources.find(
    ({ type, logicalId }) => type === 'AWS::Lambda::Function' && logicalId.includes('EvaluateSlos'),
  );
  if (evaluator === undefined) throw new Error('the deployed stack has no function evaluate-slos');
  const lambda = new LambdaClient(clientSettings(endpoint));
  const event = { time: new Date(time).toISOString(), shard: 0 };
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: evaluator.physicalId, Payload: JSON.stringify(event) }),
  );
  lambda.destroy();
  if (answer.FunctionError !== undefined)
    throw new Error(`evaluate-slos failed: ${Buffer.from(answer.Payload ?? []).toString()}`);
}

async function ask({ endpoints }: LocalStack, path: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${endpoints.alertsUrl}${path}`, {
    headers: { authorization: `Bearer ${endpoints.alertsKey}` },
  });
  return { status: answer.status, body: await answer.json() };
}
