// Alerts in the state table: the latest of each, and those that may inhibit others in a partition of their own.
import type { AlertStore, SourceStore, StoredAlert } from '../alerting/ports.ts';
import { alertPartition, alertRow, inhibitRow } from './state-keys.ts';
import { bodyOf, type StateRows } from './state-rows.ts';

type AlertRecord = StoredAlert['alert'];

/** An alert is shown for so long after its end; then the row may go. */
const KEPT_MS = 3_600_000;
const DIGITS = [...'0123456789abcdef'];

export class DynamoAlertStore implements AlertStore {
  private readonly rows: StateRows;

  constructor(rows: StateRows) {
    this.rows = rows;
  }

  async load(fingerprints: readonly string[]): Promise<ReadonlyMap<string, StoredAlert>> {
    const items = await this.rows.load(fingerprints.map(alertRow));
    return new Map(items.map((item) => [item.sk.S, bodyOf<StoredAlert>(item)]));
  }

  async save(alerts: readonly StoredAlert[]): Promise<void> {
    await this.rows.put(
      alerts.map((stored) => {
        const { fingerprint, endsAt } = stored.alert;
        return this.rows.item(alertRow(fingerprint), stored, endsAt + KEPT_MS);
      }),
    );
  }

  async list(): Promise<readonly StoredAlert[]> {
    const shards = await Promise.all(DIGITS.map((digit) => this.rows.query(alertPartition(digit))));
    return shards.flat().map((item) => bodyOf<StoredAlert>(item));
  }
}

export class DynamoSourceStore implements SourceStore {
  private readonly rows: StateRows;

  constructor(rows: StateRows) {
    this.rows = rows;
  }

  async save(alerts: readonly AlertRecord[]): Promise<void> {
    await this.rows.put(
      alerts.map((alert) => this.rows.item(inhibitRow(alert.fingerprint), alert, alert.endsAt + KEPT_MS)),
    );
  }

  async list(): Promise<readonly AlertRecord[]> {
    return (await this.rows.query(inhibitRow('').pk)).map((item) => bodyOf<AlertRecord>(item));
  }
}
