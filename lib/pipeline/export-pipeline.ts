// export-telemetry without its wiring: one batch of the telemetry queue in, the failed messages out.
// Order matters: a message is only reported done after every destination was, or the dead-letter queue has it.
import type { Exporter } from '../exporters/exporter.ts';
import { Batch, type Group } from './batch.ts';
import type { BatchCounters } from './batch-counters.ts';
import { Collector } from './collect.ts';
import { decide } from './decide.ts';
import { exportWave, wavesOf } from './export-wave.ts';
import { loadRequest } from './load-request.ts';
import type { ExportPorts, QueueRecord, Surroundings } from './ports.ts';
import type { ProgressLedger } from './progress-ledger.ts';

export interface BatchResult {
  /** What the queue must deliver again. */
  readonly failedMessageIds: readonly string[];
  readonly counters: BatchCounters;
  /** One line for each message that failed, for the function's log. */
  readonly log: readonly string[];
}

export class ExportPipeline {
  private readonly exporters: readonly Exporter[];
  private readonly ports: ExportPorts;
  private readonly surroundings: Surroundings;
  private readonly collector = new Collector();

  constructor(exporters: readonly Exporter[], ports: ExportPorts, surroundings: Surroundings) {
    this.exporters = exporters;
    this.ports = ports;
    this.surroundings = surroundings;
  }

  /**
   * Exports one batch.
   * @param deadlineMs epoch milliseconds by which destinations must be through; the caller keeps a few seconds
   *   behind it for progress rows, dead letters and back-off
   */
  async run(records: readonly QueueRecord[], deadlineMs: number): Promise<BatchResult> {
    const batch = new Batch(this.ports, this.surroundings, deadlineMs);
    const groups = batch.decode(records);
    const ledger = await batch.loadProgress(groups, this.exporters);
    if (ledger !== undefined) {
      for (const wave of wavesOf(groups)) {
        if (this.surroundings.now() >= deadlineMs) batch.postpone(wave, 'outOfTime', 'no time was left');
        else await this.exportGroups(wave, ledger, batch);
      }
    }
    await batch.settle(ledger);
    return { failedMessageIds: batch.failedMessageIds, counters: batch.counters, log: batch.log };
  }

  private async exportGroups(wave: readonly Group[], ledger: ProgressLedger, batch: Batch): Promise<void> {
    const loaded = await Promise.all(
      wave.map(({ message, records }) => {
        const receiveCount = Math.max(...records.map((record) => record.receiveCount));
        return loadRequest(message, receiveCount, this.ports.bodies);
      }),
    );
    for (const [index, result] of loaded.entries())
      if (result.kind !== 'request') batch.refuse(wave[index]!, result);
    const requests = loaded.flatMap((result) => (result.kind === 'request' ? [result.request] : []));
    const outcomes = await exportWave(requests, this.exporters, this.collector, ledger, {
      deadlineMs: batch.deadlineMs,
      now: this.surroundings.now,
      counters: batch.counters,
      saveProgress: (destination, entries) => ledger.save(destination, entries),
    });
    for (const group of wave) {
      const list = outcomes.get(group.message.ingestId);
      if (list === undefined) continue;
      for (const outcome of list) {
        if (outcome.kind !== 'done') batch.counters.add(outcome.destination, 'errors', 1, outcome.reason);
      }
      batch.verdicts.push({ ...group, verdict: decide(list) });
    }
  }
}
