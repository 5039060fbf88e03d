// Draws what was read back: a trace as a waterfall, latencies as a table, log lines as text.
import pc from 'picocolors';
import type { LatencyRow, TraceRow } from './read-back.ts';

const BAR_WIDTH = 40;
const NAME_WIDTH = 24;
const DETAIL_WIDTH = 60;

/** One line a segment: name indented by depth, a bar at its place in time, its duration and what it did. */
export function waterfall(rows: readonly TraceRow[]): string[] {
  const first = Math.min(...rows.map((row) => row.start));
  const total = Math.max(...rows.map((row) => row.end)) - first || 1e-9;
  return depthFirst(rows).map(({ row, depth }) => {
    const from = Math.min(BAR_WIDTH - 1, Math.round(((row.start - first) / total) * BAR_WIDTH));
    const width = Math.max(1, Math.round(((row.end - row.start) / total) * BAR_WIDTH));
    const bar = `${' '.repeat(from)}${'█'.repeat(Math.min(width, BAR_WIDTH - from))}`.padEnd(BAR_WIDTH);
    const name = `${'  '.repeat(depth)}${row.name}`.slice(0, NAME_WIDTH).padEnd(NAME_WIDTH);
    const duration = `${((row.end - row.start) * 1000).toFixed(1)} ms`.padStart(10);
    const paint = row.isFault ? pc.red : pc.green;
    return `  ${name} ${paint(bar)} ${duration}  ${pc.dim(row.detail.slice(0, DETAIL_WIDTH))}`;
  });
}

function depthFirst(rows: readonly TraceRow[]): { row: TraceRow; depth: number }[] {
  const ids = new Set(rows.map((row) => row.id));
  const ordered: { row: TraceRow; depth: number }[] = [];
  const visit = (row: TraceRow, depth: number): void => {
    ordered.push({ row, depth });
    for (const child of rows) if (child.parentId === row.id) visit(child, depth + 1);
  };
  for (const row of rows) if (row.parentId === undefined || !ids.has(row.parentId)) visit(row, 0);
  return ordered;
}

/** A table of operations, the slowest first. */
export function latencyTable(rows: readonly LatencyRow[]): string[] {
  const header = `  ${'service'.padEnd(12)} ${'operation'.padEnd(34)} ${'requests'.padStart(8)} ${'faults'.padStart(7)} ${'p50 ms'.padStart(8)} ${'p90 ms'.padStart(8)} ${'p99 ms'.padStart(8)}`;
  const lines = [...rows]
    .sort((a, b) => b.p99 - a.p99)
    .map((row) => {
      const cells = [row.p50, row.p90, row.p99].map((value) => value.toFixed(1).padStart(8)).join(' ');
      const faults = String(row.faults).padStart(7);
      const counts = `${String(row.requests).padStart(8)} ${row.faults > 0 ? pc.red(faults) : faults}`;
      return `  ${row.service.padEnd(12)} ${row.operation.slice(0, 34).padEnd(34)} ${counts} ${cells}`;
    });
  return [pc.dim(header), ...lines];
}

/** A log line: severity, service and body, out of the JSON record. */
export function logLine(service: string, message: string): string {
  const record = JSON.parse(message) as { severityText?: string; body?: unknown };
  const body = typeof record.body === 'string' ? record.body : JSON.stringify(record.body);
  const severity = (record.severityText ?? '').padEnd(5);
  const paint = severity.startsWith('ERROR') ? pc.red : pc.cyan;
  return `  ${paint(severity)} ${service.padEnd(12)} ${body.slice(0, 110)}`;
}
