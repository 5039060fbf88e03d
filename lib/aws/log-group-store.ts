// The log groups this deployment made, as one row of the state table: how their cap holds across instances.
import type { LogGroupStore } from '../exporters/cloudwatch-logs/ports.ts';
import { isRefusal, type JsonCallOptions, JsonService } from './json-call.ts';
import { logGroupsRow } from './state-keys.ts';
import type { AwsTransport } from './transport.ts';

interface GroupsItem {
  readonly Item?: { readonly unfinished?: { readonly SS?: readonly string[] } };
}

/** Row attributes: `names` (all groups), `unfinished` (claimed, retention not checked yet), both string sets. */
export class DynamoLogGroupStore implements LogGroupStore {
  private readonly table: string;
  private readonly dynamo: JsonService;

  constructor(table: string, transport: AwsTransport, options: JsonCallOptions) {
    this.table = table;
    this.dynamo = new JsonService('dynamodb', transport, options);
  }

  async claim(group: string, max: number): Promise<boolean> {
    const request = {
      ...this.row(),
      UpdateExpression: 'ADD #names :one, #unfinished :one',
      ConditionExpression: 'attribute_not_exists(#names) OR contains(#names, :name) OR size(#names) < :max',
      ExpressionAttributeNames: { '#names': 'names', '#unfinished': 'unfinished' },
      ExpressionAttributeValues: {
        ':one': { SS: [group] },
        ':name': { S: group },
        ':max': { N: String(max) },
      },
    };
    return !isRefusal(await this.dynamo.call('UpdateItem', request, ['ConditionalCheckFailedException']));
  }

  async finished(group: string): Promise<void> {
    await this.dynamo.call('UpdateItem', {
      ...this.row(),
      UpdateExpression: 'DELETE #unfinished :one',
      ExpressionAttributeNames: { '#unfinished': 'unfinished' },
      ExpressionAttributeValues: { ':one': { SS: [group] } },
    });
  }

  async unfinished(): Promise<readonly string[]> {
    const { Item } = (await this.dynamo.call<GroupsItem>('GetItem', {
      ...this.row(),
      ConsistentRead: true,
    })) as GroupsItem;
    return Item?.unfinished?.SS ?? [];
  }

  private row() {
    const { pk, sk } = logGroupsRow();
    return { TableName: this.table, Key: { pk: { S: pk }, sk: { S: sk } } };
  }
}
