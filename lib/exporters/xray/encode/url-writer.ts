// Writes the URL of a request: as the span has it, or put together from its parts.
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { JsonToken } from '../../../wire/json-token.ts';
import { FIRST_URL_SLOT, LAST_URL_SLOT, SLOT, type Slot } from './attribute-slots.ts';
import { isIpv6Address } from './ip-address.ts';
import type { SpanAttributes } from './span-attributes.ts';
import { boundedEnd } from './text-range.ts';

const SERVER_HOSTS = [
  SLOT.oldHost,
  SLOT.oldServerName,
  SLOT.oldHostName,
  SLOT.hostName,
  SLOT.serverAddress,
] as const;
const OTHER_HOSTS = [SLOT.oldHost, SLOT.oldPeerName, SLOT.oldPeerIp, SLOT.serverAddress] as const;

const QUESTION_MARK = 0x3f;
const COMMA = 0x2c;

/** A part that is not used is looked for in the URL, within these bounds. */
const MAX_URL_CHARS = 4_096;
const MAX_PART_CHARS = 256;

export class UrlWriter {
  private readonly json: JsonBuffer;
  private readonly attributes: SpanAttributes;
  private readonly key: JsonToken;
  private used = 0;
  private schemeSlot: Slot = SLOT.none;
  private hostSlot: Slot = SLOT.none;
  private isIpv6 = false;
  private port = '';

  constructor(json: JsonBuffer, attributes: SpanAttributes) {
    this.json = json;
    this.attributes = attributes;
    this.key = new JsonToken(json.token('"url":"'));
  }

  /** Writes `"url":"…",`, or nothing when the span knows no host. Marks the attributes that the URL shows. */
  write(isServer: boolean): void {
    const { attributes, json } = this;
    if (attributes.urlParts === 0) return;
    const full = attributes.later(SLOT.oldUrl, SLOT.urlFull);
    if (full !== SLOT.none) {
      attributes.string(full);
      const { start, end } = attributes;
      this.key.write(json);
      this.text(start, end);
      json.quoteMark();
      json.byte(COMMA);
      attributes.show(full);
      if (attributes.urlParts > 1) this.showInFull(start, end);
      return;
    }
    this.hostSlot = this.firstString(isServer ? SERVER_HOSTS : OTHER_HOSTS);
    if (this.hostSlot !== SLOT.none) this.writeParts(isServer);
  }

  private writeParts(isServer: boolean): void {
    const { attributes, json } = this;
    this.used = 0;
    this.key.write(json);
    this.schemeSlot = attributes.later(SLOT.oldScheme, SLOT.urlScheme);
    if (this.schemeSlot === SLOT.none) json.ascii('http');
    else this.use(this.schemeSlot);
    json.ascii('://');
    attributes.string(this.hostSlot);
    this.isIpv6 = isIpv6Address(attributes.cursor.bytes, attributes.start, attributes.end);
    if (this.isIpv6) json.byte(0x5b);
    this.use(this.hostSlot);
    if (this.isIpv6) json.byte(0x5d);
    this.port = '';
    if (this.hostSlot !== SLOT.oldHost) this.writePort(isServer);
    this.pathAndQuery();
    json.quoteMark();
    json.byte(COMMA);
    if (this.used < attributes.urlParts) this.showInText(this.assembled());
  }

  /** Writes the port unless it is the scheme's own. */
  private writePort(isServer: boolean): void {
    const { attributes, json } = this;
    const old = isServer ? SLOT.oldHostPort : SLOT.oldPeerPort;
    let slot: Slot = old;
    let port = attributes.has(old) ? this.portText(old) : undefined;
    if (port === undefined && attributes.has(SLOT.serverPort)) {
      slot = SLOT.serverPort;
      port = this.portText(slot);
    }
    if (port === undefined) return;
    attributes.show(slot);
    this.used++;
    if (this.isDefaultPort(port)) return;
    this.port = port;
    json.byte(0x3a);
    if (/^\d+$/.test(port)) json.ascii(port);
    else json.escapedText(port);
  }

  private isDefaultPort(port: string): boolean {
    const { attributes, schemeSlot } = this;
    if (port === '80') return schemeSlot === SLOT.none || attributes.equals(schemeSlot, 'http');
    return port === '443' && schemeSlot !== SLOT.none && attributes.equals(schemeSlot, 'https');
  }

  private portText(slot: Slot): string | undefined {
    const { attributes } = this;
    const text = attributes.text(slot);
    return text === undefined ? attributes.wholeText(slot) : text.slice(0, MAX_PART_CHARS);
  }

  private pathAndQuery(): void {
    const { attributes, json } = this;
    if (attributes.has(SLOT.oldTarget) && attributes.anyString(SLOT.oldTarget)) {
      this.use(SLOT.oldTarget);
      return;
    }
    if (attributes.has(SLOT.urlPath) && attributes.anyString(SLOT.urlPath)) this.use(SLOT.urlPath);
    else json.byte(0x2f);
    if (!attributes.has(SLOT.urlQuery) || !attributes.anyString(SLOT.urlQuery)) return;
    if (attributes.cursor.bytes[attributes.start] !== QUESTION_MARK || attributes.start === attributes.end) {
      json.byte(QUESTION_MARK);
    }
    this.use(SLOT.urlQuery);
  }

