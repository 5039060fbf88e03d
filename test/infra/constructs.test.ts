// Constructs used from somebody's own CDK app.
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { builtFunctions, bundleFolder } from '../../infra/bundles.ts';
import { AlertRouting } from '../../infra/constructs/alert-routing.ts';
import { Api } from '../../infra/constructs/api.ts';
import { dataKey } from '../../infra/constructs/data-key.ts';
import { Escalation } from '../../infra/constructs/escalation.ts';
import { TelemetryIngest } from '../../infra/constructs/telemetry-ingest.ts';
import { Tidewatch } from '../../infra/tidewatch.ts';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyBundles } from './synthesize.ts';

function stack(): Stack {
  return new Stack(new App({ outdir: temporaryFolder() }), 'Mine');
}

describe('TelemetryIngest', () => {
  test('makes the table, bucket and topic it needs when it is used alone', () => {
    const mine = stack();
    new TelemetryIngest(mine, 'Ingest', { config: {}, bundles: tinyBundles() });
    const template = Template.fromStack(mine);
    template.resourceCountIs('AWS::Lambda::Function', 2);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.resourceCountIs('AWS::SQS::Queue', 2);
    template.resourceCountIs('AWS::SNS::Topic', 1);
  });
});

test('a construct alone warns that it was given no key where the configuration asks for one', () => {
  const mine = stack();
  const config: TidewatchConfig = { deployment: { encryption: 'customerKey' } };
  new TelemetryIngest(mine, 'Ingest', { config, bundles: tinyBundles() });
  const given = new TelemetryIngest(mine, 'Given', {
    config,
    encryptionKey: dataKey(mine, 'Key', 'keep'),
    bundles: tinyBundles(),
  });
  Annotations.fromStack(mine).hasWarning('/Mine/Ingest', Match.stringLikeRegexp('no encryptionKey'));
  Annotations.fromStack(mine).hasNoWarning(`/${given.node.path}`, Match.anyValue());
});

describe('Api', () => {
  const config = {
    alerting: {
      route: { receiver: 'pages' },
      receivers: [{ name: 'pages', escalation: [{ policy: 'shop' }] }],
    },
    onCall: {
      people: { ada: { contacts: { sns: [{ phoneNumber: '+4915100000000' }] } } },
      policies: { shop: { steps: [{ tell: [{ person: 'ada' }] }] } },
    },
  };

  test('beside routing and escalation of an app of their own shows their table, and their messages lead to it', () => {
    const mine = stack();
    const bundles = tinyBundles();
    const routing = new AlertRouting(mine, 'Routing', { config, bundles });
    const escalation = new Escalation(mine, 'Escalation', { config, routing, bundles });
    new Api(mine, 'Api', { config, incidents: { routing, escalation }, bundles });
    const template = Template.fromStack(mine);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    const leading = template.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: { TIDEWATCH_API_URL: Match.anyValue() } } },
    });
    expect(
      Object.keys(leading)
        .map((id) => id.replace(/Function.*/, ''))
        .toSorted(),
    ).toEqual(['EscalationEscalate', 'RoutingNotify']);
  });
});

describe('Tidewatch', () => {
  test('refuses a configuration with all its problems before anything is built', () => {
    const broken = {
      config: { tiers: { hot: '8d' }, export: { maxConcurrency: 1 } },
      bundles: tinyBundles(),
    };
    expect(() => new Tidewatch(stack(), 'Tidewatch', broken)).toThrow(
      /export\.maxConcurrency.*\n.*tiers\.hot/,
    );
  });

  test('says what is allowed but costs', () => {
    const mine = stack();
    new Tidewatch(mine, 'Tidewatch', { config: { tiers: { frozenFrom: '60d' } }, bundles: tinyBundles() });
    Annotations.fromStack(mine).hasWarning(
      '/Mine/Tidewatch',
      Match.stringLikeRegexp('tiers.frozenFrom: .*pays twice'),
    );
  });

  test('says what to run when the functions are not built', () => {
    expect(() => new Tidewatch(stack(), 'Tidewatch', { config: {}, bundles: temporaryFolder() })).toThrow(
      /the function ingest-otlp is not built: expected .*index\.mjs; run "npm run build"/,
    );
  });
});

test('bundles are looked for in dist/functions of the package', () => {
  expect(builtFunctions()).toMatch(/dist[\\/]functions$/);
  expect(bundleFolder(tinyBundles(), 'export-telemetry')).toMatch(/export-telemetry$/);
});
