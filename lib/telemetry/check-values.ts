// Walks attribute values to the bottom without writing anything: what the door does so that exporters meet no broken bytes.
import { MalformedError } from '../model/errors.ts';
import type { WireCursor } from '../wire/cursor.ts';
import { KEY_VALUE_VALUE, LIST_VALUES } from '../wire/otlp-fields.ts';
import { AnyValueView, MAX_VALUE_DEPTH, VALUE } from './any-value.ts';
import type { AttributeList } from './attribute-list.ts';

const value = new AnyValueView();

/** Checks every value of a list. Moves the cursor. @throws MalformedError */
export function checkAttributes(cursor: WireCursor, list: AttributeList): void {
  for (let i = 0; i < list.count; i++) checkValue(cursor, list.starts[i] as number, list.ends[i] as number);
}

/**
 * Checks one AnyValue and what it holds. What lies deeper than MAX_VALUE_DEPTH is not looked at: nothing reads it.
 * @throws MalformedError
 */
export function checkValue(cursor: WireCursor, start: number, end: number): void {
  checkAt(cursor, start, end, 0);
}

function checkAt(cursor: WireCursor, start: number, end: number, depth: number): void {
  value.read(cursor, start, end);
  const kind = value.kind;
  if ((kind !== VALUE.array && kind !== VALUE.map) || depth >= MAX_VALUE_DEPTH) return;
  const listEnd = value.end;
  cursor.pos = value.start;
  while (cursor.pos < listEnd) {
    const tag = cursor.tag();
    if (tag !== LIST_VALUES) {
      cursor.skip(tag, listEnd);
      continue;
    }
    const memberEnd = cursor.endOfField(listEnd);
    if (kind === VALUE.array) checkAt(cursor, cursor.pos, memberEnd, depth + 1);
    else checkMember(cursor, memberEnd, depth + 1);
    cursor.pos = memberEnd;
  }
  cursor.endOf(listEnd);
}

/** A KeyValue of a map: its value, the last one if it names several. */
function checkMember(cursor: WireCursor, end: number, depth: number): void {
  while (cursor.pos < end) {
    const tag = cursor.tag();
    if (tag === KEY_VALUE_VALUE) {
      const valueEnd = cursor.endOfField(end);
      checkAt(cursor, cursor.pos, valueEnd, depth);
      cursor.pos = valueEnd;
    } else cursor.skip(tag, end);
  }
  if (cursor.pos !== end) throw new MalformedError('map entry runs past its end', end);
}
