// cdk-nag's AwsSolutions rules: clean, with each acknowledged finding and its reason listed here.

import { App, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { slo, type TidewatchConfig } from '../../lib/config/define.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Synthesized, synthesize } from './synthesize.ts';

const CASES: readonly [string, TidewatchConfig][] = [
  ['the defaults', {}],
  [
    'an HTTP API with a key of the stack',
    { ingest: { door: 'httpApi' }, deployment: { encryption: 'customerKey', stackName: 'Keyed' } },
  ],
  [
    'anomalies',
    {
      anomalies: {
        watch: [{ preset: 'lambda', publishScore: true }],
        logPatterns: { groups: ['/tidewatch/*', '/aws/lambda/orders'] },
        canary: { metrics: [{ namespace: 'Shop', metric: 'Errors', statistic: 'Sum' }] },
      },
    },
  ],
  [
    'escalation by every channel that is an AWS service',
    {
      alerting: {
        route: { receiver: 'pages' },
        receivers: [{ name: 'pages', escalation: [{ policy: 'shop' }] }],
      },
      onCall: {
        people: {
          ada: {
            contacts: {
              email: [{ to: 'ada@example.com', from: 'tidewatch@example.com' }],
              sns: [{ phoneNumber: '+15550100' }],
              eventbridge: [{}],
              opsitem: [{}],
              webhook: [{ url: { secret: 'tidewatch/hook' } }],
            },
          },
        },
        policies: { shop: { steps: [{ tell: [{ person: 'ada' }] }] } },
      },
    },
  ],
  ['SLOs', { slos: [slo.lambda('orders').availability(0.999, { policy: slo.standardPolicy })] }],
];

describe.each(CASES)('cdk-nag AwsSolutions with %s', (_name, config) => {
  const synthesized = synthesize(config);

  test('finds nothing that is not acknowledged', () => {
    expect(new AwsSolutionsChecks().validateScope(synthesized.app).violations).toEqual([]);
  });

  test('is acknowledged finding by finding, each with a reason', () => {
    const acknowledged = acknowledgements(synthesized);
    expect(acknowledged.length).toBeGreaterThan(3);
    for (const { finding, reason } of acknowledged) {
      expect(finding).toMatch(/^AwsSolutions-(S1|APIG1|APIG4|SMG4|IAM5\[Resource::.+\])$/);
      expect(reason.length, finding).toBeGreaterThan(30);
    }
  });
});

test('cdk-nag does look: a bare bucket and an open role are found', () => {
  const app = new App({ outdir: temporaryFolder() });
  const stack = new Stack(app, 'Bare');
  new Bucket(stack, 'Bucket');
  new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }).addToPolicy(
    new PolicyStatement({ actions: ['xray:PutTraceSegments'], resources: ['*'] }),
  );
  const rules = new AwsSolutionsChecks().validateScope(app).violations.map(({ ruleName }) => ruleName);
  expect(rules).toEqual(
    expect.arrayContaining(['AwsSolutions-S1', 'AwsSolutions-S10', 'AwsSolutions-IAM5[Resource::*]']),
  );
});

function acknowledgements({ app }: Synthesized): { finding: string; reason: string }[] {
  return app.node
    .findAll()
    .flatMap((construct) => construct.node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) =>
      Object.entries(data as Record<string, string>).map(([finding, reason]) => ({
        finding: finding.replace(/^annotation::/i, ''),
        reason,
      })),
    );
}
