// Changes of the system, read from the state table: a partition a day, in order of time.
import type { Change, ChangeLog } from '../anomaly/ports.ts';
import { type JsonCallOptions, JsonService } from './json-call.ts';
import { changeRow } from './state-keys.ts';
import type { AwsTransport } from './transport.ts';

const DAY_MS = 86_400_000;

interface Item {
  readonly change: { S: string };
  readonly expiresAt: { N: string };
}

interface QueryAnswer {
  readonly Items?: readonly Item[];
  readonly LastEvaluatedKey?: object;
}

export class DynamoChangeLog implements ChangeLog {
  private readonly table: string;
  private readonly dynamo: JsonService;
  private readonly now: () => number;

  constructor(table: string, transport: AwsTransport, options: JsonCallOptions) {
    this.table = table;
    this.dynamo = new JsonService('dynamodb', transport, options);
    this.now = options.now ?? Date.now;
  }

  async between(fromMs: number, toMs: number): Promise<readonly Change[]> {
    const found: Change[] = [];
    for (let day = Math.floor(fromMs / DAY_MS) * DAY_MS; day < toMs; day += DAY_MS) {
      found.push(...(await this.ofDay(day, fromMs, toMs)));
    }
    return found;
  }

  private async ofDay(day: number, fromMs: number, toMs: number): Promise<Change[]> {
    const { pk } = changeRow(day, '');
    const found: Change[] = [];
    let ExclusiveStartKey: object | undefined;
    do {
      const answer = (await this.dynamo.call<QueryAnswer>('Query', {
        TableName: this.table,
        KeyConditionExpression: 'pk = :day AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':day': { S: pk },
          ':from': { S: changeRow(fromMs, '').sk },
          ':to': { S: changeRow(toMs, '').sk },
        },
        ...(ExclusiveStartKey !== undefined && { ExclusiveStartKey }),
      })) as QueryAnswer;
      for (const item of answer.Items ?? []) {
        if (Number(item.expiresAt.N) * 1_000 > this.now()) found.push(JSON.parse(item.change.S) as Change);
      }
      ExclusiveStartKey = answer.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return found;
  }
}
