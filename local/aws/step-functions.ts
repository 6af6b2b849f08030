// The stand-in of the Step Functions API: the two calls that functions make.
import type { SFN } from '@aws-sdk/client-sfn';
import type { MachineName } from '../engine/definition.ts';
import type { Engine } from '../engine/state-machines.ts';

type StepFunctions = Pick<SFN, 'startExecution' | 'sendTaskSuccess'>;

/** Here, a state machine's ARN is its name. Errors have the names that AWS uses. */
export const createStepFunctions = (engine: Pick<Engine, 'start' | 'callback'>): StepFunctions =>
  ({
    startExecution: async ({
      stateMachineArn,
      name = '',
      input = '',
    }: Parameters<SFN['startExecution']>[0]) => {
      engine.start(stateMachineArn as MachineName, name, JSON.parse(input));
      return { $metadata: {} };
    },
    sendTaskSuccess: async ({
      taskToken = '',
      output = '',
    }: Parameters<SFN['sendTaskSuccess']>[0]) => {
      await engine.callback(taskToken, JSON.parse(output));
      return { $metadata: {} };
    },
  }) as StepFunctions;
