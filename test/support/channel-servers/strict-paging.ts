// PagerDuty, Opsgenie and Splunk On-Call: alerts open and close by their key.
import {
  answerOf,
  bytesOf,
  check,
  checkText,
  type Json,
  jsonBody,
  Refused,
  type StrictServer,
  strict,
} from './strict.ts';

/** What became of an alert, by its key. */
export type AlertState = 'open' | 'acknowledged' | 'closed';

export interface PagingState {
  readonly alerts: Map<string, AlertState>;
  /** Bodies that were taken. */
  readonly taken: Json[];
  serve: StrictServer;
}

/** @param key the integration's */
export function strictPagerDuty(key: string): PagingState {
  const alerts = new Map<string, AlertState>();
  const taken: Json[] = [];
  const serve = strict((request) => {
    check(bytesOf(request) <= 512 * 1024, 'too large', 413);
    const body = jsonBody(request);
    if (new URL(request.url).pathname.startsWith('/generic/')) return answerOf(200, v1(body));
    const bad = (...errors: string[]) =>
      new Refused(400, { status: 'invalid event', message: 'Event object is invalid', errors });
    if (body.routing_key !== key) throw bad(`Invalid routing key ${String(body.routing_key)}`);
    const dedup = checkText(body.dedup_key, 'dedup_key', 255);
    if (body.event_action === 'trigger') {
      const payload = body.payload as Json;
      checkText(payload.summary, 'summary', 1_024);
      checkText(payload.source, 'source', 10_000);
      check(/^(critical|error|warning|info)$/.test(String(payload.severity)), 'severity');
      check(!Number.isNaN(Date.parse(String(payload.timestamp))), 'timestamp');
      for (const link of (body.links ?? []) as Json[]) check(URL.canParse(String(link.href)), 'link');
      for (const image of (body.images ?? []) as Json[]) check(/^https:/.test(String(image.src)), 'image');
      alerts.set(dedup, 'open');
    } else if (alerts.get(dedup) !== undefined && alerts.get(dedup) !== 'closed') {
      check(/^(acknowledge|resolve)$/.test(String(body.event_action)), 'event_action');
      alerts.set(dedup, body.event_action === 'resolve' ? 'closed' : 'acknowledged');
    }
    taken.push(body);
    return answerOf(202, { status: 'success', message: 'Event processed', dedup_key: dedup });
  });
  function v1(body: Json): Json {
    if (body.service_key !== key) throw new Refused(400, { status: 'invalid event' });
    check(/^(trigger|resolve|acknowledge)$/.test(String(body.event_type)), 'event_type');
    checkText(body.description, 'description', 1_024);
    alerts.set(String(body.incident_key), body.event_type === 'resolve' ? 'closed' : 'open');
    taken.push(body);
    return { status: 'success', incident_key: body.incident_key };
  }
  return { alerts, taken, serve };
}

/** @param base path before `/v2/alerts` @param key of the integration */
export function strictOpsgenie(base: string, key: string): PagingState {
  const alerts = new Map<string, AlertState>();
  const taken: Json[] = [];
  const serve = strict((request) => {
    const url = new URL(request.url);
    const unprocessable = (what: string) =>
      new Refused(422, { message: 'Request body is not processable', what });
    if (request.headers.authorization !== `GenieKey ${key}`) {
      throw new Refused(403, { message: `Key format is not valid: ${request.headers.authorization}` });
    }
    const body = jsonBody(request);
    const limit = (name: string, max: number) => {
      const value = body[name];
      if (value !== undefined && (typeof value !== 'string' || value.length > max)) throw unprocessable(name);
    };
    limit('note', 25_000);
    limit('source', 100);
    if (url.pathname === `${base}/v2/alerts`) {
      if (typeof body.message !== 'string' || body.message === '') throw unprocessable('message');
      for (const [name, max] of Object.entries({
        message: 130,
        alias: 512,
        description: 15_000,
        entity: 512,
      })) {
        limit(name, max);
      }
      if (!/^P[1-5]$/.test(String(body.priority))) throw unprocessable('priority');
      const tags = (body.tags ?? []) as string[];
      const actions = (body.actions ?? []) as string[];
      if (tags.length > 20 || tags.some((tag) => tag.length > 50)) throw unprocessable('tags');
      if (actions.length > 10 || actions.some((action) => action.length > 50)) throw unprocessable('actions');
      const details = Object.entries(body.details as Record<string, string>);
      const size = details.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
      if (size > 8_000 || details.some(([, value]) => typeof value !== 'string'))
        throw unprocessable('details');
      alerts.set(String(body.alias), 'open');
    } else {
      const [, alias, action] = /\/v2\/alerts\/([^/]+)\/(close|acknowledge)$/.exec(url.pathname) ?? [];
      if (alias === undefined || url.searchParams.get('identifierType') !== 'alias')
        throw new Refused(404, '');
      if (!alerts.has(alias)) throw new Refused(404, { message: 'Alert does not exist' });
      alerts.set(alias, action === 'close' ? 'closed' : 'acknowledged');
    }
    taken.push(body);
    return answerOf(202, { result: 'Request will be processed', took: 0.1, requestId: 'r' });
  });
  return { alerts, taken, serve };
}

export function strictVictorOps(key: string): PagingState {
  const alerts = new Map<string, AlertState>();
  const taken: Json[] = [];
  const serve = strict((request) => {
    const body = jsonBody(request);
    if (!new URL(request.url).pathname.endsWith(`/alert/${key}/on-call`)) return answerOf(404, 'Not found');
    const id = checkText(body.entity_id, 'entity_id', 512);
    check(Buffer.byteLength(String(body.state_message)) <= 20_480, 'state_message');
    check(
      /^(CRITICAL|WARNING|ACKNOWLEDGEMENT|INFO|RECOVERY)$/.test(String(body.message_type)),
      'message_type',
    );
    const states: Record<string, AlertState> = { RECOVERY: 'closed', ACKNOWLEDGEMENT: 'acknowledged' };
    alerts.set(id, states[String(body.message_type)] ?? 'open');
    taken.push(body);
    return answerOf(200, { result: 'success', entity_id: id });
  });
  return { alerts, taken, serve };
}
