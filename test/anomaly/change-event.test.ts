// What EventBridge tells of changes, service by service.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeOf } from '../../lib/anomaly/changes/change-event.ts';

const time = '2026-11-24T10:00:00Z';
const event = (source: string, detail: object, resources: string[] = []) => ({
  id: 'e-1',
  time,
  source,
  detail,
  resources,
});

describe('a change is told by', () => {
  test.each([
    [
      'CloudFormation with the name of the stack',
      event('aws.cloudformation', {
        'stack-id': 'arn:aws:cloudformation:eu-west-1:123456789012:stack/payments/0a1b',
        'status-details': { status: 'UPDATE_IN_PROGRESS' },
      }),
      { kind: 'cloudformation', component: 'payments', what: 'stack is UPDATE_IN_PROGRESS' },
    ],
    [
      'CodeDeploy with the application',
      event('aws.codedeploy', {
        application: 'payments',
        deploymentId: 'd-123',
        deploymentGroup: 'production',
        state: 'START',
      }),
      { kind: 'codedeploy', component: 'payments', what: 'deployment d-123 to production: START' },
    ],
    [
      'ECS with the service',
      event('aws.ecs', { deploymentId: 'ecs-svc/123', eventName: 'SERVICE_DEPLOYMENT_IN_PROGRESS' }, [
        'arn:aws:ecs:eu-west-1:123456789012:service/shop/payments',
      ]),
      { kind: 'ecs', component: 'payments', what: 'deployment ecs-svc/123: SERVICE_DEPLOYMENT_IN_PROGRESS' },
    ],
    [
      'AppConfig with the application',
      event('aws.appconfig', {
        Application: { Id: 'a', Name: 'payments' },
        Environment: { Id: 'b', Name: 'production' },
        ConfigurationProfile: { Id: 'c', Name: 'flags' },
      }),
      { kind: 'appconfig', component: 'payments', what: 'configuration flags is deployed to production' },
    ],
    [
      'CloudTrail with the Lambda function',
      event('aws.lambda', {
        eventName: 'UpdateFunctionCode20150331v2',
        requestParameters: { functionName: 'arn:aws:lambda:eu-west-1:123456789012:function:payments' },
      }),
      { kind: 'lambda', component: 'payments', what: 'UpdateFunctionCode' },
    ],
  ])('%s', (_name, told, expected) => {
    expect(changeOf(told)).toEqual({ id: 'e-1', time: Date.parse(time), ...expected });
  });
});

describe('no change is', () => {
  test('a stack that is cleaned up, a call that was refused, an event of another service', () => {
    const refused = {
      eventName: 'UpdateAlias20150331',
      errorCode: 'AccessDenied',
      requestParameters: { functionName: 'f' },
    };
    expect(changeOf(event('aws.lambda', refused))).toBeUndefined();
    expect(
      changeOf(
        event('aws.cloudformation', {
          'stack-id': 'arn:aws:cloudformation:eu-west-1:1:stack/a/b',
          'status-details': { status: 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' },
        }),
      ),
    ).toBeUndefined();
    expect(changeOf(event('aws.s3', {}))).toBeUndefined();
  });

  test('anything that is no event: nothing is thrown', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('aws.cloudformation', 'aws.ecs', 'aws.lambda', 'aws.codedeploy', 'aws.appconfig'),
        fc.anything(),
        fc.anything(),
        (source, detail, resources) => {
          changeOf({ id: 'e', time, source, detail, resources });
        },
      ),
    );
  });
});
