// Looks at each log record of a request at the door. A record without valid ids is still a record: nothing is rejected.
import { checkValue } from '../../telemetry/check-values.ts';
import type { LogRecordView } from '../../telemetry/log-record-view.ts';
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from '../../telemetry/validity.ts';
import type { LogVisitor } from '../../telemetry/walk.ts';
import { Inspector } from './inspector.ts';

export class LogInspector extends Inspector implements LogVisitor {
  private wrongIds = 0;

  override start(): void {
    super.start();
    this.wrongIds = 0;
  }

  logRecord(record: LogRecordView): void {
    this.items += 1;
    const traceIdBytes = record.traceIdEnd - record.traceIdStart;
    const spanIdBytes = record.spanIdEnd - record.spanIdStart;
    if (
      (traceIdBytes !== 0 && traceIdBytes !== TRACE_ID_BYTES) ||
      (spanIdBytes !== 0 && spanIdBytes !== SPAN_ID_BYTES)
    ) {
      this.wrongIds += 1;
    }
    checkValue(record.cursor, record.bodyStart, record.bodyEnd);
    this.look(record.cursor, record.attributes);
  }

  protected override warnings(): string[] {
    return this.wrongIds === 0
      ? []
      : [`${this.wrongIds} log records have a trace or span id of a wrong length; kept without it`];
  }
}
