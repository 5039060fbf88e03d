// The template language of messages: Liquid without files, partials and chance, bounded in time and size. Values are
// escaped for the receiver; what the template itself says is not.
import { Liquid } from 'liquidjs';
import { TEMPLATE_LIMITS } from '../limits.ts';
import { escapeFor, linkFor, type TextFormat } from './escape.ts';
import { isAddress } from './facts.ts';
import { addFilters } from './filters.ts';

/** Tags that would read other templates, and a filter that is not the same twice. */
const REMOVED_TAGS = ['include', 'render', 'layout', 'block'];
const REMOVED_FILTERS = ['sample'];

/** `{{ .Labels.x }}`, `{{ range … }}`: Liquid would read the first as nothing at all. */
const GO_TEMPLATE = /\{\{-?\s*(?:\.|\$|(?:range|template|define|if|else|end|with|block)\b)/;

const engines = new Map<TextFormat, Liquid>();

export type Rendered =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string };

/**
 * What is wrong with a template, before there is anything to write.
 * @returns undefined if it can be used
 * @example templateProblem('{{ .GroupLabels.job }}') // 'this is a template of Go; …'
 */
export function templateProblem(source: string): string | undefined {
  if (source.length > TEMPLATE_LIMITS.source) {
    return `expected at most ${TEMPLATE_LIMITS.source} characters, got ${source.length}`;
  }
  if (GO_TEMPLATE.test(source)) {
    return 'this is a template of Go; write it in Liquid, such as {{ groupLabels.alertname }}';
  }
  try {
    engineFor('plain').parse(source);
    return undefined;
  } catch (error) {
    return firstLine(error);
  }
}

/** Writes one text. Never throws: what is wrong with the template comes back. */
export function renderTemplate(source: string, scope: object, format: TextFormat): Rendered {
  if (!source.includes('{{') && !source.includes('{%')) return { ok: true, text: source };
  const problem = templateProblem(source);
  if (problem !== undefined) return { ok: false, problem };
  try {
    const text: string = engineFor(format).parseAndRenderSync(source, scope);
    if (text.length > TEMPLATE_LIMITS.output) {
      return { ok: false, problem: `the text is longer than ${TEMPLATE_LIMITS.output} characters` };
    }
    return { ok: true, text };
  } catch (error) {
    return { ok: false, problem: firstLine(error) };
  }
}

function engineFor(format: TextFormat): Liquid {
  const known = engines.get(format);
  if (known !== undefined) return known;
  const engine = new Liquid({
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    timezoneOffset: 0,
    locale: 'en-US',
    parseLimit: TEMPLATE_LIMITS.source,
    renderLimit: TEMPLATE_LIMITS.renderMs,
    memoryLimit: TEMPLATE_LIMITS.memory,
    outputEscape: (value: unknown) => escapeFor(format, shown(value)),
  });
  for (const tag of REMOVED_TAGS) delete engine.tags[tag];
  for (const filter of REMOVED_FILTERS) delete engine.filters[filter];
  addFilters(engine);
  // Its output is markup already.
  engine.registerFilter('link', {
    raw: true,
    handler: (url: unknown, name: unknown) => {
      const address = String(url ?? '');
      return isAddress(address)
        ? linkFor(format, String(name ?? address), address)
        : escapeFor(format, address);
    },
  });
  engines.set(format, engine);
  return engine;
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(shown).join('');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function firstLine(error: unknown): string {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line ?? '';
}
