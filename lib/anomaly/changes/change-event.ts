// An event of EventBridge → what was changed. Five services tell of changes, each in its own words; Lambda only through
// CloudTrail. What is no change, or cannot be read, is none.
import type { Change, ChangeKind } from '../ports.ts';

/** What EventBridge delivers. @see docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export interface ChangeEvent {
  readonly id?: unknown;
  readonly time?: unknown;
  readonly source?: unknown;
  readonly 'detail-type'?: unknown;
  readonly resources?: unknown;
  readonly detail?: unknown;
}

/** Patterns that EventBridge filters by, so that nothing else wakes the function. */
export const CHANGE_SOURCES = {
  'aws.cloudformation': 'CloudFormation Stack Status Change',
  'aws.codedeploy': 'CodeDeploy Deployment State-change Notification',
  'aws.ecs': 'ECS Deployment State Change',
  'aws.appconfig': 'On Deployment Start',
} as const;

/** Calls of Lambda that change what runs. CloudTrail writes the API's version behind the name. */
export const LAMBDA_CALLS = [
  'UpdateFunctionCode20150331v2',
  'UpdateFunctionConfiguration20150331v2',
  'PublishVersion20150331',
  'UpdateAlias20150331',
] as const;

interface Told {
  readonly kind: ChangeKind;
  readonly component: string;
  readonly what: string;
}

type Reader = (detail: Record<string, unknown>, resources: readonly string[]) => Told | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  'aws.cloudformation': (detail) => {
    const stack = text(detail['stack-id']);
    const status = text(record(detail['status-details']).status);
    if (stack === '' || status === '' || /CLEANUP|REVIEW/.test(status)) return undefined;
    // arn:aws:cloudformation:region:account:stack/NAME/id
    return { kind: 'cloudformation', component: stack.split('/')[1] ?? stack, what: `stack is ${status}` };
  },
  'aws.codedeploy': (detail) => {
    const application = text(detail.application);
    if (application === '') return undefined;
    const what = `deployment ${text(detail.deploymentId)} to ${text(detail.deploymentGroup)}: ${text(detail.state)}`;
    return { kind: 'codedeploy', component: application, what };
  },
  'aws.ecs': (detail, resources) => {
    const service = resources[0]?.split('/').at(-1) ?? '';
    if (service === '') return undefined;
    const what = `deployment ${text(detail.deploymentId)}: ${text(detail.eventName)}`;
    return { kind: 'ecs', component: service, what };
  },
  'aws.appconfig': (detail) => {
    const application = text(record(detail.Application).Name);
    if (application === '') return undefined;
    const profile = text(record(detail.ConfigurationProfile).Name);
    const what = `configuration ${profile} is deployed to ${text(record(detail.Environment).Name)}`;
    return { kind: 'appconfig', component: application, what };
  },
  'aws.lambda': (detail) => {
    const call = text(detail.eventName).replace(/\d{8}(v\d)?$/, '');
    const name = text(record(detail.requestParameters).functionName);
    if (name === '' || detail.errorCode !== undefined) return undefined;
    // A name, or arn:aws:lambda:region:account:function:NAME
    const component = name.startsWith('arn:') ? (name.split(':')[6] ?? name) : name;
    return { kind: 'lambda', component, what: call };
  },
};

/** @returns undefined for an event that tells of no change */
export function changeOf(event: ChangeEvent): Change | undefined {
  const time = typeof event.time === 'string' ? Date.parse(event.time) : Number.NaN;
  const id = text(event.id);
  const read = READERS[text(event.source)];
  if (read === undefined || id === '' || !Number.isFinite(time)) return undefined;
  const resources = Array.isArray(event.resources) ? event.resources.filter(isText) : [];
  const told = read(record(event.detail), resources);
  return told === undefined ? undefined : { id, time, ...told };
}

const isText = (value: unknown): value is string => typeof value === 'string';

const text = (value: unknown): string => (isText(value) ? value : '');

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
