// Looks at a deployment through AWS's public calls and plain HTTP, for `tidewatch doctor`.
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DeploymentProbe, HttpAnswer } from '../doctor/ports.ts';
import { QUEUE_CLIENT } from './redrive-queue.ts';

const REQUEST_TIMEOUT_MS = 15_000;

interface Template {
  readonly Resources?: Readonly<
    Record<string, { readonly Type?: string; readonly Properties?: { readonly Runtime?: string } }>
  >;
}

export class AwsDeploymentProbe implements DeploymentProbe {
  private readonly cloudFormation = new CloudFormationClient();
  private readonly cloudWatch = new CloudWatchClient();
  private readonly dynamoDb = new DynamoDBClient();
  private readonly s3 = new S3Client({ forcePathStyle: true });
  private readonly sqs = new SQSClient(QUEUE_CLIENT);

  async request(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<HttpAnswer> {
    const answer = await fetch(url, {
      method,
      headers,
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    await answer.arrayBuffer();
    return { status: answer.status, contentType: answer.headers.get('content-type') ?? '' };
  }

  async queueDepth(queueUrl: string): Promise<{ waiting: number; inFlight: number }> {
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return {
      waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }

  /** CloudFormation names alarms after their stack. */
  async raisedAlarms(stackName: string): Promise<{ name: string; description: string }[]> {
    const raised: { name: string; description: string }[] = [];
    const pages = paginateDescribeAlarms(
      { client: this.cloudWatch },
      { AlarmNamePrefix: `${stackName}-`, StateValue: 'ALARM' },
    );
    for await (const { MetricAlarms } of pages) {
      for (const { AlarmName, AlarmDescription } of MetricAlarms ?? []) {
        raised.push({ name: AlarmName ?? '', description: AlarmDescription ?? '' });
      }
    }
    return raised;
  }

  /** From the deployed template, which needs no client of its own. */
  async runtimes(stackName: string): Promise<Record<string, string>> {
    const { TemplateBody } = await this.cloudFormation.send(
      new GetTemplateCommand({ StackName: stackName, TemplateStage: 'Original' }),
    );
    const { Resources = {} } = JSON.parse(TemplateBody ?? '{}') as Template;
    return Object.fromEntries(
      Object.entries(Resources)
        .filter(([, resource]) => resource.Type === 'AWS::Lambda::Function')
        .map(([name, resource]) => [name, resource.Properties?.Runtime ?? 'none']),
    );
  }

  async tableStatus(table: string): Promise<string> {
    const { Table } = await this.dynamoDb.send(new DescribeTableCommand({ TableName: table }));
    return Table?.TableStatus ?? 'UNKNOWN';
  }

  async bucketExists(bucket: string): Promise<void> {
    await this.s3.send(new HeadBucketCommand({ Bucket: bucket }));
  }
}
