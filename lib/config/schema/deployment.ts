// The section `deployment`.
import { z } from 'zod';
import type { Problem } from '../problem.ts';
import { distinct, logRetention, section } from './parts.ts';

export const deploymentSchema = section({
  stackName: z
    .string({ error: 'a CloudFormation stack name' })
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, {
      error: 'letters, digits and hyphens, at most 128, a letter first',
    })
    .optional(),
  removal: z.enum(['keep', 'destroy']).optional(),
  encryption: z.enum(['aws', 'customerKey']).optional(),
  functionLogRetention: logRetention().optional(),
  alarms: section({
    topicArn: z
      .string({ error: 'the ARN of an SNS topic' })
      .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/, {
        error: 'the ARN of an SNS topic (standard, not FIFO)',
      })
      .optional(),
    emails: distinct(
      z
        .string({ error: 'an e-mail address' })
        .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, { error: 'an e-mail address' }),
      100,
      'e-mail addresses',
    ).optional(),
  }).optional(),
});

/** What a schema of single values cannot say. */
export function deploymentProblems(deployment: z.output<typeof deploymentSchema>): Problem[] {
  const alarms = deployment.alarms;
  if (alarms?.topicArn === undefined || alarms.emails === undefined || alarms.emails.length === 0) return [];
  return [
    {
      level: 'error',
      path: 'deployment.alarms.emails',
      message: 'expected no addresses beside topicArn: subscribe them to that topic where it is made',
    },
  ];
}
