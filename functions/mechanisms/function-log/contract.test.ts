// The contract of a function's log level. moto lacks LoggingConfig.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Lambda } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { contract, type Ground } from '../../../test/contract/mechanism-contract.ts';
import { subjectOn, theFunction } from '../../../test/fixtures/case.ts';
import { Conflict, StateChanged } from '../../domain/errors.ts';
import type { StateFile } from '../stand-in.ts';
import {
  type FunctionApi,
  type FunctionLogClients,
  type Logging,
  logAtDebug,
} from './debug-level.ts';
import { createLambda, type LambdaState } from './stand-in.ts';

const subject = subjectOn(theFunction);
const name = theFunction.value;

const TEXT: Logging = { LogFormat: 'Text', LogGroup: '/shop/images' };
const WARN: Logging = {
  LogFormat: 'JSON',
  ApplicationLogLevel: 'WARN',
  SystemLogLevel: 'WARN',
  LogGroup: `/aws/lambda/${name}`,
};

const accountWith = (logging: Logging) =>
  inMemory<LambdaState>({ [name]: { logging, revision: 7, looksUntilSettled: 0 } });

/** A change in the console: wait, read, change. */
async function byHand(lambda: FunctionApi, change: (logging: Logging) => Logging) {
  await lambda.getFunctionConfiguration({ FunctionName: name });
  const { LoggingConfig } = await lambda.getFunctionConfiguration({ FunctionName: name });
  await lambda.updateFunctionConfiguration({
    FunctionName: name,
    LoggingConfig: change(LoggingConfig as Logging),
  });
  await lambda.getFunctionConfiguration({ FunctionName: name });
}

function groundOn(file: StateFile<LambdaState>, before: Logging): Ground<FunctionLogClients> {
  const lambda = createLambda(file);
  return {
    clients: (wrap) => ({ lambda: wrap(lambda), sleep: async () => {} }),
    snapshot: async () => file.read()[name]?.logging,
    othersAdd: () => byHand(lambda, (logging) => ({ ...logging, LogGroup: '/moved/elsewhere' })),
    deleteTarget: async () => file.write({}),
    othersUndo: () => byHand(lambda, () => before),
  };
}

for (const [title, before] of Object.entries({ Text: TEXT, 'JSON at WARN': WARN }))
  contract(`function-log.debug-level on ${title}, on the stand-in`, {
    mechanism: logAtDebug,
    subject,
    setup: async () => groundOn(accountWith(before), before),
    conflict: 'ResourceConflictException',
  });

const driverOn = (file: StateFile<LambdaState>, lambda: FunctionApi = createLambda(file)) => {
  const waits: number[] = [];
  const driver = logAtDebug.connect({ lambda, sleep: async (ms) => void waits.push(ms) });
  return { driver, lambda, waits };
};

describe('while another update is in progress', () => {
  test('waits until another update of the function has ended', async () => {
    const file = accountWith(TEXT);
    const { driver, lambda, waits } = driverOn(file);
    await lambda.updateFunctionConfiguration({ FunctionName: name, LoggingConfig: WARN });
    expect(await driver.capture(subject)).toEqual(WARN);
    expect(waits).toHaveLength(1);
  });

  test('throws Conflict when another update of the function does not end', async () => {
    const file = inMemory<LambdaState>({
      [name]: { logging: TEXT, revision: 1, looksUntilSettled: 0 },
    });
    const endless = {
      ...createLambda(file),
      getFunctionConfiguration: async () => ({ LastUpdateStatus: 'InProgress', $metadata: {} }),
    } as unknown as FunctionApi;
    const { driver, waits } = driverOn(file, endless);
    await expect(driver.capture(subject)).rejects.toThrow(Conflict);
    expect(waits).toHaveLength(9);
  });

  test.each(['ResourceConflictException', 'PreconditionFailedException'])(
    'throws Conflict when another update was faster (%s), and keeps its changes on retry',
    async (refusal) => {
      const file = accountWith(WARN);
      const { driver, lambda } = driverOn(file);
      const before = await driver.capture(subject);
      const overtaken = driverOn(file, {
        ...lambda,
        updateFunctionConfiguration: async (request: never) => {
          await lambda.updateFunctionConfiguration({
            FunctionName: name,
            LoggingConfig: { ...WARN, LogGroup: '/moved/elsewhere' },
          });
          if (refusal === 'PreconditionFailedException')
            await lambda.getFunctionConfiguration({ FunctionName: name });
          return lambda.updateFunctionConfiguration(request);
        },
      } as FunctionApi);
      await expect(overtaken.driver.apply(subject, before)).rejects.toThrow(refusal);
      await expect(overtaken.driver.apply(subject, before)).rejects.toThrow(Conflict);
      await driver.apply(subject, before);
      await driver.verify(subject, before);
      expect(file.read()[name]?.logging).toEqual({
        ...WARN,
        ApplicationLogLevel: 'DEBUG',
        LogGroup: '/moved/elsewhere',
      });
    },
  );
});

