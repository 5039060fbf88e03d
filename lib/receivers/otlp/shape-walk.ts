// Steps through one message by its shape: every length is checked, nothing is read that is not needed for that.
import { MalformedError } from '../../model/errors.ts';
import type { WireCursor } from '../../wire/cursor.ts';
import { MAX_VALUE_DEPTH } from '../../wire/value-depth.ts';
import type { Shape } from './message-shapes.ts';

/**
 * Walks the message at the cursor up to `end`. Values nested deeper than MAX_VALUE_DEPTH are not looked at: nothing
 * behind the door reads them.
 * @throws MalformedError
 */
export function walkShape(cursor: WireCursor, shape: Shape, end: number): void {
  walkAt(cursor, shape, end, 0);
}

/** Steps over the field whose tag was just read, or into it when `inner` says what it holds. @throws MalformedError */
export function walkField(cursor: WireCursor, tag: number, inner: Shape | undefined, end: number): void {
  if (inner === undefined) cursor.skip(tag, end);
  else walkAt(cursor, inner, cursor.endOfField(end), 0);
}

function walkAt(cursor: WireCursor, shape: Shape, end: number, depth: number): void {
  switch (shape.kind) {
    case 'message':
      walkFields(cursor, shape.fields, end, depth);
      return;
    case 'list':
      if (depth < MAX_VALUE_DEPTH) walkFields(cursor, shape.fields, end, depth + 1);
      else cursor.pos = end;
      return;
    case 'packedFixed64':
      if ((end - cursor.pos) % 8 !== 0) {
        throw new MalformedError(`packed numbers of ${end - cursor.pos} bytes`, cursor.pos);
      }
      cursor.pos = end;
      return;
    case 'packedVarints':
      while (cursor.pos < end) cursor.varint64();
      cursor.endOf(end);
      return;
  }
}

function walkFields(
  cursor: WireCursor,
  fields: readonly (Shape | undefined)[],
  end: number,
  depth: number,
): void {
  while (cursor.pos < end) {
    const tag = cursor.tag();
    const inner = tag < fields.length ? fields[tag] : undefined;
    if (inner === undefined) cursor.skip(tag, end);
    else walkAt(cursor, inner, cursor.endOfField(end), depth);
  }
  cursor.endOf(end);
}
