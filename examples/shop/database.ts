// The shop's database: SQLite in memory, each query a CLIENT span with the stable database conventions.
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

export class Database {
  private readonly database = new DatabaseSync(':memory:');
  private readonly name: string;

  constructor(name: string, schema: string) {
    this.name = name;
    this.database.exec(schema);
  }

  /** Runs one statement. @returns its rows */
  query(text: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    const operation = text.split(' ')[0] ?? '';
    return trace.getTracer('shop').startActiveSpan(
      `${operation} ${this.name}`,
      {
        kind: SpanKind.CLIENT,
        attributes: {
          'db.system.name': 'sqlite',
          'db.namespace': this.name,
          'db.operation.name': operation,
          'db.query.text': text,
        },
      },
      (span) => {
        try {
          return this.database.prepare(text).all(...values) as Record<string, unknown>[];
        } catch (error) {
          span.recordException(error as Error);
          span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
          throw error;
        } finally {
          span.end();
        }
      },
    );
  }
}
