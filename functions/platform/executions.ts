// Starts state machines under idempotent names, and answers task tokens.
import type { SFN } from '@aws-sdk/client-sfn';
import { NotFound } from '../domain/errors.ts';
import { typedAwsError } from './aws-errors.ts';

/**
 * Starts one state machine. A repeated start with the same name and input returns the running execution. If that name
 * was used before, AWS throws ExecutionAlreadyExists, which counts as success.
 *
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

/**
 * Errors for a token that nothing waits for any more.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
 */
const NO_LONGER_WAITING = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

/** Completes a state that waits for its task token. Rejects with NotFound if it no longer waits. */
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
