// Writes the `http` block and finds out which attributes can be seen in it.

import { VALUE } from '../../../telemetry/any-value.ts';
import { SPAN_KINDS } from '../../../telemetry/span-view.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { type JsonToken, type JsonTokens, jsonTokens } from '../../../wire/json-token.ts';
import { SLOT, type Slot } from './attribute-slots.ts';
import { isIpAddress } from './ip-address.ts';
import { NOT_WHOLE, type SpanAttributes } from './span-attributes.ts';
import { boundedEnd } from './text-range.ts';
import { UrlWriter } from './url-writer.ts';

const COMMA = 0x2c;

const SYNTAX = {
  open: ',"http":{"request":{',
  method: '"method":"',
  userAgent: '"user_agent":"',
  clientIp: '"client_ip":"',
  forwarded: '"x_forwarded_for":true,',
  response: '},"response":{',
  status: '"status":',
  length: '"content_length":',
  close: '}}',
};

export class HttpWriter {
  private readonly json: JsonBuffer;
  private readonly attributes: SpanAttributes;
  private readonly url: UrlWriter;
  private readonly tokens: JsonTokens<typeof SYNTAX>;

  constructor(json: JsonBuffer, attributes: SpanAttributes) {
    this.json = json;
    this.attributes = attributes;
    this.url = new UrlWriter(json, attributes);
    this.tokens = jsonTokens(json, SYNTAX);
  }

  /** The status that decides about fault and error: the old name first, as in the collector. @returns NaN for none */
  statusForFlags(): number {
    const { attributes } = this;
    return attributes.wholeNumber(attributes.has(SLOT.oldStatusCode) ? SLOT.oldStatusCode : SLOT.statusCode);
  }

  /** @param receivedLo @param receivedHi size of the message that the span or an event says was received, 0 for none */
  write(kind: number, receivedLo: number, receivedHi: number): void {
    const { json, tokens } = this;
    tokens.open.write(json);
    this.text(tokens.method, SLOT.oldMethod, SLOT.method);
    this.url.write(kind === SPAN_KINDS.server);
    this.text(tokens.userAgent, SLOT.oldUserAgent, SLOT.userAgent);
    this.clientIp();
    dropComma(json);
    tokens.response.write(json);
    this.status();
    this.contentLength(receivedLo, receivedHi);
    dropComma(json);
    tokens.close.write(json);
  }

  /** A text that has an old and a current name: the one that comes later. */
  private text(token: JsonToken, oldSlot: Slot, slot: Slot): void {
    const { attributes } = this;
    const chosen = attributes.later(oldSlot, slot);
    if (chosen === SLOT.none) return;
    attributes.string(chosen);
    const { start, end } = attributes;
    this.quoted(token, start, end);
    attributes.show(chosen);
    this.showIfSame(chosen === slot ? oldSlot : slot, start, end);
  }

  private quoted(token: JsonToken, start: number, end: number): void {
    const { json } = this;
    const { bytes, data } = this.attributes.cursor;
    token.write(json);
    json.escaped(bytes, data, start, boundedEnd(bytes, start, end));
    json.quoteMark();
    json.byte(COMMA);
  }

  private showIfSame(slot: Slot, start: number, end: number): void {
    const { attributes } = this;
    if (!attributes.has(slot)) return;
    if (attributes.string(slot) && attributes.sameBytes(attributes.start, attributes.end, start, end))
      attributes.show(slot);
  }

  private clientIp(): void {
    const { attributes, json, tokens } = this;
    const hasClient = this.isIp(SLOT.clientAddress);
    const hasPeer = this.isIp(SLOT.peerAddress);
    const hasOldClient = attributes.has(SLOT.oldClientIp) && attributes.string(SLOT.oldClientIp);
    const hasOldPeer = attributes.has(SLOT.oldPeerIp) && attributes.string(SLOT.oldPeerIp);
    // What names the client counts, the later one; else the peer, the earlier one.
    let chosen: Slot = SLOT.none;
    if (hasClient || hasOldClient) {
      const isNew =
        hasClient &&
        (!hasOldClient || attributes.place(SLOT.clientAddress) > attributes.place(SLOT.oldClientIp));
      chosen = isNew ? SLOT.clientAddress : SLOT.oldClientIp;
    } else if (hasPeer || hasOldPeer) {
      const isNew =
        hasPeer && (!hasOldPeer || attributes.place(SLOT.peerAddress) < attributes.place(SLOT.oldPeerIp));
      chosen = isNew ? SLOT.peerAddress : SLOT.oldPeerIp;
    }
    if (chosen === SLOT.none) return;
    attributes.string(chosen);
    const { start, end } = attributes;
    this.quoted(tokens.clientIp, start, end);
    if (!hasPeer && !attributes.has(SLOT.oldPeerIp)) tokens.forwarded.write(json);
    attributes.show(chosen);
    this.showIfSame(SLOT.oldClientIp, start, end);
    this.showIfSame(SLOT.clientAddress, start, end);
    this.showIfSame(SLOT.oldPeerIp, start, end);
    this.showIfSame(SLOT.peerAddress, start, end);
  }

  private isIp(slot: Slot): boolean {
    const { attributes } = this;
    return attributes.string(slot) && isIpAddress(attributes.cursor.bytes, attributes.start, attributes.end);
  }

  private status(): void {
    const { attributes, json } = this;
    const old = attributes.has(SLOT.oldStatusCode) ? attributes.wholeNumber(SLOT.oldStatusCode) : NOT_WHOLE;
    const current = attributes.has(SLOT.statusCode) ? attributes.wholeNumber(SLOT.statusCode) : NOT_WHOLE;
    if (Number.isNaN(old) && Number.isNaN(current)) return;
    const isOld =
      Number.isNaN(current) ||
      (!Number.isNaN(old) && attributes.place(SLOT.oldStatusCode) > attributes.place(SLOT.statusCode));
    this.tokens.status.write(json);
    this.number(isOld ? SLOT.oldStatusCode : SLOT.statusCode);
    json.byte(COMMA);
    if (isOld || old === current) attributes.show(SLOT.oldStatusCode);
    if (!isOld || old === current) attributes.show(SLOT.statusCode);
  }

  private contentLength(receivedLo: number, receivedHi: number): void {
    const { attributes, json } = this;
    const isReceived = (receivedLo | receivedHi) !== 0;
    if (!isReceived) {
      const size = attributes.has(SLOT.responseBodySize) ? attributes.wholeNumber(SLOT.responseBodySize) : 0;
      if (Number.isNaN(size) || size === 0) return;
    }
    this.tokens.length.write(json);
    if (isReceived) json.int64(receivedLo, receivedHi);
    else this.number(SLOT.responseBodySize);
    json.byte(COMMA);
  }

  /** A whole number with all its digits. */
  private number(slot: Slot): void {
    const { attributes, json } = this;
    const number = attributes.wholeNumber(slot);
    if (attributes.value.kind === VALUE.int) json.int64(attributes.value.lo, attributes.value.hi);
    else json.integer(number);
  }
}

/** Takes back the comma behind the last field of an object. */
export function dropComma(json: JsonBuffer): void {
  if (json.bytes[json.length - 1] === COMMA) json.length--;
}
