// What each integration was last told, in the state table: fingerprints packed to eight bytes each, so that a group of
// ten thousand alerts stays far below the 400 KB of an item.
import { createHash } from 'node:crypto';
import type { NotificationLogStore, StoredLogEntry } from '../alerting/ports.ts';
import { notifiedRow } from './state-keys.ts';
import { bodyOf, type StateRows } from './state-rows.ts';

/** An entry counts until it is collected; Alertmanager collects every 15 minutes. */
const COLLECTED_MS = 15 * 60_000;
const FINGERPRINT_DIGITS = 16;

interface Body extends Omit<StoredLogEntry, 'firing' | 'resolved' | 'doubtful' | 'flapping'> {
  readonly firing: string;
  readonly resolved: string;
  readonly doubtful?: string;
  readonly flapping?: string;
}

export class DynamoNotificationLogStore implements NotificationLogStore {
  private readonly rows: StateRows;

  constructor(rows: StateRows) {
    this.rows = rows;
  }

  async load(groupKey: string, receiver: string): Promise<ReadonlyMap<string, StoredLogEntry>> {
    const items = await this.rows.query(notifiedRow(digest(groupKey, receiver), '').pk);
    return new Map(
      items.map((item) => {
        const { firing, resolved, doubtful, flapping, ...body } = bodyOf<Body>(item);
        return [
          item.sk.S,
          {
            ...body,
            firing: unpack(firing),
            resolved: unpack(resolved),
            ...(doubtful !== undefined && { doubtful: unpack(doubtful) }),
            ...(flapping !== undefined && { flapping: unpack(flapping) }),
          },
        ];
      }),
    );
  }

  async put(groupKey: string, receiver: string, integration: string, entry: StoredLogEntry): Promise<void> {
    const { firing, resolved, doubtful, flapping, ...rest } = entry;
    const body: Body = {
      ...rest,
      firing: pack(firing),
      resolved: pack(resolved),
      ...(doubtful !== undefined && { doubtful: pack(doubtful) }),
      ...(flapping !== undefined && { flapping: pack(flapping) }),
    };
    const key = notifiedRow(digest(groupKey, receiver), integration);
    await this.rows.put([this.rows.item(key, body, entry.expiresAt + COLLECTED_MS)]);
  }
}

function digest(groupKey: string, receiver: string): string {
  return createHash('sha256').update(`${groupKey}\u0000${receiver}`).digest('hex').slice(0, 32);
}

function pack(fingerprints: Iterable<string>): string {
  return Buffer.from([...fingerprints].join(''), 'hex').toString('base64');
}

function unpack(text: string): Set<string> {
  const digits = Buffer.from(text, 'base64').toString('hex');
  const fingerprints = new Set<string>();
  for (let from = 0; from < digits.length; from += FINGERPRINT_DIGITS) {
    fingerprints.add(digits.slice(from, from + FINGERPRINT_DIGITS));
  }
  return fingerprints;
}
