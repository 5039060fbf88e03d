// Where requests come in: a Function URL, or an HTTP API whose one route takes every path and method, so that 404 and
// 405 are answered by the function in the caller's own encoding. Both hand bodies over as base64 when they are binary.
import { Fn } from 'aws-cdk-lib';
import { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { FunctionUrlAuthType, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DoorSettings } from '../../lib/config/deployment.ts';
import { acknowledge } from '../acknowledge.ts';

export interface DoorProps {
  readonly door: DoorSettings;
  readonly lambda: LambdaFunction;
  /** What comes in, for people who look at the API. */
  readonly description: string;
  /** Why the door checks nobody: the function does. */
  readonly openBecause: string;
}

export class Door extends Construct {
  /** Without a slash at its end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: DoorProps) {
    super(scope, id);
    const { door, lambda } = props;
    switch (door.kind) {
      case 'functionUrl':
        this.url = functionUrl(lambda);
        break;
      case 'httpApi':
        this.url = this.httpApi(props, door.requestsPerSecond, door.burst);
        break;
    }
  }

  private httpApi(
    { lambda, description, openBecause }: DoorProps,
    requestsPerSecond: number,
    burst: number,
  ): string {
    const api = new HttpApi(this, 'Api', {
      description,
      defaultIntegration: new HttpLambdaIntegration('Integration', lambda),
      createDefaultStage: false,
    });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
    });
    acknowledge(
      this,
      {
        finding: 'AwsSolutions-APIG1',
        reason:
          'an access log line costs more than the request; the function counts what it takes and refuses',
      },
      { finding: 'AwsSolutions-APIG4', reason: openBecause },
    );
    return withoutSlash(stage.url);
  }
}

/** Open to the internet on purpose: the function checks keys and signatures, because callers cannot sign for AWS. */
function functionUrl(lambda: LambdaFunction): string {
  return withoutSlash(lambda.addFunctionUrl({ authType: FunctionUrlAuthType.NONE }).url);
}

/** `https://host/` as `https://host`: callers append paths. The URL is only known when it is deployed. */
function withoutSlash(url: string): string {
  return Fn.join('', ['https://', Fn.select(2, Fn.split('/', url))]);
}
