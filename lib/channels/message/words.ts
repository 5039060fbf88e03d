// The texts of one message: what a template of the integration says, or our own words.
import type { NotificationContent, NotifiedAlert } from '../../model/notification.ts';
import { cutText } from '../cut.ts';
import { LISTED_ALERTS } from '../limits.ts';
import { DEFAULT_TITLE } from './default-templates.ts';
import type { TextFormat } from './escape.ts';
import { type Facts, factsOf, ownLabels, wording } from './facts.ts';
import { renderTemplate } from './template.ts';

/** What templates see of one alert's texts and of a group's alerts; a message shows less. Ours. */
const SCOPE_TEXT = 4_000;
const SCOPE_ALERTS = 100;

export interface RenderOptions {
  /** Of the template that is written, for whoever is told that it is wrong. */
  readonly field: string;
  readonly template: string | undefined;
  /** What is written if there is no template, or it cannot be used. */
  readonly fallback: string;
  readonly format: TextFormat;
}

export class Words {
  readonly content: NotificationContent;
  readonly facts: Facts;
  /** Templates that could not be used, by field. */
  readonly problems = new Map<string, string>();
  private readonly scope: object;

  /** @param now epoch milliseconds */
  constructor(content: NotificationContent, now: number) {
    this.content = content;
    this.facts = factsOf(content, now);
    this.scope = scopeOf(content, this.facts, now);
  }

  /** Never throws and is never empty where `fallback` is not: a wrong template costs no page. */
  render({ field, template, fallback, format }: RenderOptions): string {
    if (template !== undefined) {
      const rendered = renderTemplate(template, this.scope, format);
      if (rendered.ok) return rendered.text;
      this.problems.set(field, rendered.problem);
    }
    const own = renderTemplate(fallback, this.scope, format);
    if (own.ok) return own.text;
    this.problems.set(field, own.problem);
    return this.facts.name;
  }

  /** One line, as it is: for references and subjects. */
  title(): string {
    return this.render({ field: 'title', template: undefined, fallback: DEFAULT_TITLE, format: 'plain' });
  }
}

function scopeOf(content: NotificationContent, facts: Facts, now: number): object {
  const seen = [...facts.firing, ...facts.resolved].slice(0, SCOPE_ALERTS).map((alert) => ({
    ...alert,
    labels: cutAll(alert.labels),
    annotations: cutAll(alert.annotations),
    summary: cutText(wording(alert.annotations, 'summary'), SCOPE_TEXT),
    own: cutAll(ownLabels(alert, content.commonLabels)),
  }));
  const by = (wanted: NotifiedAlert['status']) => seen.filter(({ status }) => status === wanted);
  return {
    status: content.status,
    priority: content.priority,
    score: content.score ?? null,
    receiver: content.receiver,
    groupKey: content.groupKey,
    groupLabels: cutAll(content.groupLabels),
    commonLabels: cutAll(content.commonLabels),
    commonAnnotations: cutAll(content.commonAnnotations),
    externalUrl: content.externalUrl,
    remarks: content.remarks.map((remark) => cutText(remark, SCOPE_TEXT)),
    links: content.links,
    linkList: facts.links,
    alerts: seen,
    firing: by('firing'),
    resolved: by('resolved'),
    firingCount: facts.firing.length,
    resolvedCount: facts.resolved.length,
    listed: seen.slice(0, LISTED_ALERTS),
    unlisted: Math.max(0, content.alerts.length - LISTED_ALERTS),
    name: cutText(facts.name, 200),
    summary: cutText(facts.summary, SCOPE_TEXT),
    description: cutText(facts.description, SCOPE_TEXT),
    where: cutText(facts.where, 1_000),
    howBad: facts.howBad.map((part) => cutText(part, 300)),
    since: facts.since,
    until: facts.until ?? null,
    durationMs: facts.durationMs,
    now,
  };
}

function cutAll(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts)
      .slice(0, SCOPE_ALERTS)
      .map(([name, text]) => [name, cutText(text, SCOPE_TEXT)]),
  );
}
