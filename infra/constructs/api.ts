// The API of a deployment: one function behind a door, with what is configured: Alertmanager's API, `/slo`, incidents.
import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { STATE_PREFIX } from '../../lib/aws/state-keys.ts';
import { compileConfig } from '../../lib/config/compile.ts';
import type { TidewatchConfig } from '../../lib/config/define.ts';
import { AlertBus } from './alert-bus.ts';
import type { AlertRouting } from './alert-routing.ts';
import { BundledFunction } from './bundled-function.ts';
import { warnWithoutKey } from './data-key.ts';
import { Door } from './door.ts';
import type { Escalation } from './escalation.ts';
import { StackAlarms } from './stack-alarms.ts';
import { StateTable } from './state-table.ts';

/** Prometheus waits 10 seconds; a list of 10,000 alerts is made within a few. */
const TIMEOUT = Duration.seconds(12);
const MEMORY_MB = 1024;

export interface ApiProps {
  /** Has something that an API is for: `alerting`, `slos` or `onCall`. */
  readonly config: TidewatchConfig;
  /** What is not given is that of `incidents`, or is made. */
  readonly stateTable?: StateTable;
  readonly alertBus?: AlertBus;
  readonly alarms?: StackAlarms;
  /** Incidents are shown and acknowledged where there are any; their messages then lead here. */
  readonly incidents?: { readonly routing: AlertRouting; readonly escalation: Escalation } | undefined;
  /** Encrypts what this construct makes; undefined leaves that to keys that AWS manages. */
  readonly encryptionKey?: IKey | undefined;
  /** Folder that holds one folder for each built function; default: what `npm run build` makes. */
  readonly bundles?: string | undefined;
}

export class Api extends Construct {
  /** Without a slash at its end. */
  readonly url: string;
  readonly stateTable: StateTable;
  readonly alertBus: AlertBus;
  readonly alarms: StackAlarms;
  readonly function: BundledFunction;

  /** @throws ConfigError that lists every problem of the configuration */
  constructor(scope: Construct, id: string, props: ApiProps) {
    super(scope, id);
    const { encryptionKey, incidents } = props;
    const { deployment, runtime } = compileConfig(props.config);
    warnWithoutKey(this, deployment, encryptionKey);
    const { alerting, slo, onCall } = runtime;
    const shared = incidents?.routing;
    this.alarms =
      props.alarms ??
      shared?.alarms ??
      new StackAlarms(this, 'Alarms', { settings: deployment, encryptionKey });
    this.stateTable =
      props.stateTable ??
      shared?.stateTable ??
      new StateTable(this, 'State', { removal: deployment.removal, encryptionKey });
    this.alertBus =
      props.alertBus ??
      shared?.alertBus ??
      new AlertBus(this, 'AlertBus', { alarms: this.alarms, encryptionKey });
    this.function = new BundledFunction(this, 'Api', {
      name: 'api',
      description: "Tidewatch: Alertmanager's API, SLOs, incidents",
      memoryMb: MEMORY_MB,
      timeout: TIMEOUT,
      config: {
        ...(alerting && { alerting }),
        ...(slo && { slo }),
        // Without the construct that keeps incidents there are none to show.
        ...(onCall && incidents && { onCall }),
      },
      resources: {
        stateTable: this.stateTable.table.tableName,
        alertQueueUrl: this.alertBus.queue.queueUrl,
        ...(incidents && {
          escalateQueueUrl: incidents.routing.escalateQueue.queue.queueUrl,
          linkSecret: incidents.escalation.linkSecret.secretArn,
        }),
      },
      logDays: deployment.functionLogDays,
      alarms: this.alarms,
      encryptionKey,
      bundles: props.bundles,
    });
    this.grant(alerting !== undefined, slo !== undefined);
    incidents?.escalation.grantRoutes(this.function.role);
    this.url = new Door(this, 'Door', {
      door: deployment.door,
      lambda: this.function.lambda,
      description: 'Alerts, SLOs, incidents',
      openBecause:
        'each request carries a key or a signature, which the function checks; Prometheus cannot sign',
    }).url;
    if (incidents !== undefined) {
      incidents.routing.apiUrl = this.url;
      incidents.escalation.apiUrl = this.url;
    }
  }

  private grant(alerting: boolean, slo: boolean): void {
    const { role } = this.function;
    const { key, alert, inhibit, silence, slo: slos } = STATE_PREFIX;
    this.stateTable.grant(role, 'read', [key]);
    if (alerting) {
      this.stateTable.grant(role, 'query', [alert, inhibit, silence]);
      this.stateTable.grant(role, 'readWrite', [silence]);
      this.alertBus.grantSend(role);
    }
    if (slo) this.stateTable.grant(role, 'rows', [slos]);
  }
}
