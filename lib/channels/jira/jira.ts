// Jira: one issue for a group, found by its label before anything is made, so that no attempt makes a second one.
import type { Channel, ChannelInput, ChannelResult } from '../channel.ts';
import { failure, jsonOf, resultOf, textAt } from '../http/answer.ts';
import { basicAuthorization } from '../http/headers.ts';
import { jsonRequest } from '../http/json-request.ts';
import type { HttpAnswer } from '../ports.ts';
import { issueQuery, issueTexts, type JiraSite, newIssue, siteOf } from './issue.ts';

interface Issue {
  readonly key: string;
  readonly isDone: boolean;
}

/** An answer that ends the delivery. */
class Ended extends Error {
  readonly result: ChannelResult;

  constructor(result: ChannelResult) {
    super('ended');
    this.result = result;
  }
}

export const jiraChannel: Channel = {
  async deliver(input) {
    try {
      return await deliver(input, new JiraApi(input));
    } catch (error) {
      if (error instanceof Ended) return error.result;
      throw error;
    }
  },
};

async function deliver(input: ChannelInput, api: JiraApi): Promise<ChannelResult> {
  const { fields, content } = input;
  const found = (await api.find()) ?? (await api.known(input.context.previous?.issue));
  const delivered = (key: string): ChannelResult => ({ kind: 'delivered', reference: { issue: key } });
  if (content.status === 'resolved') {
    if (found === undefined || found.isDone) return { kind: 'delivered' };
    await api.update(found.key);
    const transition = fields.text('resolve_transition');
    if (transition !== undefined) await api.transition(found.key, transition);
    return delivered(found.key);
  }
  const reopen = fields.text('reopen_transition');
  if (found === undefined || (found.isDone && reopen === undefined)) return delivered(await api.create());
  if (found.isDone && reopen !== undefined) await api.transition(found.key, reopen);
  await api.update(found.key);
  return delivered(found.key);
}

class JiraApi {
  private readonly input: ChannelInput;
  private readonly site: JiraSite;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(input: ChannelInput) {
    this.input = input;
    this.site = siteOf(input);
    const user = input.fields.text('user');
    const token = input.fields.text('api_token');
    const authorization =
      token === undefined
        ? undefined
        : user === undefined
          ? `Bearer ${token}`
          : basicAuthorization(user, token);
    this.headers = authorization === undefined ? {} : { authorization };
  }

  /** By its label. */
  async find(): Promise<Issue | undefined> {
    // Atlassian has taken /search out of its cloud.
    const path = this.site.isCloud ? '/search/jql' : '/search';
    const body = { jql: issueQuery(this.input), fields: ['status'], maxResults: 2 };
    const answer = await this.call('POST', path, body);
    const first = (jsonOf(answer)?.issues as readonly unknown[] | undefined)?.[0];
    return first === undefined ? undefined : this.issueOf(first, answer);
  }

  /** One that was made a moment ago and is not yet found by its label. */
  async known(key: string | undefined): Promise<Issue | undefined> {
    if (key === undefined) return undefined;
    const answer = await this.send('GET', `/issue/${encodeURIComponent(key)}?fields=status`);
    if (answer.status === 404) return undefined;
    this.check(answer);
    const issue = this.issueOf(jsonOf(answer), answer);
    return issue.isDone ? undefined : issue;
  }

  async create(): Promise<string> {
    const answer = await this.call('POST', '/issue', newIssue(this.input, this.site));
    const key = textAt(jsonOf(answer), 'key');
    if (key === undefined) throw this.garbage(answer);
    return key;
  }

  async update(key: string): Promise<void> {
    const fields = issueTexts(this.input, this.site);
    await this.call('PUT', `/issue/${encodeURIComponent(key)}?notifyUsers=false`, { fields });
  }

  /** @param name of a transition that the issue has in its state */
  async transition(key: string, name: string): Promise<void> {
    const path = `/issue/${encodeURIComponent(key)}/transitions`;
    const answer = await this.call('GET', path);
    const all = (jsonOf(answer)?.transitions ?? []) as readonly unknown[];
    const wanted = all.find((one) => textAt(one, 'name')?.toLowerCase() === name.toLowerCase());
    if (wanted === undefined) {
      const names = all.map((one) => textAt(one, 'name')).join(', ');
      const reason = `issue ${key} has no transition of the configured name; it has: ${names}`;
      throw new Ended({ kind: 'refused', reason });
    }
    await this.call('POST', path, { transition: { id: textAt(wanted, 'id') } });
  }

  private issueOf(value: unknown, answer: HttpAnswer): Issue {
    const key = textAt(value, 'key');
    if (key === undefined) throw this.garbage(answer);
    return { key, isDone: textAt(value, 'fields', 'status', 'statusCategory', 'key') === 'done' };
  }

  private async call(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<HttpAnswer> {
    return this.check(await this.send(method, path, body));
  }

  private send(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<HttpAnswer> {
    const { body: text, ...request } = jsonRequest(
      `${this.site.base}${path}`,
      body ?? {},
      this.headers,
      method,
    );
    return this.input.http(body === undefined ? request : { ...request, body: text! });
  }

  private check(answer: HttpAnswer): HttpAnswer {
    const result = resultOf(answer, this.input.context.now);
    if (result.kind !== 'delivered') throw new Ended(result);
    return answer;
  }

  private garbage(answer: HttpAnswer): Ended {
    return new Ended(failure('retry', answer, this.input.context.now, 'an answer that is none of Jira'));
  }
}
