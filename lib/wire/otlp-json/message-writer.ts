// JSON objects and lists in, protobuf messages out: recursion over the tables of schema.ts.
import { ANY_VALUE_STRING, KEY_VALUE_KEY, KEY_VALUE_VALUE } from '../otlp-fields.ts';
import { MAX_VALUE_DEPTH } from '../value-depth.ts';
import { ScalarWriter } from './scalar-writer.ts';
import { CLOSE_LIST, CLOSE_OBJECT, COLON, OPEN_LIST, OPEN_OBJECT, QUOTE } from './scanner.ts';
import type { Field, MessageType } from './schema.ts';
import * as schema from './schema.ts';

const LETTER_N = 0x6e;

// How nearly all attributes are written, in words of four bytes; see `attribute`.
const word = (text: string): number => Buffer.from(text).readInt32LE(0);
const KEY_START = [word('{"ke'), word('y":"')] as const;
const VALUE_START = [word(',"va'), word('lue"'), word('":{"')] as const;
const TEXT_START = [word('stri'), word('ngVa'), word('lue"'), word('e":"')] as const;

export class MessageWriter extends ScalarWriter {
  /** Lists and maps around the value that is being read. */
  protected depth = 0;
  /** Lists and maps that were emptied because they lie too deep. */
  protected cutValues = 0;
  /** Keys in snake_case of which there is a field in lowerCamelCase. */
  protected readonly snakeCaseKeys = new Set<string>();
  /** The outermost key of another signal's request. */
  protected readonly otherSignals = new Set<string>();

  /** The members of an object; the position is at its opening brace. */
  protected message(type: MessageType): void {
    if (this.bytes[this.pos] !== OPEN_OBJECT) throw this.unexpected('an object');
    this.pos += 1;
    if (this.peek() === CLOSE_OBJECT) this.pos += 1;
    else this.members(type, undefined);
  }

  /** Members up to the closing brace; the position is at a key. @param previous field of the member before it */
  private members(type: MessageType, previous: Field | undefined): void {
    let before = previous;
    do {
      this.peek();
      const guess = before === undefined ? type.first : before.next;
      if (guess !== undefined && this.accept(guess.quoted)) before = guess;
      else {
        const field = this.find(type);
        if (field === undefined) {
          this.peek();
          this.skipValue();
          continue;
        }
        if (before === undefined) type.first = field;
        else before.next = field;
        before = field;
      }
      this.peek();
      this.member(before);
    } while (this.more(CLOSE_OBJECT));
  }

  /** The field of the key at the position, undefined for an unknown key; steps over key and colon. */
  private find(type: MessageType): Field | undefined {
    if (this.bytes[this.pos] !== QUOTE) throw this.unexpected('a key');
    const candidates = type.byFirstByte[this.bytes[this.pos + 1] as number];
    if (candidates !== undefined) for (const field of candidates) if (this.accept(field.quoted)) return field;
    // Unknown, or written in an unusual way: escapes, or white space before the colon.
    const key = this.stringText();
    this.expect(COLON);
    const field = type.fields.get(key);
    if (field === undefined) this.noteIgnored(type, key);
    return field;
  }

  /** Unknown keys are ignored as the protocol asks, but two mistakes would end in a silently empty request. */
  private noteIgnored(type: MessageType, key: string): void {
    if (key.includes('_')) {
      const camel = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      if (type.fields.has(camel)) this.snakeCaseKeys.add(key);
    } else if (schema.isRequestType(type) && schema.isRequestKey(key)) this.otherSignals.add(key);
  }

  private member(field: Field): void {
    const byte = this.bytes[this.pos];
    if (byte === LETTER_N) {
      this.literal('null');
      return;
    }
    if (!field.repeated) {
      this.single(field);
      return;
    }
    if (byte !== OPEN_LIST) throw this.unexpected('a list');
    this.pos += 1;
    if (this.peek() === CLOSE_LIST) this.pos += 1;
    else if (field.kind === schema.MESSAGE || field.kind === schema.STRING) this.list(field);
    else this.packed(field);
  }

