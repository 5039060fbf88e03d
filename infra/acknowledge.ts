// Findings of cdk-nag that are meant: each is acknowledged where it arises, with its reason.
import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

export interface Acknowledgement {
  /** Such as `AwsSolutions-IAM5[Resource::*]`. */
  readonly finding: string;
  /** Why it is meant, for a reader of the report. */
  readonly reason: string;
}

/** Acknowledges findings on a construct and everything inside it. */
export function acknowledge(construct: IConstruct, ...meant: readonly Acknowledgement[]): void {
  for (const { finding, reason } of meant) Validations.of(construct).acknowledge({ id: finding, reason });
}

/** Acknowledges that a policy names a resource with a `*` in it. @param resource as the policy names it */
export function acknowledgeWildcard(construct: IConstruct, resource: string, reason: string): void {
  const written = writtenOut(Stack.of(construct).resolve(resource));
  acknowledge(construct, { finding: `AwsSolutions-IAM5[Resource::${written}]`, reason });
}

/** A resource as cdk-nag writes it: references in angle brackets. @example `<Bucket83908E77.Arn>/raw/*` */
function writtenOut(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const reference = resolved as {
    readonly Ref?: string;
    readonly 'Fn::GetAtt'?: readonly string[];
    readonly 'Fn::Join'?: readonly [string, readonly unknown[]];
  };
  if (reference.Ref !== undefined) return `<${reference.Ref}>`;
  if (reference['Fn::GetAtt'] !== undefined) return `<${reference['Fn::GetAtt'].join('.')}>`;
  if (reference['Fn::Join'] !== undefined) {
    const [delimiter, parts] = reference['Fn::Join'];
    return parts.map(writtenOut).join(delimiter);
  }
  throw new Error(`a resource that cannot be written out: ${JSON.stringify(resolved)}`);
}
