// Answers to CodeDeploy's lifecycle hooks: whether a deployment goes on.
import { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
import { sdkFailure } from './sdk-failure.ts';

export class CodeDeployHooks {
  private readonly client: CodeDeployClient;

  constructor(client: CodeDeployClient = new CodeDeployClient({ maxAttempts: 5 })) {
    this.client = client;
  }

  async answer(
    { deploymentId, executionId }: { readonly deploymentId: string; readonly executionId: string },
    status: 'Succeeded' | 'Failed',
  ): Promise<void> {
    const answer = new PutLifecycleEventHookExecutionStatusCommand({
      deploymentId,
      lifecycleEventHookExecutionId: executionId,
      status,
    });
    try {
      await this.client.send(answer);
    } catch (error) {
      throw sdkFailure(error, 'PutLifecycleEventHookExecutionStatus');
    }
  }
}