test('throws StateChanged on revert with the level that someone else set, and changes nothing', async () => {
  const file = accountWith(TEXT);
  const { driver, lambda } = driverOn(file);
  const before = await driver.capture(subject);
  await driver.apply(subject, before);
  await byHand(lambda, (logging) => ({ ...logging, ApplicationLogLevel: 'ERROR' }));
  const theirs = file.read();
  const refused = driver.revert(subject, before);
  await expect(refused).rejects.toThrow(StateChanged);
  await expect(refused).rejects.toThrow('logs as JSON, ERROR');
  expect(file.read()).toEqual(theirs);
});

test('throws StateChanged on apply when the level changed after the capture', async () => {
  const file = accountWith(WARN);
  const { driver, lambda } = driverOn(file);
  const before = await driver.capture(subject);
  await byHand(lambda, (logging) => ({ ...logging, ApplicationLogLevel: 'FATAL' }));
  await expect(driver.apply(subject, before)).rejects.toThrow(StateChanged);
  expect(file.read()[name]?.logging.ApplicationLogLevel).toBe('FATAL');
});

test('leaves a more detailed log level unchanged', async () => {
  const file = accountWith({ ...WARN, ApplicationLogLevel: 'TRACE' });
  const { driver } = driverOn(file);
  const before = await driver.capture(subject);
  expect(logAtDebug.alreadyInPlace(before)).toBe(true);
  await driver.apply(subject, before);
  expect(file.read()[name]?.logging.ApplicationLogLevel).toBe('TRACE');
});

test('does not verify when the last update failed', async () => {
  const failed = {
    getFunctionConfiguration: async () => ({
      LoggingConfig: { ...WARN, ApplicationLogLevel: 'DEBUG' },
      RevisionId: 'r',
      LastUpdateStatus: 'Failed',
      LastUpdateStatusReason: 'the KMS key is disabled',
      $metadata: {},
    }),
  } as unknown as FunctionApi;
  const { driver } = driverOn(accountWith(WARN), failed);
  expect(await driver.verify(subject, WARN)).toEqual({
    holds: false,
    found: expect.stringContaining('the KMS key is disabled'),
  });
});

describe('requests of the real client', () => {
  type Sent = { method: string; path: string; body: Record<string, unknown> };
  let sent: Sent[];
  let stop: () => Promise<void>;
  let lambda: Lambda;

  /** A Lambda endpoint that returns more fields than needed, like the real one. */
  beforeEach(async () => {
    sent = [];
    const state = { logging: TEXT as unknown };
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => {
        text += part;
      });
      request.on('end', () => {
        const body = text ? JSON.parse(text) : {};
        sent.push({ method: request.method ?? '', path: request.url ?? '', body });
        if (request.method === 'PUT') state.logging = body.LoggingConfig;
        response.end(
          JSON.stringify({
            FunctionName: name,
            LoggingConfig: state.logging,
            RevisionId: `r-${sent.length}`,
            LastUpdateStatus: 'Successful',
            Role: 'arn:aws:iam::111122223333:role/shop-resize-images',
            Environment: { Variables: { DATABASE_PASSWORD: 'not for the record' } },
            Layers: [{ Arn: 'arn:aws:lambda:eu-central-1:111122223333:layer:sharp:3' }],
          }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    lambda = new Lambda({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    stop = () => new Promise((resolve) => server.close(() => resolve()));
  });
  afterEach(async () => {
    lambda.destroy();
    await stop();
  });

  test('sends only the logging configuration and the revision in an update', async () => {
    const driver = logAtDebug.connect({ lambda, sleep: async () => {} });
    const before = await driver.capture(subject);
    await driver.apply(subject, before);
    await driver.revert(subject, before);
    const updates = sent.filter(({ method }) => method === 'PUT');
    expect(updates.map(({ body }) => body)).toEqual([
      {
        RevisionId: 'r-2',
        LoggingConfig: {
          LogFormat: 'JSON',
          ApplicationLogLevel: 'DEBUG',
          SystemLogLevel: 'INFO',
          LogGroup: '/shop/images',
        },
      },
      { RevisionId: 'r-4', LoggingConfig: TEXT },
    ]);
    for (const { path } of updates)
      expect(path).toBe(`/2015-03-31/functions/${name}/configuration`);
  });

  test('captures only the logging configuration, without environment variables', async () => {
    const driver = logAtDebug.connect({ lambda, sleep: async () => {} });
    expect(await driver.capture(subject)).toEqual(TEXT);
  });
});
