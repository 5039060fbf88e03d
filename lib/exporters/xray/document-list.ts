// Holds the documents of a batch in one buffer, already laid out as the bodies of PutTraceSegments calls.
import { JsonBuffer } from '../../wire/json-buffer.ts';
import { MAX_DOCUMENTS_PER_CALL } from './limits.ts';

const PREFIX = Buffer.from('{"TraceSegmentDocuments":["');
const BETWEEN = Buffer.from('","');
const SUFFIX = Buffer.from('"]}');

const INITIAL_CAPACITY = 1_024;

/** Documents start with `{"trace_id":"1-8 digits-24 digits","id":"`, escaped; then the id. */
const ID_OFFSET = '{\\"trace_id\\":\\"1-01234567-012345678901234567890123\\",\\"id\\":\\"'.length;
const ID_DIGITS = 16;

/** A place to which the list can be cut back. */
export interface ListMark {
  readonly count: number;
  readonly length: number;
}

export class DocumentList {
  /** Where the encoder writes. */
  readonly json = new JsonBuffer('twice');
  count = 0;
  private starts = new Int32Array(INITIAL_CAPACITY);
  private ends = new Int32Array(INITIAL_CAPACITY);

  /** Bytes of all bodies so far. */
  get bytes(): number {
    return this.json.length;
  }

  /** Writes what stands before a document. */
  open(): void {
    this.json.raw(this.count % MAX_DOCUMENTS_PER_CALL === 0 ? PREFIX : BETWEEN);
  }

  /** Takes the document that was written from `start` on. */
  close(start: number): void {
    if (this.count === this.starts.length) this.grow();
    this.starts[this.count] = start;
    this.ends[this.count] = this.json.length;
    this.count++;
    if (this.count % MAX_DOCUMENTS_PER_CALL === 0) this.json.raw(SUFFIX);
  }

  mark(): ListMark {
    return { count: this.count, length: this.json.length };
  }

  /** Forgets everything behind a mark. */
  cutBack(mark: ListMark): void {
    this.count = mark.count;
    this.json.length = mark.length;
  }

  /**
   * The body for documents `first` to `end`: a view of the buffer where they are one of its bodies, else a copy.
   * @param documents numbers of 1 to 50 documents, ascending
   */
  body(documents: readonly number[]): Buffer {
    const first = documents[0] as number;
    const last = documents.at(-1) as number;
    const isWhole =
      first % MAX_DOCUMENTS_PER_CALL === 0 &&
      last - first + 1 === documents.length &&
      (documents.length === MAX_DOCUMENTS_PER_CALL || last === this.count - 1);
    if (isWhole) {
      const start = (this.starts[first] as number) - PREFIX.length;
      const end = this.ends[last] as number;
      // The last body is closed when it is asked for; nothing is written behind it any more.
      if (this.json.length === end) this.json.raw(SUFFIX);
      return this.json.slice(start, end + SUFFIX.length);
    }
    const parts: Uint8Array[] = [PREFIX];
    documents.forEach((document, i) => {
      if (i > 0) parts.push(BETWEEN);
      parts.push(this.json.slice(this.starts[document] as number, this.ends[document] as number));
    });
    return Buffer.concat([...parts, SUFFIX]);
  }

  /** Segment id of a document. */
  id(document: number): string {
    const at = (this.starts[document] as number) + ID_OFFSET;
    return this.json.bytes.toString('latin1', at, at + ID_DIGITS);
  }

  clear(): void {
    this.count = 0;
    this.json.clear();
  }

  private grow(): void {
    const starts = new Int32Array(this.starts.length * 2);
    const ends = new Int32Array(this.ends.length * 2);
    starts.set(this.starts);
    ends.set(this.ends);
    this.starts = starts;
    this.ends = ends;
  }
}
