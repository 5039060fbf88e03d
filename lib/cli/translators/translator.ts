// What `tidewatch translate` asks of each destination: an OTLP request in, what would be sent out.
import type { Signal } from '../../model/signal.ts';

export interface TranslateOptions {
  /** Every attribute an annotation (X-Ray only). */
  readonly indexAll: boolean;
}

export interface Translation {
  /** One JSON text for each document, datum or event: text, because 64-bit numbers must keep their digits. */
  readonly items: readonly string[];
  /** What the user should know; sentences. */
  readonly warnings: readonly string[];
}

export interface Translator {
  readonly signal: Signal;
  /** @param otlp an Export…ServiceRequest @throws MalformedError */
  translate(otlp: Buffer, options: TranslateOptions): Translation | Promise<Translation>;
}
