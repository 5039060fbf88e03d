// Transitions of SLOs as events on the default event bus, where pipelines and rules of the account see them.
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { RetryableError } from '../model/errors.ts';
import type { EventBus, SloEvent } from '../slo/ports.ts';
import { sdkFailure } from './sdk-failure.ts';

/** Entries of one call; together below 256 KB, which ten of ours never are. Source: EventBridge API reference, PutEvents, 2026-11. */
const MAX_ENTRIES = 10;
/** Times that entries which were not taken are sent. */
const MAX_ROUNDS = 3;

export class EventBridgeBus implements EventBus {
  private readonly source: string;
  private readonly client: EventBridgeClient;

  /** @param source of the events, such as `tidewatch.slo` */
  constructor(source: string, client: EventBridgeClient = new EventBridgeClient({ maxAttempts: 4 })) {
    this.source = source;
    this.client = client;
  }

  async put(events: readonly SloEvent[]): Promise<void> {
    const entries = events.map(
      ({ type, at, detail }): PutEventsRequestEntry => ({
        Source: this.source,
        DetailType: type,
        Time: new Date(at),
        Detail: JSON.stringify(detail),
      }),
    );
    for (let from = 0; from < entries.length; from += MAX_ENTRIES)
      await this.putSome(entries.slice(from, from + MAX_ENTRIES));
  }

  private async putSome(entries: readonly PutEventsRequestEntry[]): Promise<void> {
    let open = entries;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      try {
        const { Entries = [], FailedEntryCount = 0 } = await this.client.send(
          new PutEventsCommand({ Entries: [...open] }),
        );
        if (FailedEntryCount === 0) return;
        open = open.filter((_, place) => Entries[place]?.ErrorCode !== undefined);
      } catch (error) {
        throw sdkFailure(error, 'PutEvents');
      }
    }
    throw new RetryableError('unavailable', `PutEvents did not take ${open.length} events`);
  }
}
