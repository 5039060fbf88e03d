// Keeps secrets out of whatever is said about a delivery: receivers and libraries like to quote what they were sent.

const HIDDEN = '[secret]';
/** Parts of an address shorter than this are words such as "v2", not tokens. */
const MIN_PART = 8;

export class Redactor {
  private readonly forms = new Set<string>();

  /** From now on `text` and what it may be quoted as is hidden. */
  add(secret: string): void {
    if (secret === '') return;
    this.addForms(secret);
    const url = URL.parse(secret);
    if (url === null || !/^https?:$/.test(url.protocol)) return;
    // The host says where; the rest of the address of a webhook is its password.
    const rest = url.pathname + url.search;
    if (rest.length > 1) this.addForms(rest);
    const parts = [
      ...url.pathname.split('/'),
      ...url.searchParams.values(),
      url.username,
      url.password,
      url.hash.slice(1),
    ];
    for (const part of parts) {
      if (part.length < MIN_PART) continue;
      this.addForms(part);
      this.addForms(decoded(part));
    }
  }

  /** @example redactor.add('hunter2'); redactor.hide('no hunter2 here') // 'no [secret] here' */
  hide(text: string): string {
    let hidden = text;
    // The longest first, so that no rest of one is left.
    for (const form of [...this.forms].toSorted((a, b) => b.length - a.length)) {
      hidden = hidden.replaceAll(form, HIDDEN);
    }
    return hidden;
  }

  private addForms(secret: string): void {
    const base64 = Buffer.from(secret).toString('base64');
    const all = [
      secret,
      secret.trim(),
      encodeURIComponent(secret.toWellFormed()),
      encodeURI(secret.toWellFormed()),
      new URLSearchParams([['', secret]]).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
      base64,
      Buffer.from(secret).toString('base64url'),
      oneSpaced(secret),
    ];
    for (const form of all) if (form !== '') this.forms.add(form);
  }
}

/** As oneLine() writes it. */
function oneSpaced(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
