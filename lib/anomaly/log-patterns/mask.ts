// Turns a log line into words in which what varies is a wildcard: numbers, ids, addresses, paths, hosts, dates, names
// of users. One set of rules for every kind of log.

/** Stands for what varies. */
export const WILDCARD = '<*>';

/** More of a line is not looked at. */
const LINE_CHARACTERS_MAX = 4000;
const WORDS_MAX = 200;

/** Characters that end a part inside a word: each part is masked for itself, so that `size=5` keeps `size=`. */
const SEPARATORS = '=,;:()[]{}<>"\'|#@&?!*`';
/** Wildcards with only these between them are one: `10:22:31`, `7##12`, `1,5`. */
const JOINERS = ':,;#@|-./&<>~+';
const WORD_THEN_NUMBER = /^([A-Za-z]{2}[A-Za-z_]*)-?[0-9]+$/;
const HEXADECIMAL = /^[0-9a-f]{6,}$/i;
const HOST = /^[\w-]+(\.[\w-]+)+\.(com|net|org|edu|gov|mil|info|biz|io|[a-z]{2})$/i;
const DOTTED_NAME = /^[\w-]+(\.[\w-]+)+$/;
const DATE_WORD = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[,.]?$/;
const UNIT =
  /^(B|KB|MB|GB|TB|KiB|MiB|GiB|ns|us|µs|ms|s|sec|secs|seconds?|mins?|minutes?|hours?|days?|%)([),.;\]]*)$/i;
/** A word after `user` is a name, except these. */
const NO_NAME = /^(from|by|is|was|has|not|in|on|at|and|or|to|for|with|unknown)$/i;
const NAME = /^[\w.$-]+[,.;:]?$/;

const PLAIN = 0;
const SEPARATOR = 1;
const DIGIT = 2;
const MARK = 3;
const kinds = new Uint8Array(128);
for (const letter of SEPARATORS) kinds[letter.charCodeAt(0)] = SEPARATOR;
for (const letter of '0123456789') kinds[letter.charCodeAt(0)] = DIGIT;
for (const letter of '/\\.') kinds[letter.charCodeAt(0)] = MARK;
const kindAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code < 128 ? kinds[code]! : PLAIN;
};

/** The words of a line, with wildcards for what varies. @example maskLine('took 15 ms for /a/b') // took <*> for <*> */
export function maskLine(line: string): string[] {
  const words: string[] = [];
  const end = Math.min(line.length, LINE_CHARACTERS_MAX);
  let at = 0;
  while (at < end && words.length < WORDS_MAX) {
    while (at < end && line.charCodeAt(at) <= 32) at++;
    if (at >= end) break;
    const start = at;
    let special = false;
    for (; at < end; at++) {
      const code = line.charCodeAt(at);
      if (code <= 32) break;
      if (code < 128 && kinds[code]! >= DIGIT) special = true;
    }
    const word = line.slice(start, at);
    addWord(words, special ? maskWord(word) : word);
  }
  return words;
}

/** Adds a word, by its neighbours: units belong to their number, names follow `user`, dates are numbers in words. */
function addWord(words: string[], word: string): void {
  const last = words.length - 1;
  const previous = words[last];
  if (previous !== undefined) {
    if (previous.endsWith(WILDCARD)) {
      const unit = UNIT.exec(word);
      if (unit !== null) {
        words[last] = previous + unit[2]!;
        dropRepeatedAmount(words);
        return;
      }
    }
    if ((previous === 'user' || previous === 'User') && NAME.test(word) && !NO_NAME.test(word)) {
      words.push(WILDCARD);
      return;
    }
    if (word === 'from' && words[last - 1] === 'for' && NAME.test(previous)) words[last] = WILDCARD;
  }
  words.push(word === '()' ? `(${WILDCARD})` : DATE_WORD.test(word) ? WILDCARD : word);
}

