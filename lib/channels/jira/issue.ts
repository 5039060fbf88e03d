// A group → the words of a Jira issue, and the query that finds it again by its label.
// Source: developer.atlassian.com/cloud/jira/platform/rest/v3; the label is Alertmanager's.
import type { Message } from '../channel.ts';
import { cutText, oneLine } from '../cut.ts';
import { groupDigest } from '../digest.ts';
import { JIRA } from '../limits.ts';
import { DEFAULT_TEXT, DEFAULT_TITLE } from '../message/default-templates.ts';

/** Which API: `cloud` takes documents (version 3), a data center takes text (version 2). */
export interface JiraSite {
  /** Up to and with `/rest/api/<version>`. */
  readonly base: string;
  readonly isCloud: boolean;
  readonly takesDocuments: boolean;
}

/** @throws PermanentError `invalidConfig` */
export function siteOf({ fields }: Message): JiraSite {
  const written = fields.url('api_url').replace(/\/+$/, '');
  const type = fields.text('api_type') ?? 'auto';
  const isCloud =
    type === 'cloud' || (type !== 'datacenter' && /\.atlassian\.net$/.test(new URL(written).hostname));
  const base = /\/rest\/api\/[^/]+$/.test(written) ? written : `${written}/rest/api/${isCloud ? 3 : 2}`;
  return { base, isCloud, takesDocuments: base.endsWith('/3') };
}

/** What marks the issue of a group. */
export function issueLabel(groupKey: string): string {
  return `ALERT{${groupDigest(groupKey)}}`;
}

/** Finds the issue of a group: the open one, or one that may be opened again. */
export function issueQuery({ fields, content }: Message): string {
  const project = fields.template('project') ?? fields.required('project');
  const wontFix = fields.text('wont_fix_resolution');
  const reopenMs = fields.durationMs('reopen_duration');
  const canReopen = content.status === 'firing' && fields.text('reopen_transition') !== undefined;
  const window = reopenMs === undefined ? '' : ` AND resolutiondate >= -${Math.ceil(reopenMs / 60_000)}m`;
  const closed = canReopen ? ` OR (statusCategory = Done${window})` : '';
  const notWontFix =
    wontFix === undefined ? '' : ` AND (resolution is EMPTY OR resolution != ${quoted(wontFix)})`;
  return (
    `project = ${quoted(project.trim())} AND labels = ${quoted(issueLabel(content.groupKey))}` +
    ` AND (statusCategory != Done${closed})${notWontFix} ORDER BY status ASC, resolutiondate DESC`
  );
}

/** What an update may say; creation adds where and what. */
export function issueTexts(message: Message, site: JiraSite): Record<string, unknown> {
  const { fields } = message;
  const summary = fields.write('summary', { fallback: DEFAULT_TITLE, format: 'plain' });
  const text = fields.write('description', { fallback: DEFAULT_TEXT, format: 'plain' });
  const description = cutText(text, JIRA.description - 1_000);
  return {
    summary: cutText(oneLine(summary), JIRA.summary) || 'Alert',
    description: site.takesDocuments ? documentOf(description) : description,
  };
}

/** @throws PermanentError `invalidConfig` */
export function newIssue(message: Message, site: JiraSite): object {
  const { fields, content, words } = message;
  const priority = fields.template('priority');
  const labels = fields.list('labels').map((label) =>
    cutText(
      words
        .render({ field: 'labels', template: String(label), fallback: '', format: 'plain' })
        // A label of Jira is one word.
        .trim()
        .replace(/\s+/g, '_'),
      JIRA.label,
    ),
  );
  return {
    fields: {
      ...fields.map('fields'),
      project: { key: (fields.template('project') ?? fields.required('project')).trim() },
      issuetype: { name: fields.required('issue_type') },
      ...issueTexts(message, site),
      labels: [...labels.filter((label) => label !== ''), issueLabel(content.groupKey)],
      ...(priority !== undefined && { priority: { name: priority.trim() } }),
    },
  };
}

/** Text as a document of Atlassian's format: a paragraph a line. */
function documentOf(text: string): object {
  const content = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => ({ type: 'paragraph', content: [{ type: 'text', text: line }] }));
  return { type: 'doc', version: 1, content };
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
