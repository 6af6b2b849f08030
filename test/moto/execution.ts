// Runs a state machine on moto's Step Functions engine until it ends.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';

const pollMs = 25;

export async function startExecution(
  sfn: SFNClient,
  definition: object,
  input: unknown = {},
): Promise<string> {
  const machine = await sfn.send(
    new CreateStateMachineCommand({
      name: `machine-${randomUUID()}`,
      definition: JSON.stringify(definition),
      roleArn: 'arn:aws:iam::123456789012:role/states',
    }),
  );
  const started = await sfn.send(
    new StartExecutionCommand({
      stateMachineArn: machine.stateMachineArn,
      name: randomUUID(),
      input: JSON.stringify(input),
    }),
  );
  if (!started.executionArn) throw new Error('StartExecution returned no ARN');
  return started.executionArn;
}

/** The execution once it has ended, successfully or not. */
export async function ended(
  sfn: SFNClient,
  executionArn: string,
  limitMs = 10_000,
): Promise<DescribeExecutionCommandOutput> {
  const deadline = Date.now() + limitMs;
  while (Date.now() < deadline) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING') return execution;
    await delay(pollMs);
  }
  throw new Error(`${executionArn} still runs after ${limitMs} ms`);
}

/** Runs to the end and returns the output. */
export async function outputOf(
  sfn: SFNClient,
  definition: object,
  input: unknown = {},
): Promise<unknown> {
  const { status, output, error, cause } = await ended(
    sfn,
    await startExecution(sfn, definition, input),
  );
  if (status !== 'SUCCEEDED') throw new Error(`${status}: ${error}: ${cause}`);
  return JSON.parse(output ?? 'null');
}
