// Writes the `sql` block, from the old names or the current ones.
import type { SpanView } from '../../../telemetry/span-view.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { type JsonToken, type JsonTokens, jsonTokens } from '../../../wire/json-token.ts';
import { SLOT, type Slot } from './attribute-slots.ts';
import { dropComma } from './http-writer.ts';
import type { SpanAttributes } from './span-attributes.ts';
import { isSqlSystem } from './sql-systems.ts';
import { boundedEnd } from './text-range.ts';

const COMMA = 0x2c;
const MAX_SYSTEM_BYTES = 64;

const SYNTAX = {
  open: ',"sql":{"connection_string":"',
  url: '"url":"',
  query: '"sanitized_query":"',
  type: '"database_type":"',
  user: '"user":"',
};

export class SqlWriter {
  private readonly json: JsonBuffer;
  private readonly attributes: SpanAttributes;
  private readonly tokens: JsonTokens<typeof SYNTAX>;
  private lastSystem = '';
  private lastIsSql = false;

  constructor(json: JsonBuffer, attributes: SpanAttributes) {
    this.json = json;
    this.attributes = attributes;
    this.tokens = jsonTokens(json, SYNTAX);
  }

  /** Writes the block when the span is a call to an SQL database, and marks what it shows. */
  write(span: SpanView): void {
    const { attributes, json, tokens } = this;
    const isOld = this.isSql(SLOT.dbOldSystem);
    if (!isOld && !this.isSql(SLOT.dbSystemName)) return;
    const name = attributes.string(SLOT.dbOldName) ? SLOT.dbOldName : SLOT.dbNamespace;
    const query = attributes.string(SLOT.dbOldStatement) ? SLOT.dbOldStatement : SLOT.dbQueryText;
    tokens.open.write(json);
    if (attributes.string(SLOT.dbOldConnectionString)) this.text();
    else if (isOld) json.ascii('localhost');
    else this.server();
    json.byte(0x2f);
    if (attributes.string(name)) this.text();
    this.endText();
    // Not the address of the database, whatever the documentation says: the console shows it as the call's title.
    tokens.url.write(json);
    const { bytes, data } = span.cursor;
    json.escaped(bytes, data, span.nameStart, boundedEnd(bytes, span.nameStart, span.nameEnd));
    this.endText();
    this.field(tokens.query, query);
    this.field(tokens.type, isOld ? SLOT.dbOldSystem : SLOT.dbSystemName);
    this.field(tokens.user, SLOT.dbOldUser);
    dropComma(json);
    json.byte(0x7d);
    for (const slot of [name, SLOT.dbOldConnectionString] as const)
      if (attributes.anyString(slot)) attributes.show(slot);
  }

  private isSql(slot: Slot): boolean {
    const { attributes } = this;
    if (!attributes.string(slot) || attributes.end - attributes.start > MAX_SYSTEM_BYTES) return false;
    const { start, end, cursor } = attributes;
    // A service talks to one database or two: the answer for the last system mostly is the answer again.
    if (!cursor.equals(start, end, this.lastSystem)) {
      this.lastSystem = cursor.text(start, end);
      this.lastIsSql = isSqlSystem(this.lastSystem);
    }
    return this.lastIsSql;
  }

  /** `server.address`, with `server.port` where the span has it. */
  private server(): void {
    const { attributes, json } = this;
    if (!attributes.string(SLOT.serverAddress)) {
      json.ascii('localhost');
      return;
    }
    this.text();
    if (attributes.string(SLOT.serverPort)) {
      json.byte(0x3a);
      this.text();
      return;
    }
    const port = attributes.wholeText(SLOT.serverPort);
    if (port === undefined) return;
    json.byte(0x3a);
    json.ascii(port);
  }

  private field(token: JsonToken, slot: Slot): void {
    const { attributes, json } = this;
    if (!attributes.anyString(slot)) return;
    attributes.show(slot);
    if (attributes.end === attributes.start) return;
    token.write(json);
    this.text();
    this.endText();
  }

  /** The text that the attributes found last. */
  private text(): void {
    const { start, end, cursor } = this.attributes;
    this.json.escaped(cursor.bytes, cursor.data, start, boundedEnd(cursor.bytes, start, end));
  }

  private endText(): void {
    this.json.quoteMark();
    this.json.byte(COMMA);
  }
}
