// The parts of the Amazon States Language that moto's engine supports.
import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, outputOf, startExecution } from './execution.ts';
import type { InvokeHandlers } from './lambda-proxy.ts';
import { type Moto, startMotoWithLambdas } from './moto-server.ts';

const invoke = 'arn:aws:states:::lambda:invoke';

class Throttled extends Error {
  override readonly name = 'Throttled';
}

const attempts = { flaky: 0 };
let receiveToken: (token: string) => void = () => {
  throw new Error('no test waits for a token');
};
const nextToken = () =>
  new Promise<string>((resolve) => {
    receiveToken = resolve;
  });

const handlers: InvokeHandlers = {
  'countermand-double': async (payload) => ({ doubled: 2 * (payload as { n: number }).n }),
  flaky: async () => {
    attempts.flaky += 1;
    if (attempts.flaky <= 2) throw new Throttled(`attempt ${attempts.flaky}`);
    return { attempts: attempts.flaky };
  },
  broken: async () => {
    throw new TypeError('no such thing');
  },
  ask: async (payload) => {
    receiveToken((payload as { token: string }).token);
  },
};

let moto: Moto;
let sfn: SFNClient;
beforeAll(async () => {
  moto = await startMotoWithLambdas(handlers);
  sfn = new SFNClient(moto.clientConfig);
}, 60_000);
afterAll(async () => {
  sfn?.destroy();
  await moto?.stop();
});

const single = (state: object) => ({ StartAt: 'Only', States: { Only: { End: true, ...state } } });

test('calls a function named by States.Format with its payload, and selects the result', async () => {
  const definition = single({
    Type: 'Task',
    Resource: invoke,
    Parameters: {
      'FunctionName.$':
        "States.Format('arn:aws:lambda:us-east-1:123456789012:function:{}-double', $.prefix)",
      Payload: { 'n.$': '$.n' },
    },
    ResultSelector: { 'n.$': '$.Payload.doubled', 'status.$': '$.StatusCode' },
    ResultPath: '$.result',
  });
  const input = { prefix: 'countermand', n: 21 };
  expect(await outputOf(sfn, definition, input)).toEqual({
    ...input,
    result: { n: 42, status: 200 },
  });
});

test('retries a custom error until the function succeeds', async () => {
  const definition = single({
    Type: 'Task',
    Resource: invoke,
    Parameters: { FunctionName: 'flaky', 'Payload.$': '$' },
    Retry: [
      {
        ErrorEquals: ['Throttled'],
        IntervalSeconds: 1,
        BackoffRate: 1,
        MaxAttempts: 2,
        JitterStrategy: 'FULL',
      },
    ],
    OutputPath: '$.Payload',
  });
  expect(await outputOf(sfn, definition)).toEqual({ attempts: 3 });
});

test('catches a function error with States.ALL, with its type and its cause as JSON', async () => {
  const definition = {
    StartAt: 'Break',
    States: {
      Break: {
        Type: 'Task',
        Resource: invoke,
        Parameters: { FunctionName: 'broken', Payload: {} },
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Caught' }],
        End: true,
      },
      Caught: { Type: 'Pass', End: true },
    },
  };
  const output = (await outputOf(sfn, definition, { kept: true })) as {
    kept: boolean;
    error: { Error: string; Cause: string };
  };
  expect(output.kept).toBe(true);
  expect(output.error.Error).toBe('TypeError');
  expect(JSON.parse(output.error.Cause)).toEqual({
    errorType: 'TypeError',
    errorMessage: 'no such thing',
    trace: [],
  });
});

test('fails the execution for an unknown function, as AWS does', async () => {
  const definition = single({
    Type: 'Task',
    Resource: invoke,
    Parameters: { FunctionName: 'no-such-function', Payload: {} },
  });
  const execution = await ended(sfn, await startExecution(sfn, definition));
  expect(execution).toMatchObject({
    status: 'FAILED',
    error: 'Lambda.ResourceNotFoundException',
  });
});

test('runs every iteration of a Map with its own payload, and keeps the order', async () => {
  const definition = single({
    Type: 'Map',
    ItemsPath: '$.numbers',
    MaxConcurrency: 2,
    ItemSelector: { 'n.$': '$$.Map.Item.Value', 'index.$': '$$.Map.Item.Index' },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: 'Double',
      States: {
        Double: {
          Type: 'Task',
          Resource: invoke,
          Parameters: { FunctionName: 'countermand-double', 'Payload.$': '$' },
          ResultPath: '$.double',
          ResultSelector: { 'doubled.$': '$.Payload.doubled' },
          End: true,
        },
      },
    },
    ResultPath: '$.results',
  });
  const output = (await outputOf(sfn, definition, { numbers: [3, 1, 2] })) as { results: unknown };
  expect(output.results).toEqual([
    { n: 3, index: 0, double: { doubled: 6 } },
    { n: 1, index: 1, double: { doubled: 2 } },
    { n: 2, index: 2, double: { doubled: 4 } },
  ]);
});

const askAndWait = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: `${invoke}.waitForTaskToken`,
      Parameters: { FunctionName: 'ask', Payload: { 'token.$': '$$.Task.Token' } },
      TimeoutSecondsPath: '$.limitSeconds',
      Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Expired' }],
      End: true,
    },
    Expired: { Type: 'Pass', End: true },
  },
};

test('waits for a task token, and returns the output of SendTaskSuccess as the result', async () => {
  const token = nextToken();
  const execution = await startExecution(sfn, askAndWait, { limitSeconds: 60 });
  await sfn.send(
    new SendTaskSuccessCommand({ taskToken: await token, output: '{"decision":"approved"}' }),
  );
  const { output } = await ended(sfn, execution);
  expect(JSON.parse(output ?? '')).toEqual({ decision: 'approved' });
});

test('fails a task with States.Timeout after TimeoutSecondsPath when no one answers', async () => {
  const token = nextToken();
  const started = performance.now();
  const execution = await startExecution(sfn, askAndWait, { limitSeconds: 1 });
  await token;
  const { output } = await ended(sfn, execution);
  expect(JSON.parse(output ?? '')).toMatchObject({ error: { Error: 'States.Timeout' } });
  expect(performance.now() - started).toBeGreaterThan(900);
});

test('evaluates array and arithmetic intrinsics in a Pass state', async () => {
  const definition = single({
    Type: 'Pass',
    Parameters: {
      'sum.$': 'States.MathAdd($.index, -1)',
      'item.$': 'States.ArrayGetItem($.rungs, $.index)',
      'length.$': 'States.ArrayLength($.rungs)',
    },
  });
  expect(await outputOf(sfn, definition, { index: 1, rungs: ['primary', 'secondary'] })).toEqual({
    sum: 0,
    item: 'secondary',
    length: 2,
  });
});
