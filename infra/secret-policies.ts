// Reading secrets by reference: those and no others. Few fit into a role's own policy; what is above goes into managed
// policies, so that a deployment with hundreds of people and receivers is not refused by IAM.
import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { SecretReference } from '../lib/model/notification.ts';

/**
 * Inline policies of a role have 10,240 characters together, a managed policy 6,144, and a role takes 10 of them.
 * Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const INLINE_CHARACTERS = 4_000;
const MANAGED_CHARACTERS = 5_500;
const MANAGED_POLICIES = 10;
/** Of an ARN around the name, in the longest partition and Region, with its quotes. */
const ARN_CHARACTERS = 90;

interface Readable {
  readonly action: string;
  readonly arn: string;
  readonly characters: number;
}

/**
 * Lets a function read secrets by reference, those and no others.
 * @throws Error when there are more than a role can list, several hundred
 */
export function grantSecrets(role: Role, references: readonly SecretReference[]): void {
  const [inline, ...others] = inGroups(readables(role, references));
  for (const statement of statements(inline ?? [])) role.addToPolicy(statement);
  const before = role.node.children.filter((child) => child instanceof ManagedPolicy).length;
  if (before + others.length > MANAGED_POLICIES) {
    throw new Error(
      `a function would have to read ${references.length} secrets, more than a role can list; keep several in one secret and name them by key`,
    );
  }
  others.forEach((group, place) => {
    new ManagedPolicy(role, `Secrets${before + place + 1}`, {
      description: 'Tidewatch: secrets of receivers',
      roles: [role],
      statements: statements(group),
    });
  });
}

function readables(role: Role, references: readonly SecretReference[]): Readable[] {
  const stack = Stack.of(role);
  const found = references.map((reference): Readable => {
    const name = 'secret' in reference ? reference.secret : reference.parameter;
    const characters = ARN_CHARACTERS + name.length;
    if ('secret' in reference) {
      return { action: 'secretsmanager:GetSecretValue', arn: secretArn(stack, name), characters };
    }
    const resourceName = name.replace(/^\//, '');
    const arn = stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName });
    return { action: 'ssm:GetParameter', arn, characters };
  });
  return [...new Map(found.map((item) => [item.arn, item])).values()];
}

/** A secret that the stack makes is known by its ARN, which is only a token until it is deployed. */
function secretArn(stack: Stack, name: string): string {
  if (name.startsWith('arn:') || Token.isUnresolved(name)) return name;
  // The ARN of a secret ends in six characters that are not known before it is made.
  return stack.formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${name}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The first group is for the role's own policy, each other one for a managed policy. */
function inGroups(items: readonly Readable[]): Readable[][] {
  const groups: Readable[][] = [[]];
  let room = INLINE_CHARACTERS;
  for (const item of items) {
    if (item.characters > room) {
      groups.push([]);
      room = MANAGED_CHARACTERS;
    }
    room -= item.characters;
    groups.at(-1)!.push(item);
  }
  return groups;
}

function statements(items: readonly Readable[]): PolicyStatement[] {
  return [...new Set(items.map(({ action }) => action))].map(
    (action) =>
      new PolicyStatement({
        actions: [action],
        resources: items.filter((item) => item.action === action).map(({ arn }) => arn),
      }),
  );
}
