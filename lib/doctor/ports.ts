// What a deployment shows to somebody who looks at it from outside; lib/aws/deployment-probe.ts implements it.

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
}

export interface DeploymentProbe {
  /** One request, without following redirects. @throws when there is no answer */
  request(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: Uint8Array,
  ): Promise<HttpAnswer>;
  /** Messages that wait, in the queue of this URL, or are being handled. */
  queueDepth(queueUrl: string): Promise<{ readonly waiting: number; readonly inFlight: number }>;
  /** Alarms of the stack that are raised, each with its description. */
  raisedAlarms(
    stackName: string,
  ): Promise<readonly { readonly name: string; readonly description: string }[]>;
  /** Runtime of each function of the stack, by its name in the template. */
  runtimes(stackName: string): Promise<Readonly<Record<string, string>>>;
  /** DynamoDB's own word, such as `ACTIVE`. */
  tableStatus(table: string): Promise<string>;
  /** Resolves when the bucket is there and may be reached. */
  bucketExists(bucket: string): Promise<void>;
}
