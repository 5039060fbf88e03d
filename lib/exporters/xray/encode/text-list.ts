// Reads the texts of an OTLP list; for the few attributes that are lists of names.
import { AnyValueView, VALUE } from '../../../telemetry/any-value.ts';
import type { WireCursor } from '../../../wire/cursor.ts';
import { LIST_VALUES } from '../../../wire/otlp-fields.ts';

const member = new AnyValueView();

/**
 * @param start @param end the ArrayValue message @param max how many are read at most
 * @returns one text for each member; empty for what is no string. Moves the cursor.
 */
export function textList(cursor: WireCursor, start: number, end: number, max: number): string[] {
  const texts: string[] = [];
  cursor.pos = start;
  while (cursor.pos < end && texts.length < max) {
    const tag = cursor.tag();
    if (tag !== LIST_VALUES) {
      cursor.skip(tag, end);
      continue;
    }
    const memberEnd = cursor.endOfField(end);
    member.read(cursor, cursor.pos, memberEnd);
    texts.push(member.kind === VALUE.string ? cursor.text(member.start, member.end) : '');
    cursor.pos = memberEnd;
  }
  return texts;
}
