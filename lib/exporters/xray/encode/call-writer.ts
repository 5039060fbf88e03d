// Writes the `aws` block: what the span says of a call to AWS, then what the resource says of the caller.
import { VALUE } from '../../../telemetry/any-value.ts';
import type { JsonBuffer } from '../../../wire/json-buffer.ts';
import { type JsonToken, type JsonTokens, jsonTokens } from '../../../wire/json-token.ts';
import { ANY_VALUE_STRING, LIST_VALUES } from '../../../wire/otlp-fields.ts';
import { SLOT, type Slot } from './attribute-slots.ts';
import { dropComma } from './http-writer.ts';
import type { ResourceText } from './resource-text.ts';
import type { SpanAttributes } from './span-attributes.ts';
import { textList } from './text-list.ts';
import { boundedEnd } from './text-range.ts';

const COMMA = 0x2c;

/** Table names written of one call: BatchGetItem and TransactWriteItems take 100 items. */
const MAX_TABLES = 100;

const SYNTAX = {
  open: ',"aws":{',
  account: '"account_id":"',
  operation: '"operation":"',
  region: '"region":"',
  requestId: '"request_id":"',
  queueUrl: '"queue_url":"',
  tableName: '"table_name":"',
  tableNames: '"table_names":[',
};

export class CallWriter {
  private readonly json: JsonBuffer;
  private readonly attributes: SpanAttributes;
  private readonly tokens: JsonTokens<typeof SYNTAX>;

  constructor(json: JsonBuffer, attributes: SpanAttributes) {
    this.json = json;
    this.attributes = attributes;
    this.tokens = jsonTokens(json, SYNTAX);
  }

  /** @param isService true for the service segment of a split span: what the call tells is not told twice */
  write(resource: ResourceText, isService: boolean): void {
    const { json } = this;
    this.tokens.open.write(json);
    const from = json.length;
    if (this.attributes.isCall && resource.isAws) this.call(resource);
    else resource.accountId.write(json);
    if (isService) json.length = from;
    resource.aws.write(json);
    json.byte(0x7d);
  }

  private call(resource: ResourceText): void {
    const { attributes, json, tokens } = this;
    if (attributes.has(SLOT.awsAccountId) && this.isPlain(SLOT.awsAccountId))
      this.field(tokens.account, SLOT.awsAccountId);
    else resource.accountId.write(json);
    const operation = attributes.string(SLOT.awsOperation) ? SLOT.awsOperation : SLOT.rpcMethod;
    this.field(tokens.operation, operation, SLOT.awsOperation, SLOT.rpcMethod);
    this.field(tokens.region, SLOT.awsRegion);
    const requestId = attributes.later(SLOT.awsRequestId, SLOT.awsRequestIdCamel);
    this.field(tokens.requestId, requestId, SLOT.awsRequestId, SLOT.awsRequestIdCamel);
    const isMessaging = attributes.string(SLOT.messagingUrl);
    const queue = isMessaging
      ? SLOT.messagingUrl
      : attributes.later(SLOT.awsQueueUrl, SLOT.awsQueueUrlDotted);
    this.field(tokens.queueUrl, queue, SLOT.awsQueueUrl, SLOT.awsQueueUrlDotted);
    if (attributes.has(SLOT.awsTableNames) && this.tables()) return;
    const table = attributes.later(SLOT.awsTableName, SLOT.awsTableNameDotted);
    this.field(tokens.tableName, table, SLOT.awsTableName, SLOT.awsTableNameDotted);
  }

  /** Writes the text of `slot` if it has one; marks those of the other slots that say the same. */
  private field(token: JsonToken, slot: Slot, first: Slot = slot, second: Slot = slot): void {
    const { attributes } = this;
    if (!attributes.string(slot)) return;
    const { start, end } = attributes;
    this.text(token, start, end);
    this.showIfSame(first, start, end);
    if (second !== first) this.showIfSame(second, start, end);
  }

  private text(token: JsonToken, start: number, end: number): void {
    const { json } = this;
    const { bytes, data } = this.attributes.cursor;
    token.write(json);
    json.escaped(bytes, data, start, boundedEnd(bytes, start, end));
    json.quoteMark();
    json.byte(COMMA);
  }

  private showIfSame(slot: Slot, start: number, end: number): void {
    const { attributes } = this;
    if (attributes.string(slot) && attributes.sameBytes(attributes.start, attributes.end, start, end))
      attributes.show(slot);
  }

  private isPlain(slot: Slot): boolean {
    this.attributes.read(slot);
    const { kind } = this.attributes.value;
    return kind === VALUE.string || kind === VALUE.int || kind === VALUE.bool || kind === VALUE.double;
  }

  /** `aws.dynamodb.table_names`: one name, or several. @returns false when it names none */
  private tables(): boolean {
    const { attributes, json, tokens } = this;
    if (attributes.string(SLOT.awsTableNames)) return this.onlyTable(attributes.start, attributes.end);
    attributes.read(SLOT.awsTableNames);
    const { cursor, value } = attributes;
    if (value.kind !== VALUE.array) return false;
    const { start, end } = value;
    if (isOneText(cursor.bytes, start, end)) return this.onlyTable(start + 4, end);
    const names = textList(cursor, start, end, MAX_TABLES);
    if (names.length < 2) return false;
    tokens.tableNames.write(json);
    for (const name of names) {
      json.string(name);
      json.byte(COMMA);
    }
    dropComma(json);
    json.byte(0x5d);
    json.byte(COMMA);
    return true;
  }

  private onlyTable(start: number, end: number): boolean {
    this.text(this.tokens.tableName, start, end);
    this.showIfSame(SLOT.awsTableName, start, end);
    this.showIfSame(SLOT.awsTableNameDotted, start, end);
    return true;
  }
}

/** True for a list of one text of 1 to 127 bytes, which then starts at `start + 4`. */
function isOneText(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start - 4;
  return (
    length > 0 &&
    length < 128 &&
    bytes[start] === LIST_VALUES &&
    bytes[start + 1] === length + 2 &&
    bytes[start + 2] === ANY_VALUE_STRING &&
    bytes[start + 3] === length
  );
}
