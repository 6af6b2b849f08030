// Starting and answering state machines: repeated calls and typed errors.
import { SendTaskSuccessCommand, SFN, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { NotFound, Throttled, Unavailable } from '../../functions/domain/errors.ts';
import { awsFailure } from '../../functions/mechanisms/stand-in.ts';
import { createCallback, createStarter } from '../../functions/platform/executions.ts';

const client = new SFN({ region: 'eu-central-1' });
const sfn = mockClient(client);
beforeEach(() => sfn.reset());

describe('starting an execution', () => {
  const start = createStarter(client, 'arn:reverse');

  test('starts an execution under the given name', async () => {
    sfn.on(StartExecutionCommand).resolves({});
    await start('reverse-1', { actionId: 'act-1' });
    expect(sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      { stateMachineArn: 'arn:reverse', name: 'reverse-1', input: '{"actionId":"act-1"}' },
    ]);
  });

  test('accepts an execution that was started before', async () => {
    sfn.on(StartExecutionCommand).rejects(awsFailure('ExecutionAlreadyExists', 400, 'exists'));
    await expect(start('reverse-1', {})).resolves.toBeUndefined();
  });

  test('throws Throttled when AWS throttles the start', async () => {
    sfn.on(StartExecutionCommand).rejects(awsFailure('ThrottlingException', 400, 'slow down'));
    await expect(start('reverse-1', {})).rejects.toBeInstanceOf(Throttled);
  });
});

describe('answering a task', () => {
  const callback = createCallback(client);

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'throws NotFound for %s, because no execution waits any more',
    async (name) => {
      sfn.on(SendTaskSuccessCommand).rejects(awsFailure(name, 400, 'too late'));
      await expect(callback('token', { verdict: 'approved' })).rejects.toBeInstanceOf(NotFound);
    },
  );

  test('throws Unavailable when AWS does not answer, so that the call is repeated', async () => {
    sfn.on(SendTaskSuccessCommand).rejects(new Error('socket hang up'));
    await expect(callback('token', { verdict: 'approved' })).rejects.toBeInstanceOf(Unavailable);
  });
});
