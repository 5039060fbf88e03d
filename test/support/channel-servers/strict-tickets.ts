// Jira (cloud) and ServiceNow: tickets that are found again and closed.
import {
  answerOf,
  check,
  checkText,
  type Json,
  jsonBody,
  Refused,
  type StrictServer,
  strict,
} from './strict.ts';

export interface JiraIssue {
  fields: Json;
  status: 'new' | 'done';
}

export interface JiraState {
  readonly issues: Map<string, JiraIssue>;
  /** Issues made less than this many searches ago are not found yet. */
  indexLag: number;
  serve: StrictServer;
}

/** @param authorization the header that counts */
export function strictJira(authorization: string): JiraState {
  const issues = new Map<string, JiraIssue>();
  const state: JiraState = { issues, indexLag: 0, serve: strict(serve) };
  const statusOf = ({ status }: JiraIssue) => ({ status: { statusCategory: { key: status } } });

  function serve(request: Parameters<StrictServer>[0]) {
    if (request.headers.authorization !== authorization)
      throw new Refused(401, 'Client must be authenticated');
    const { pathname } = new URL(request.url);
    const path = pathname.replace('/rest/api/3', '');
    check(path !== pathname, 'version', 404);
    if (path === '/search/jql' && request.method === 'POST') return answerOf(200, search(jsonBody(request)));
    if (path === '/issue' && request.method === 'POST') {
      const fields = jsonBody(request).fields as Json;
      checkFields(fields);
      check((fields.project as Json).key === 'OPS' && (fields.issuetype as Json).name === 'Bug', 'project');
      for (const label of fields.labels as string[]) check(/^\S{1,255}$/.test(label), 'label');
      const key = `OPS-${issues.size + 1}`;
      issues.set(key, { fields, status: 'new' });
      return answerOf(201, { id: '1', key });
    }
    const [, key = '', rest] = /^\/issue\/([^/]+)(\/transitions)?$/.exec(path) ?? [];
    const issue = issues.get(key);
    if (issue === undefined) throw new Refused(404, { errorMessages: ['Issue does not exist'] });
    if (rest !== undefined && request.method === 'GET') {
      const name = issue.status === 'done' ? 'Reopen' : 'Done';
      return answerOf(200, { transitions: [{ id: '31', name }] });
    }
    if (rest !== undefined) {
      check(((jsonBody(request).transition as Json).id as string) === '31', 'transition');
      issue.status = issue.status === 'done' ? 'new' : 'done';
      return answerOf(204);
    }
    if (request.method === 'GET') return answerOf(200, { key, fields: statusOf(issue) });
    const fields = jsonBody(request).fields as Json;
    checkFields(fields);
    Object.assign(issue.fields, fields);
    return answerOf(204);
  }

  function search({ jql }: Json): Json {
    const label = /labels = "(ALERT\{[0-9a-f]{64}\})"/.exec(String(jql))?.[1];
    check(label !== undefined && String(jql).startsWith('project = "OPS" AND '), 'jql');
    const canBeDone = String(jql).includes('statusCategory = Done');
    const found = [...issues].filter(
      ([, { fields, status }]) =>
        (fields.labels as string[]).includes(label!) && (canBeDone || status !== 'done'),
    );
    if (state.indexLag > 0) {
      state.indexLag -= 1;
      return { issues: [] };
    }
    return { issues: found.map(([key, issue]) => ({ key, fields: statusOf(issue) })) };
  }
  return state;
}

function checkFields({ summary, description }: Json): void {
  check(!/[\r\n]/.test(checkText(summary, 'summary', 255)), 'summary');
  const document = description as Json;
  check(document.type === 'doc' && document.version === 1, 'description');
  const texts = (document.content as Json[]).flatMap(({ content }) => content as Json[]);
  for (const { text } of texts) checkText(text, 'text', 32_767);
  check(JSON.stringify(description).length <= 200_000, 'description');
}

export interface ServiceNowState {
  readonly incidents: Map<string, Json>;
  serve: StrictServer;
}

export function strictServiceNow(authorization: string): ServiceNowState {
  const incidents = new Map<string, Json>();
  const serve = strict((request) => {
    if (request.headers.authorization !== authorization) {
      throw new Refused(401, { error: { message: 'User Not Authenticated' }, status: 'failure' });
    }
    const url = new URL(request.url);
    const [, id] = /^\/api\/now\/v1\/table\/incident(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    if (request.method === 'GET') {
      const query = url.searchParams.get('sysparm_query') ?? '';
      const correlation = /^correlation_id=([0-9a-f]{64})\^active=true\^state!=6$/.exec(query)?.[1];
      check(correlation !== undefined, 'query');
      const found = [...incidents].filter(
        ([, one]) => one.correlation_id === correlation && one.state !== '6',
      );
      return answerOf(200, { result: found.map(([sys_id]) => ({ sys_id, number: 'INC1' })) });
    }
    const body = jsonBody(request);
    if (id === undefined) {
      check(request.method === 'POST', 'method', 405);
      checkText(body.short_description, 'short_description', 160);
      checkText(body.description, 'description', 4_000);
      checkText(body.correlation_id, 'correlation_id', 100);
      check(/^[123]$/.test(String(body.impact)) && /^[123]$/.test(String(body.urgency)), 'impact');
      const sysId = `sys${incidents.size}`;
      incidents.set(sysId, { ...body, state: '1' });
      return answerOf(201, { result: { sys_id: sysId, number: 'INC1' } });
    }
    const incident = incidents.get(id);
    if (incident === undefined) throw new Refused(404, { error: { message: 'No Record found' } });
    check(request.method === 'PATCH', 'method', 405);
    if (body.state === '6') checkText(body.close_code, 'close_code', 40);
    Object.assign(incident, body);
    return answerOf(200, { result: { sys_id: id, number: 'INC1' } });
  });
  return { incidents, serve };
}
