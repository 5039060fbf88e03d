// A button that was pressed in Slack. Slack signs the request; the button's value is the signed link of the page, so
// that it acknowledges what the message was about and nothing else.
import type { ApiRequest, ApiResponse, ApiRoute } from '../../api/route.ts';
import { SLACK_ACTIONS } from '../../model/slack-actions.ts';
import {
  type AcknowledgePorts,
  acknowledgeById,
  acknowledgeByToken,
  type LinkOutcome,
} from '../acknowledge/routes.ts';
import { json } from '../api/json.ts';

export interface SlackPorts extends AcknowledgePorts {
  /** Whether Slack signed this request, not long ago; undefined when no signing secret is configured. */
  readonly isFromSlack?: (request: ApiRequest) => Promise<boolean>;
  /** Says something where the button was pressed. Never rejects. @param url of hooks.slack.com */
  readonly replyInSlack?: (url: string, text: string) => Promise<void>;
  /**
   * Silences for an hour what has these labels; absent where alerts are not routed here.
   * @param labels as the button says them @returns whether they were labels
   */
  readonly silence?: (labels: unknown, by: string, now: number) => Promise<boolean>;
}

interface Payload {
  readonly user?: { readonly username?: string; readonly name?: string; readonly id?: string };
  readonly actions?: readonly { readonly action_id?: string; readonly value?: string }[];
  readonly response_url?: string;
}

const OURS: ReadonlySet<string> = new Set(Object.values(SLACK_ACTIONS));

const REPLIES: Readonly<Record<LinkOutcome, string>> = {
  done: 'Acknowledged: nobody else is called.',
  already: 'Somebody has acknowledged it already.',
  over: 'It is over: there is nothing to acknowledge.',
  firesAgain: 'It fires again since: use the button of the latest message.',
  expired: 'This button is too old: use the one of the latest message.',
  forged: 'This button is not one of Tidewatch.',
  gone: 'There is no such incident any more.',
};

export function slackRoutes(ports: SlackPorts): readonly ApiRoute[] {
  return [
    { method: 'POST', path: '/slack/actions', scope: 'public', handle: (request) => press(request, ports) },
  ];
}

async function press(request: ApiRequest, ports: SlackPorts): Promise<ApiResponse> {
  const { isFromSlack, replyInSlack } = ports;
  if (isFromSlack === undefined) {
    return json(404, { error: 'no Slack signing secret is configured: onCall.slack.signingSecret' });
  }
  if (!(await isFromSlack(request))) {
    return json(403, { error: 'the signature is missing, wrong, or older than five minutes' });
  }
  const payload = payloadOf(request.body);
  const action = payload?.actions?.find(({ action_id }) => OURS.has(action_id ?? ''));
  // Other buttons, such as those that only open a link, are answered too: Slack shows an error otherwise.
  if (payload === undefined || action === undefined) return { status: 200 };
  const value = action.value ?? '';
  const user = payload.user?.username ?? payload.user?.name ?? payload.user?.id ?? 'somebody';
  const reply =
    action.action_id === SLACK_ACTIONS.silence
      ? await silence(value, `${user} by Slack`, ports, request.now)
      : REPLIES[(await acknowledge(value, user, ports, request.now)).outcome];
  const url = payload.response_url ?? '';
  if (url.startsWith('https://hooks.slack.com/')) await replyInSlack?.(url, reply);
  return { status: 200 };
}

function acknowledge(value: string, user: string, ports: SlackPorts, now: number) {
  // A token has a dot in it, an incident's id has none.
  return value.includes('.')
    ? acknowledgeByToken(value, 'Slack', ports, now, user)
    : acknowledgeById(value, `${user} by Slack`, ports, now);
}

async function silence(value: string, by: string, ports: SlackPorts, now: number): Promise<string> {
  if (ports.silence === undefined) return 'Alerts are not routed here: there is nothing to silence.';
  const isDone = await ports.silence(labelsOf(value), by, now);
  return isDone ? 'Silenced for an hour.' : 'This button names no labels to silence.';
}

function labelsOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function payloadOf(body: Buffer): Payload | undefined {
  try {
    const text = new URLSearchParams(body.toString('utf8')).get('payload');
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' && value !== null ? (value as Payload) : undefined;
  } catch {
    return undefined;
  }
}
