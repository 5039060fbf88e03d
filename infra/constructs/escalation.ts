// Escalation: the function that tells people about incidents, and the secret that signs the links by which they
// acknowledge. The routing's `notify` opens incidents and has their wake-up queue; the `api` function acknowledges them.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { STATE_PREFIX } from '../../lib/aws/state-keys.ts';
import { compileConfig } from '../../lib/config/compile.ts';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { ENVIRONMENT } from '../../lib/config/runtime.ts';
import type { OnCallSettings } from '../../lib/incidents/settings.ts';
import type { NotificationTarget, SecretReference } from '../../lib/model/notification.ts';
import { acknowledge } from '../acknowledge.ts';
import { grantChannels } from '../channel-policies.ts';
import { grantKey } from '../policies.ts';
import { grantSecrets } from '../secret-policies.ts';
import type { AlertRouting } from './alert-routing.ts';
import { BundledFunction } from './bundled-function.ts';
import { warnWithoutKey } from './data-key.ts';

/** Below the 90 seconds after which a sender is given up for lost (lib/incidents/incident/claim.ts). */
const TIMEOUT = Duration.seconds(60);
const MEMORY_MB = 512;
const BATCH_SIZE = 5;
const MAX_CONCURRENCY = 10;
const SECRET_LENGTH = 64;

export interface EscalationProps {
  /** Has `onCall`. */
  readonly config: TidewatchConfig;
  /** Opens the incidents; its table, alarms and queue are used. */
  readonly routing: AlertRouting;
  /** Encrypts what this construct makes; undefined leaves that to keys that AWS manages. */
  readonly encryptionKey?: IKey | undefined;
  /** Folder that holds one folder for each built function; default: what `npm run build` makes. */
  readonly bundles?: string | undefined;
}

export class Escalation extends Construct {
  /** Signs links. */
  readonly linkSecret: Secret;
  readonly escalate: BundledFunction;
  private readonly props: EscalationProps;
  private readonly settings: OnCallSettings;

  /** @throws ConfigError that lists every problem of the configuration; Error when it has no `onCall` */
  constructor(scope: Construct, id: string, props: EscalationProps) {
    super(scope, id);
    const { encryptionKey, routing } = props;
    const { deployment, runtime } = compileConfig(props.config);
    warnWithoutKey(this, deployment, encryptionKey);
    const { onCall } = runtime;
    if (onCall === undefined)
      throw new Error('Escalation calls nobody: expected onCall in the configuration');
    this.settings = onCall;
    this.props = props;
    this.linkSecret = this.makeSecret();
    this.escalate = new BundledFunction(this, 'Escalate', {
      name: 'escalate',
      description: 'Tidewatch: incidents that nobody acknowledged, to the next people in line',
      memoryMb: MEMORY_MB,
      timeout: TIMEOUT,
      config: { onCall },
      resources: {
        stateTable: routing.stateTable.table.tableName,
        escalateQueueUrl: routing.escalateQueue.queue.queueUrl,
        linkSecret: this.linkSecret.secretArn,
      },
      logDays: deployment.functionLogDays,
      alarms: routing.alarms,
      encryptionKey,
      bundles: props.bundles,
    });
    const { role } = this.escalate;
    this.grantIncidents(role);
    this.grantLinkSecret(role);
    grantChannels(role, targetsOf(onCall));
    this.grantIncidents(routing.notify.role);
    this.escalate.lambda.addEventSource(
      new SqsEventSource(routing.escalateQueue.queue, {
        batchSize: BATCH_SIZE,
        maxConcurrency: MAX_CONCURRENCY,
        reportBatchItemFailures: true,
      }),
    );
    routing.alarms.whenNobodyAcknowledges(this.escalate);
  }

  /** Where links lead: the address of the API, which is made after this. */
  set apiUrl(url: string) {
    this.escalate.lambda.addEnvironment(ENVIRONMENT.apiUrl, url);
  }

  /** Lets a function open and change incidents and set their timers. */
  private grantIncidents(role: Role): void {
    const { routing, encryptionKey } = this.props;
    routing.stateTable.grant(role, 'rows', [STATE_PREFIX.incident, STATE_PREFIX.onCall]);
    routing.grantTimers(role);
    grantKey(role, encryptionKey);
  }

  /**
   * Lets `api` show and acknowledge incidents and check the signatures of Slack and PagerDuty. It also needs
   * `stateTable`, `escalateQueueUrl` and `linkSecret`.
   */
  grantRoutes(role: Role): void {
    this.grantIncidents(role);
    this.grantLinkSecret(role);
    const { slackSigningSecret, pagerDutyWebhookSecret } = this.settings;
    grantSecrets(role, [slackSigningSecret, pagerDutyWebhookSecret].filter(isThere));
  }

  private grantLinkSecret(role: Role): void {
    grantSecrets(role, [{ secret: this.linkSecret.secretArn }]);
  }

  private makeSecret(): Secret {
    const secret = new Secret(this, 'LinkSecret', {
      description: 'Tidewatch: signs the links by which people acknowledge incidents',
      generateSecretString: { passwordLength: SECRET_LENGTH, excludePunctuation: true },
      ...(this.props.encryptionKey !== undefined && { encryptionKey: this.props.encryptionKey }),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(secret, {
      finding: 'AwsSolutions-SMG4',
      reason: 'changing it makes the links in messages that were sent useless; they expire by themselves',
    });
    return secret;
  }
}

function isThere(reference: SecretReference | undefined): reference is SecretReference {
  return reference !== undefined;
}

/** Every way in which people and places are told. */
function targetsOf({ people, policies, fallback }: OnCallSettings): NotificationTarget[] {
  const places = [
    ...Object.values(policies).flatMap(({ steps }) => steps.flatMap(({ targets }) => targets)),
    ...fallback,
  ];
  return [
    ...Object.values(people).flatMap(({ contacts }) => contacts),
    ...places.flatMap((target) => (target.kind === 'channel' ? target.targets : [])),
  ];
}
