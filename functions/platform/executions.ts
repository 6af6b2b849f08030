// Starts executions under names that make a second start harmless.
import type { SFN } from '@aws-sdk/client-sfn';
import { NotFound } from '../domain/errors.ts';
import { typedAwsError } from './aws-errors.ts';

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
      if (error instanceof Error && error.name === 'ExecutionAlreadyExists') return;
      throw typedAwsError('starting the state machine', { name }, error);
    }
  };

/** What AWS says when nothing waits for a token any more. @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html */
const NO_LONGER_WAITING = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

/** Answers a state that waits for its task token. Rejects with NotFound when it no longer waits. */
export const createCallback =
  (client: Pick<SFN, 'sendTaskSuccess'>) =>
  async (taskToken: string, output: object): Promise<void> => {
    try {
      await client.sendTaskSuccess({ taskToken, output: JSON.stringify(output) });
    } catch (error) {
      if (error instanceof Error && NO_LONGER_WAITING.includes(error.name))
        throw new NotFound('the state machine no longer waits', {}, error);
      throw typedAwsError('answering the state machine', {}, error);
    }
  };
