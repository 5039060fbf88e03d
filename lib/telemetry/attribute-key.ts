// What an attribute key is to the views and the encoders: one shared object for the same bytes.

/** An attribute key. The same key is the same object while `generation` stays. */
export interface AttributeKey {
  /** Dense from 0 within a generation, for side tables; -1 for a key that is not kept. */
  readonly id: number;
  readonly text: string;
  readonly generation: number;
}

/** A key that is kept, with its bytes. */
export interface KeyBytes extends AttributeKey {
  readonly bytes: Uint8Array;
  /** Over the whole of `bytes`. */
  readonly data: DataView;
  /** True when all bytes are ASCII and none is 0: then equal doubles are equal bytes. */
  readonly isPlain: boolean;
}
