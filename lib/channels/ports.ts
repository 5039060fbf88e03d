// What channels need from outside; lib/aws/http-sender.ts, lib/aws/secret-store.ts and lib/aws/notification-ports.ts
// implement it. All reject with RetryableError or PermanentError and with nothing else.
import type { SecretReference } from '../model/notification.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** http or https, without user and password. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Until the answer is there, milliseconds. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of it, if it is long. */
  readonly body: string;
}

export interface HttpPort {
  /**
   * One attempt; any status is an answer, a redirect is not followed.
   * @throws RetryableError `unavailable` (nothing was done), `timeout` (it may have taken effect); PermanentError
   *   `denied` for an address that is never called, `invalidConfig` for one that is none
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
}

export interface SecretPort {
  /** @throws RetryableError; PermanentError `notFound`, `denied`, `malformed`; no message holds the secret */
  read(reference: SecretReference): Promise<string>;
  /** Forgets what is remembered, because a receiver did not take it: it may have been changed. */
  forget(reference: SecretReference): void;
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly replyTo: readonly string[];
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly configurationSet?: string;
}

export interface MailPort {
  /** @returns the id of the message */
  send(mail: Mail): Promise<string>;
}

export interface TopicMessage {
  readonly to:
    | { readonly topicArn: string }
    | { readonly phoneNumber: string }
    | { readonly targetArn: string };
  readonly subject?: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** For FIFO topics. */
  readonly group?: { readonly id: string; readonly deduplicationId: string };
}

export interface TopicPort {
  /** @returns the id of the message */
  publish(message: TopicMessage): Promise<string>;
}

export interface BusEvent {
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  /** JSON. */
  readonly detail: string;
  readonly resources: readonly string[];
  /** Epoch milliseconds. */
  readonly time: number;
}

export interface EventBusPort {
  /** @returns the id of the event */
  put(event: BusEvent): Promise<string>;
}

export interface OpsItem {
  readonly title: string;
  readonly description: string;
  readonly source: string;
  readonly category?: string;
  /** 1 to 4. */
  readonly severity: string;
  /** 1 to 5. */
  readonly priority: number;
  /** An OpsItem that is open under the same one is not made again. */
  readonly dedupString: string;
  /** Texts that a person can search for. */
  readonly data: Readonly<Record<string, string>>;
}

export interface OpsItemPort {
  /** @returns the id; of the open one if there is one with the same `dedupString`, which is then left as it is */
  create(item: OpsItem): Promise<{ readonly id: string; readonly isNew: boolean }>;
  update(id: string, change: Partial<OpsItem> & { readonly status?: 'Open' | 'Resolved' }): Promise<void>;
  /** The open one. */
  find(dedupString: string): Promise<string | undefined>;
}

export interface ChannelPorts {
  readonly http: HttpPort;
  readonly secrets: SecretPort;
  readonly mail: MailPort;
  readonly topics: TopicPort;
  readonly eventBus: EventBusPort;
  readonly opsItems: OpsItemPort;
}
