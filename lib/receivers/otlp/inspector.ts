// What the inspectors of the three signals share: the count, the rejections, and a look at every attribute.
import type { AttributeList } from '../../telemetry/attribute-list.ts';
import { checkAttributes } from '../../telemetry/check-values.ts';
import type { ResourceView } from '../../telemetry/resource-view.ts';
import type { ScopeView } from '../../telemetry/scope-view.ts';
import type { ItemVisitor } from '../../telemetry/walk.ts';
import type { WireCursor } from '../../wire/cursor.ts';
import type { Inspection } from './inspect.ts';

export abstract class Inspector implements ItemVisitor {
  protected items = 0;
  private readonly rejected = new Map<string, number>();

  /** Forgets the request before. */
  start(): void {
    this.items = 0;
    this.rejected.clear();
  }

  resource(resource: ResourceView): void {
    this.look(resource.cursor, resource.attributes);
  }

  scope(scope: ScopeView): void {
    this.look(scope.cursor, scope.attributes);
  }

  result(): Inspection {
    return { items: this.items, rejected: new Map(this.rejected), warnings: this.warnings() };
  }

  protected reject(reason: string, count = 1): void {
    this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + count);
  }

  protected look(cursor: WireCursor, attributes: AttributeList): void {
    checkAttributes(cursor, attributes);
  }

  protected abstract warnings(): string[];
}
