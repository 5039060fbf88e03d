// Names with placeholders, such as `/tidewatch/{service.name}`: checked when the configuration is, filled in by the
// exporters for each resource.
import { z } from 'zod';

/** An attribute key inside braces. */
const PLACEHOLDER = /\{([A-Za-z0-9_][A-Za-z0-9_.\-/]{0,99})\}/g;

export interface TemplateRules {
  /** What it names, for messages. */
  readonly what: string;
  /** Characters that the fixed text may hold. */
  readonly characters: RegExp;
  readonly maxLength: number;
  /** Why the fixed text at the beginning is refused; undefined when it is fine. */
  readonly refusePrefix?: (prefix: string) => string | undefined;
}

/** The fixed text before the first placeholder. @example templatePrefix('/tidewatch/{service.name}') // '/tidewatch/' */
export function templatePrefix(template: string): string {
  const brace = template.indexOf('{');
  return brace < 0 ? template : template.slice(0, brace);
}

/** A name with `{attribute}` placeholders. */
export function template(rules: TemplateRules) {
  const expected = `a ${rules.what}, with placeholders such as {service.name}`;
  return z.string({ error: expected }).superRefine((text, context) => {
    const problem = templateProblem(text, rules);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
}

function templateProblem(text: string, rules: TemplateRules): string | undefined {
  const fixed = text.replace(PLACEHOLDER, '');
  if (text === '') return `a ${rules.what} that is not empty`;
  if (/[{}]/.test(fixed)) {
    return 'each placeholder to be an attribute key in braces, such as {service.name}';
  }
  const wrong = [...fixed].find((character) => !rules.characters.test(character));
  if (wrong !== undefined) return `a ${rules.what} without ${JSON.stringify(wrong)}`;
  if (fixed.length >= rules.maxLength) return `a ${rules.what} of fewer than ${rules.maxLength} characters`;
  return rules.refusePrefix?.(templatePrefix(text));
}
