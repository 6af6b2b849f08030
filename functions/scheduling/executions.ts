// Starts executions under names that make a second start harmless.
import type { SFN } from '@aws-sdk/client-sfn';

/**
 * Starts one state machine. The same name with the same input is answered with the running execution; with a name
 * that was used before, AWS says ExecutionAlreadyExists, and then it has been done.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const createStarter =
  (client: Pick<SFN, 'startExecution'>, stateMachineArn: string) =>
  async (name: string, input: object): Promise<void> => {
    try {
      await client.startExecution({ stateMachineArn, name, input: JSON.stringify(input) });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') throw error;
    }
  };

/** Answers a state that waits for its task token. Rejects when it no longer waits. */
export const createCallback =
  (client: Pick<SFN, 'sendTaskSuccess'>) =>
  async (taskToken: string, output: object): Promise<void> => {
    await client.sendTaskSuccess({ taskToken, output: JSON.stringify(output) });
  };
