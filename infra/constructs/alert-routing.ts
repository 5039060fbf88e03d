// Alerts to receivers: route-alerts puts them into groups, notify tells receivers when a group is due, sweep-timers sees
// to it that nothing that is due is forgotten, and a heartbeat goes the whole way each minute. Can be used alone: what
// is not given it makes.
import { Duration } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import type { AlertingSettings } from '../../lib/alerting/settings.ts';
import { STATE_PREFIX } from '../../lib/aws/state-keys.ts';
import { alertingRules } from '../../lib/config/alerting-rules.ts';
import { type CompiledConfig, compileConfig } from '../../lib/config/compile.ts';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { ENVIRONMENT, type ResourceName } from '../../lib/config/runtime.ts';
import type { NotificationTarget } from '../../lib/model/notification.ts';
import { grantChannels } from '../channel-policies.ts';
import { grantKey, grantSend } from '../policies.ts';
import { AlertBus } from './alert-bus.ts';
import { BundledFunction, type BundledFunctionProps } from './bundled-function.ts';
import { warnWithoutKey } from './data-key.ts';
import { DeadLetteredQueue } from './dead-lettered-queue.ts';
import { callEveryMinutes } from './every-minutes.ts';
import { StackAlarms } from './stack-alarms.ts';
import { StateTable } from './state-table.ts';
import { OUTBOX_PREFIX, TelemetryArchive } from './telemetry-archive.ts';

/** The alert queue hides a message for six times as long. */
const ROUTE_TIMEOUT = Duration.seconds(30);
/** Below the lease of a flush (lib/alerting/durable/flush-session.ts), so that no two send at once. */
const NOTIFY_TIMEOUT = Duration.seconds(80);
const SWEEP_TIMEOUT = Duration.seconds(50);
const MEMORY_MB = 512;
/** Ten groups at a time, of which each may hold ten thousand alerts. */
const NOTIFY_MEMORY_MB = 1024;
const BATCH_SIZE = 10;
/** A wake-up that fails is set again by sweep-timers each minute, so the queue need not insist. */
const MAX_RECEIVE_COUNT = 5;
/** A wake-up may lie on its queue for 15 minutes before it is due. */
const ALARM_AGE = Duration.minutes(20);

export interface AlertRoutingProps {
  /** Has `alerting`. */
  readonly config: TidewatchConfig;
  readonly stateTable?: StateTable;
  readonly archive?: TelemetryArchive;
  readonly alertBus?: AlertBus;
  readonly alarms?: StackAlarms;
  /** Encrypts what this construct makes; undefined leaves that to keys that AWS manages. */
  readonly encryptionKey?: IKey | undefined;
  /** Folder that holds one folder for each built function; default: what `npm run build` makes. */
  readonly bundles?: string | undefined;
}

export class AlertRouting extends Construct {
  readonly stateTable: StateTable;
  readonly archive: TelemetryArchive;
  readonly alertBus: AlertBus;
  readonly alarms: StackAlarms;
  /** Wake-ups of groups. */
  readonly notifyQueue: DeadLetteredQueue;
  /** Wake-ups of incidents, for the construct Escalation. */
  readonly escalateQueue: DeadLetteredQueue;
  readonly route: BundledFunction;
  readonly notify: BundledFunction;
  readonly sweep: BundledFunction;
  private readonly props: AlertRoutingProps;
  private readonly compiled: CompiledConfig;

  /** @throws ConfigError that lists every problem of the configuration; Error when it has no `alerting` */
  constructor(scope: Construct, id: string, props: AlertRoutingProps) {
    super(scope, id);
    const { encryptionKey } = props;
    this.props = props;
    this.compiled = compileConfig(props.config);
    const { deployment, runtime } = this.compiled;
    const { removal } = deployment;
    warnWithoutKey(this, deployment, encryptionKey);
    if (runtime.alerting === undefined)
      throw new Error('AlertRouting has nobody to tell: expected alerting in the configuration');
    this.alarms = props.alarms ?? new StackAlarms(this, 'Alarms', { settings: deployment, encryptionKey });
    this.stateTable = props.stateTable ?? new StateTable(this, 'State', { removal, encryptionKey });
    this.archive =
      props.archive ??
      new TelemetryArchive(this, 'Archive', { tiers: runtime.tiers, removal, encryptionKey });
    this.alertBus = props.alertBus ?? new AlertBus(this, 'AlertBus', { alarms: this.alarms, encryptionKey });
    this.notifyQueue = this.wakeUps('NotifyWakeUps', 'wake-ups of alert groups');
    this.escalateQueue = this.wakeUps('EscalateWakeUps', 'wake-ups of incidents');
    this.route = this.makeRoute();
    this.notify = this.makeNotify();
    this.sweep = this.makeSweep();
    this.alarms.whenHeartbeatStops(this, this.notify.lambda);
  }

  /** Where links in messages lead: the address of the API, which is made after this. */
  set apiUrl(url: string) {
    this.notify.lambda.addEnvironment(ENVIRONMENT.apiUrl, url);
  }

