// OpsItems of Systems Manager, each open once under its deduplication string.
import type { OpsItemDataValue, SSMClient } from '@aws-sdk/client-ssm';
import type { OpsItem, OpsItemPort } from '../channels/ports.ts';
import { PermanentError } from '../model/errors.ts';
import { sdkFailure } from './sdk-failure.ts';

const CLIENT = { maxAttempts: 2, requestHandler: { connectionTimeout: 2_000, requestTimeout: 8_000 } };
/** @see docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-working-deduplication.html */
const DEDUP_KEY = '/aws/dedup';

export class SsmOpsItems implements OpsItemPort {
  private client: SSMClient | undefined;

  constructor(client?: SSMClient) {
    this.client = client;
  }

  async create(item: OpsItem): Promise<{ id: string; isNew: boolean }> {
    const { CreateOpsItemCommand, OpsItemAlreadyExistsException } = await import('@aws-sdk/client-ssm');
    const client = await this.open();
    try {
      const answer = await client.send(
        new CreateOpsItemCommand({
          Title: item.title,
          Description: item.description,
          Source: item.source,
          ...(item.category !== undefined && { Category: item.category }),
          Severity: item.severity,
          Priority: item.priority,
          OperationalData: { ...searchable(item.data), [DEDUP_KEY]: dedupValue(item.dedupString) },
        }),
      );
      if (answer.OpsItemId === undefined) throw new PermanentError('rejected', 'CreateOpsItem gave no id');
      return { id: answer.OpsItemId, isNew: true };
    } catch (error) {
      if (error instanceof OpsItemAlreadyExistsException && error.OpsItemId !== undefined) {
        return { id: error.OpsItemId, isNew: false };
      }
      throw sdkFailure(error, 'CreateOpsItem');
    }
  }

  async update(id: string, change: Parameters<OpsItemPort['update']>[1]): Promise<void> {
    const { UpdateOpsItemCommand } = await import('@aws-sdk/client-ssm');
    const client = await this.open();
    const { title, description, status } = change;
    try {
      await client.send(
        new UpdateOpsItemCommand({
          OpsItemId: id,
          ...(title !== undefined && { Title: title }),
          ...(description !== undefined && { Description: description }),
          ...(status !== undefined && { Status: status }),
        }),
      );
    } catch (error) {
      throw sdkFailure(error, 'UpdateOpsItem');
    }
  }

  async find(dedupString: string): Promise<string | undefined> {
    const { DescribeOpsItemsCommand } = await import('@aws-sdk/client-ssm');
    const client = await this.open();
    const { Value } = dedupValue(dedupString);
    try {
      const answer = await client.send(
        new DescribeOpsItemsCommand({
          OpsItemFilters: [
            {
              Key: 'OperationalData',
              Values: [JSON.stringify({ key: DEDUP_KEY, value: Value })],
              Operator: 'Equal',
            },
            { Key: 'Status', Values: ['Open', 'InProgress'], Operator: 'Equal' },
          ],
        }),
      );
      return answer.OpsItemSummaries?.[0]?.OpsItemId;
    } catch (error) {
      throw sdkFailure(error, 'DescribeOpsItems');
    }
  }

  private async open(): Promise<SSMClient> {
    const { SSMClient } = await import('@aws-sdk/client-ssm');
    this.client ??= new SSMClient(CLIENT);
    return this.client;
  }
}

function dedupValue(dedupString: string) {
  return { Type: 'SearchableString', Value: JSON.stringify({ dedupString }) } as const;
}

function searchable(data: OpsItem['data']): Record<string, OpsItemDataValue> {
  return Object.fromEntries(
    Object.entries(data).map(([name, Value]) => [name, { Type: 'SearchableString', Value } as const]),
  );
}
