// One finished request to an AWS service and its answer: what the small signed client and its users agree on.

/** Services by the name that is signed; the endpoint variable is AWS_ENDPOINT_URL_<…>. */
export type AwsService = 'xray' | 'monitoring' | 'logs' | 'sqs' | 's3' | 'dynamodb';

export interface AwsCall {
  readonly service: AwsService;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with each segment already percent-encoded, starting with `/`. */
  readonly path: string;
  /** Lower-case names; host, date, content hash and authorization are added when signing. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Milliseconds until the call is given up as a RetryableError `timeout`. */
  readonly timeoutMs: number;
}

export interface AwsAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Signs and sends one request, once. Any status is an answer; what brought no answer rejects with RetryableError. */
export interface AwsTransport {
  call(call: AwsCall): Promise<AwsAnswer>;
}