  /** Lets a function set timers of groups and incidents. */
  grantTimers(role: Role): void {
    this.stateTable.grant(role, 'rows', [STATE_PREFIX.due]);
    grantSend(role, this.notifyQueue.queue);
    grantSend(role, this.escalateQueue.queue);
    grantKey(role, this.props.encryptionKey);
  }

  /** A standard queue, because FIFO takes no delay per message. */
  private wakeUps(id: string, content: string): DeadLetteredQueue {
    return new DeadLetteredQueue(this, id, {
      content,
      kind: 'standard',
      visibilityTimeout: Duration.seconds(6 * NOTIFY_TIMEOUT.toSeconds()),
      maxReceiveCount: MAX_RECEIVE_COUNT,
      alarmAge: ALARM_AGE,
      alarms: this.alarms,
      encryptionKey: this.props.encryptionKey,
    });
  }

  private makeRoute(): BundledFunction {
    const made = this.function('RouteAlerts', {
      name: 'route-alerts',
      description: 'Tidewatch: alert queue to groups of alerts',
      timeout: ROUTE_TIMEOUT,
      memoryMb: MEMORY_MB,
    });
    const { alert, inhibit, group, due } = STATE_PREFIX;
    this.stateTable.grant(made.role, 'rows', [alert, inhibit, group, due]);
    grantSend(made.role, this.notifyQueue.queue);
    made.lambda.addEventSource(
      new SqsEventSource(this.alertBus.queue, { batchSize: BATCH_SIZE, reportBatchItemFailures: true }),
    );
    this.alarms.whenAlertsAreDropped(
      made,
      'rejectedAlerts',
      'route-alerts',
      'Something on the alert queue was no alert.',
    );
    return made;
  }

  private makeNotify(): BundledFunction {
    const made = this.function('Notify', {
      name: 'notify',
      description: 'Tidewatch: groups of alerts to receivers',
      timeout: NOTIFY_TIMEOUT,
      memoryMb: NOTIFY_MEMORY_MB,
    });
    const { group, due, outbox, notified, silence, inhibit } = STATE_PREFIX;
    this.stateTable.grant(made.role, 'rows', [group, due, outbox, notified]);
    this.stateTable.grant(made.role, 'query', [silence, inhibit]);
    this.archive.grantPut(made.role, OUTBOX_PREFIX);
    this.archive.grantGet(made.role, OUTBOX_PREFIX);
    grantSend(made.role, this.notifyQueue.queue);
    grantChannels(made.role, receiverTargets(this.compiled.runtime.alerting!));
    made.lambda.addEventSource(
      new SqsEventSource(this.notifyQueue.queue, { batchSize: BATCH_SIZE, reportBatchItemFailures: true }),
    );
    this.alarms.whenAlertsAreDropped(
      made,
      'refusedNotifications',
      'notify',
      'A receiver will never take what it is sent: a setting is wrong, or the receiver is gone.',
    );
    return made;
  }

  private makeSweep(): BundledFunction {
    const made = this.function('SweepTimers', {
      name: 'sweep-timers',
      description: 'Tidewatch: timers whose wake-up was lost, and the heartbeat, every minute',
      timeout: SWEEP_TIMEOUT,
      memoryMb: MEMORY_MB,
    });
    this.stateTable.grant(made.role, 'query', [STATE_PREFIX.due, STATE_PREFIX.silence]);
    grantSend(made.role, this.notifyQueue.queue);
    grantSend(made.role, this.escalateQueue.queue);
    this.alertBus.grantSend(made.role);
    callEveryMinutes(this, 'Sweep', made.lambda, { description: 'Finds timers that are due', minutes: 1 });
    this.alarms.whenFunctionIsNotCalled(made, 'sweep-timers', made.lambda);
    return made;
  }

  private function(
    id: string,
    own: Pick<BundledFunctionProps, 'name' | 'description' | 'timeout' | 'memoryMb'>,
  ): BundledFunction {
    const { deployment, runtime } = this.compiled;
    const resources: Partial<Record<ResourceName, string>> = {
      stateTable: this.stateTable.table.tableName,
      archiveBucket: this.archive.bucket.bucketName,
      alertQueueUrl: this.alertBus.queue.queueUrl,
      notifyQueueUrl: this.notifyQueue.queue.queueUrl,
      escalateQueueUrl: this.escalateQueue.queue.queueUrl,
    };
    const { alerting, onCall } = runtime;
    const made = new BundledFunction(this, id, {
      ...own,
      config: { ...(alerting && { alerting }), ...(onCall && { onCall }) },
      resources,
      logDays: deployment.functionLogDays,
      alarms: this.alarms,
      encryptionKey: this.props.encryptionKey,
      bundles: this.props.bundles,
    });
    grantKey(made.role, this.props.encryptionKey);
    return made;
  }
}

/** Everybody who is told, with the secrets that it takes. */
function receiverTargets(alerting: AlertingSettings): NotificationTarget[] {
  return alertingRules(alerting).receivers.flatMap(({ integrations }) =>
    integrations.map(({ kind, fields }) => ({ kind, fields })),
  );
}
