// What the OTLP receiver can be told; defaults are in one constant.

export interface ReceiverSettings {
  /** Largest request body as received, bytes. Lambda takes 6 MB, base64 included: 4.4 MiB. */
  readonly maxBodyBytes: number;
  /** Largest body after decompression, bytes. */
  readonly maxDecompressedBytes: number;
  /** Compressed bodies up to this many bytes travel inside the queue message, larger ones as an object. */
  readonly maxInlineBytes: number;
}

export const RECEIVER_DEFAULTS: ReceiverSettings = {
  maxBodyBytes: 4_600_000,
  maxDecompressedBytes: 20 * 1024 * 1024,
  maxInlineBytes: 760_000,
};
