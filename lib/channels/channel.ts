// What a channel is: it reads its fields, writes its message (pure), sends it, and says what the answer means.
import type { NotificationContent, NotificationContext, NotificationResult } from '../model/notification.ts';
import type { FieldReader } from './field-reader.ts';
import type { Words } from './message/words.ts';
import type { ChannelPorts, HttpAnswer, HttpRequest } from './ports.ts';

/** `denied`: a secret was not taken; it is read again once, in case it has been changed. */
export type ChannelResult = NotificationResult | { readonly kind: 'denied'; readonly reason: string };

/** What a message is written from. */
export interface Message {
  readonly fields: FieldReader;
  readonly words: Words;
  readonly content: NotificationContent;
  readonly context: NotificationContext;
}

export interface ChannelInput extends Message {
  readonly ports: ChannelPorts;
  /** Sends with the headers and within the time that `http_config` and `timeout` say. */
  readonly http: (request: Omit<HttpRequest, 'timeoutMs'>) => Promise<HttpAnswer>;
}

export interface Channel {
  /** @throws RetryableError, PermanentError: they become `retry` and `refused` */
  deliver(input: ChannelInput): Promise<ChannelResult>;
  /** Tells a receiver that keeps state that somebody has taken it on. */
  acknowledge?(input: ChannelInput): Promise<ChannelResult>;
}