/** `1293 bytes (1.26 KB)` says the same twice. */
function dropRepeatedAmount(words: string[]): void {
  const last = words.at(-1)!;
  if (last.startsWith(`(${WILDCARD})`) && words.at(-2) === 'bytes') {
    words.pop();
    const rest = last.slice(WILDCARD.length + 2);
    if (rest !== '') words[words.length - 1] += rest;
  }
}

/** Masks one word that holds digits, slashes or dots. */
function maskWord(word: string): string {
  const slashes = word.split('/').length - 1;
  if ((slashes >= 2 || word.startsWith('/')) && !word.includes('=')) return maskPath(word);
  let masked = '';
  let lastWasWildcard = false;
  let at = 0;
  while (at < word.length) {
    const start = at;
    if (isSeparatorAt(word, at)) {
      while (at < word.length && isSeparatorAt(word, at)) at++;
      const gap = word.slice(start, at);
      masked += gap;
      continue;
    }
    let hasDigit = false;
    let hasMark = false;
    for (; at < word.length && !isSeparatorAt(word, at); at++) {
      const kind = kindAt(word, at);
      if (kind === DIGIT) hasDigit = true;
      else if (kind === MARK) hasMark = true;
    }
    const part = word.slice(start, at);
    const text = hasDigit || hasMark ? maskPart(part, hasDigit, word, at) : part;
    if (text !== WILDCARD) {
      masked += text;
      lastWasWildcard = false;
      continue;
    }
    masked = joinWildcard(masked, lastWasWildcard);
    lastWasWildcard = true;
  }
  return masked;
}

/** Adds a wildcard, unless only joining characters lie between it and the one before. */
function joinWildcard(masked: string, afterWildcard: boolean): string {
  let end = masked.length;
  // A comparison belongs to its number: `<1`, `>=5`, `~3`.
  while (end > 0 && '<>~'.includes(masked[end - 1]!) && !masked.endsWith(WILDCARD)) end--;
  const before =
    end === masked.length || end === 0 || !/\w/.test(masked[end - 1]!) ? masked.slice(0, end) : masked;
  if (!afterWildcard) return before + WILDCARD;
  const gap = before.slice(before.lastIndexOf(WILDCARD) + WILDCARD.length);
  for (const letter of gap) if (!JOINERS.includes(letter)) return before + WILDCARD;
  return before.slice(0, before.length - gap.length);
}

/** A dot separates where it is one of several: `enable......0x1f`. */
function isSeparatorAt(word: string, at: number): boolean {
  const kind = kindAt(word, at);
  if (kind === SEPARATOR) return true;
  return word[at] === '.' && (word[at + 1] === '.' || word[at - 1] === '.');
}

function maskPart(part: string, hasDigit: boolean, word: string, end: number): string {
  if (hasDigit) {
    const named = HEXADECIMAL.test(part) ? null : WORD_THEN_NUMBER.exec(part);
    return named === null ? WILDCARD : named[1]! + WILDCARD;
  }
  if (part.includes('\\')) return WILDCARD;
  // A name with dots before `:port`, or one that ends like a host.
  const hasPort = word[end] === ':' && kindAt(word, end + 1) === DIGIT;
  if (DOTTED_NAME.test(part) && (hasPort || HOST.test(part))) return WILDCARD;
  return part;
}

/** A path is one wildcard; punctuation around it stays. */
function maskPath(word: string): string {
  let end = word.length;
  while (end > 0 && ',;:)]}>"\'.!?'.includes(word[end - 1]!)) end--;
  let start = 0;
  while (start < end && '([{<"\''.includes(word[start]!)) start++;
  return word.slice(0, start) + WILDCARD + word.slice(end);
}

/** The message of a structured line: the `message`, `msg` or `event` of a JSON object; else the line itself. */
export function messageOf(line: string): string {
  if (line.charCodeAt(0) !== 123) return line;
  try {
    const record = JSON.parse(line) as Record<string, unknown>;
    for (const name of ['message', 'msg', 'event', 'error', 'errorMessage']) {
      const text = record[name];
      if (typeof text === 'string' && text !== '') return text;
    }
  } catch {
    // No JSON after all: the line is its own message.
  }
  return line;
}