  /** Writes a part and notes that it can be seen. */
  private use(slot: Slot): void {
    const { attributes } = this;
    attributes.anyString(slot);
    this.text(attributes.start, attributes.end);
    attributes.show(slot);
    this.used++;
  }

  private text(start: number, end: number): void {
    const { bytes, data } = this.attributes.cursor;
    this.json.escaped(bytes, data, start, boundedEnd(bytes, start, end));
  }

  private firstString(slots: readonly Slot[]): Slot {
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as Slot;
      if (this.attributes.string(slot)) return slot;
    }
    return SLOT.none;
  }

  /** Beside a whole URL nearly always stand `server.address` and `server.port` of the same server. */
  private showInFull(start: number, end: number): void {
    const { attributes } = this;
    const { bytes } = attributes.cursor;
    let left = attributes.urlParts - 1;
    const authority = endOfScheme(bytes, start, end);
    if (authority > 0 && end - start <= MAX_URL_CHARS && attributes.string(SLOT.serverAddress)) {
      const length = attributes.end - attributes.start;
      const hostEnd = authority + length;
      if (
        length <= MAX_PART_CHARS &&
        hostEnd <= end &&
        attributes.sameBytes(attributes.start, attributes.end, authority, hostEnd)
      ) {
        attributes.show(SLOT.serverAddress);
        left--;
        if (attributes.has(SLOT.serverPort) && this.portFollows(start, authority, hostEnd, end)) {
          attributes.show(SLOT.serverPort);
          left--;
        }
      }
    }
    if (left > 0) this.showInText(attributes.cursor.text(start, boundedEnd(bytes, start, end)));
  }

  /** True when behind the host stands `server.port`, or nothing and it is the scheme's own port. */
  private portFollows(start: number, authority: number, hostEnd: number, end: number): boolean {
    const { attributes } = this;
    const { bytes } = attributes.cursor;
    const port = attributes.wholeNumber(SLOT.serverPort);
    if (Number.isNaN(port)) return false;
    let at = hostEnd;
    if (bytes[at] !== 0x3a || at >= end) {
      const isEnd = at === end || bytes[at] === 0x2f || bytes[at] === QUESTION_MARK || bytes[at] === 0x23;
      const scheme = port === 443 ? 'https' : port === 80 ? 'http' : undefined;
      return isEnd && scheme !== undefined && attributes.cursor.equals(start, authority - 3, scheme);
    }
    let number = 0;
    for (at++; at < end; at++) {
      const digit = (bytes[at] as number) - 48;
      if (digit < 0 || digit > 9) break;
      number = number * 10 + digit;
    }
    return number === port;
  }

  /** The rare way: looks at each part that is not marked yet. */
  private showInText(url: string): void {
    const { attributes } = this;
    for (let slot = FIRST_URL_SLOT as Slot; slot <= LAST_URL_SLOT; slot++) {
      const place = attributes.place(slot as Slot);
      if (place >= 0 && attributes.shown[place] === 0 && this.isPartOf(url, slot as Slot))
        attributes.show(slot as Slot);
    }
  }

  private isPartOf(url: string, slot: Slot): boolean {
    if (url.length > MAX_URL_CHARS) return false;
    if (slot === SLOT.oldHostPort || slot === SLOT.serverPort || slot === SLOT.oldPeerPort) {
      const port = this.portText(slot);
      return port !== undefined && port === effectivePort(url);
    }
    if (!this.attributes.anyString(slot)) return false;
    const part = this.attributes.cursor.text(this.attributes.start, this.attributes.end);
    if (part.length > MAX_PART_CHARS) return false;
    if (slot === SLOT.oldScheme || slot === SLOT.urlScheme) return url.startsWith(`${part}://`);
    return url.includes(part);
  }

  /** The URL that was written, as a string. */
  private assembled(): string {
    const { attributes } = this;
    const part = (slot: Slot) =>
      attributes.anyString(slot) ? attributes.cursor.text(attributes.start, attributes.end) : '';
    const scheme = this.schemeSlot === SLOT.none ? 'http' : part(this.schemeSlot);
    const host = this.isIpv6 ? `[${part(this.hostSlot)}]` : part(this.hostSlot);
    const start = `${scheme}://${host}${this.port === '' ? '' : `:${this.port}`}`;
    if (attributes.anyString(SLOT.oldTarget)) return start + part(SLOT.oldTarget);
    const path = attributes.anyString(SLOT.urlPath) ? part(SLOT.urlPath) : '/';
    if (!attributes.anyString(SLOT.urlQuery)) return start + path;
    const query = part(SLOT.urlQuery);
    return `${start}${path}${query.startsWith('?') ? '' : '?'}${query}`;
  }
}

/** Where the authority starts: behind `://`; 0 when there is none near the start. */
function endOfScheme(bytes: Buffer, start: number, end: number): number {
  const limit = Math.min(end - 2, start + 16);
  for (let i = start + 1; i < limit; i++) {
    if (bytes[i] === 0x3a && bytes[i + 1] === 0x2f && bytes[i + 2] === 0x2f) return i + 3;
  }
  return 0;
}

/** The port in a URL, or the one of its scheme. */
function effectivePort(url: string): string | undefined {
  const found = /^([^:/?#]*):\/\/[^/?#]*?(?::(\d+))?(?:[/?#]|$)/.exec(url);
  return found?.[2] ?? { http: '80', https: '443' }[found?.[1] ?? ''];
}