  private list(field: Field): void {
    if (field.type === schema.keyValue) {
      do this.attribute(field);
      while (this.more(CLOSE_LIST));
      return;
    }
    do {
      this.item(field);
    } while (this.more(CLOSE_LIST));
  }

  private item(field: Field): void {
    if (this.peek() === LETTER_N && field.type !== undefined) {
      // Not proto3 JSON, but what a sender means is clear: an empty item.
      this.room();
      this.literal('null');
      this.varint(field.tag);
      this.varint(0);
    } else this.single(field);
  }

  /**
   * An attribute in the form in which nearly all of them come, `{"key":"…","value":{"stringValue":"…"}}` without
   * white space; where the text is any different, the general way goes on from there.
   */
  private attribute(field: Field): void {
    this.peek();
    const { data, pos, end } = this;
    if (
      pos + 8 > end ||
      data.getInt32(pos, true) !== KEY_START[0] ||
      data.getInt32(pos + 4, true) !== KEY_START[1]
    ) {
      this.item(field);
      return;
    }
    this.room();
    this.varint(field.tag);
    const start = this.at + 1;
    this.out[start] = KEY_VALUE_KEY;
    this.at = start + 1;
    this.pos = pos + 7;
    this.string();
    this.attributeValue();
    if (this.more(CLOSE_OBJECT)) this.members(schema.keyValue, undefined);
    this.lengthBefore(start, 1);
  }

  /** `,"value":{"stringValue":"…"}`; takes nothing of what does not start so, and the general way of other values. */
  private attributeValue(): void {
    const { data, pos, end } = this;
    if (
      pos + 11 > end ||
      data.getInt32(pos, true) !== VALUE_START[0] ||
      data.getInt32(pos + 4, true) !== VALUE_START[1] ||
      data.getInt32(pos + 7, true) !== VALUE_START[2]
    ) {
      return;
    }
    const open = pos + 9;
    if (
      open + 16 > end ||
      data.getInt32(open + 2, true) !== TEXT_START[0] ||
      data.getInt32(open + 6, true) !== TEXT_START[1] ||
      data.getInt32(open + 10, true) !== TEXT_START[2] ||
      data.getInt32(open + 12, true) !== TEXT_START[3]
    ) {
      this.pos = open;
      this.member(schema.attributeValue);
      return;
    }
    this.out[this.at] = KEY_VALUE_VALUE;
    const start = this.at + 2;
    this.out[start] = ANY_VALUE_STRING;
    this.at = start + 1;
    this.pos = open + 15;
    this.string();
    if (this.more(CLOSE_OBJECT)) this.members(schema.anyValue, undefined);
    this.lengthBefore(start, 1);
  }

  private packed(field: Field): void {
    this.room();
    this.varint(field.tag);
    const reserved = 2;
    const start = this.at + reserved;
    this.at = start;
    do {
      this.room();
      this.peek();
      this.scalar(field);
    } while (this.more(CLOSE_LIST));
    this.lengthBefore(start, reserved);
  }

  /** Tag and value; the position is at the value's first byte. */
  private single(field: Field): void {
    this.room();
    switch (field.kind) {
      case schema.MESSAGE:
        this.varint(field.tag);
        this.embedded(field.type as MessageType);
        return;
      case schema.STRING:
        this.varint(field.tag);
        this.string();
        return;
      case schema.ANY_INT:
        this.anyInteger();
        return;
      default:
        this.varint(field.tag);
        this.scalar(field);
    }
  }

  private embedded(type: MessageType): void {
    const reserved = type.lengthBytes;
    const start = this.at + reserved;
    this.at = start;
    if (!type.nests) this.message(type);
    else if (this.depth >= MAX_VALUE_DEPTH) {
      if (this.bytes[this.pos] !== OPEN_OBJECT) throw this.unexpected('an object');
      this.skipValue();
      this.cutValues += 1;
    } else {
      this.depth += 1;
      this.message(type);
      this.depth -= 1;
    }
    this.lengthBefore(start, reserved);
  }
}
