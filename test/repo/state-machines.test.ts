// The state machine definitions: valid syntax, timeouts, retries and catches.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import aslValidator from 'asl-validator';
import { describe, expect, test } from 'vitest';
import * as errors from '../../functions/domain/errors.ts';
import { SCOPES } from '../../functions/mechanisms/registry.ts';

const root = resolve(import.meta.dirname, '../..');
type State = {
  Type: string;
  Resource?: string;
  Parameters?: {
    FunctionName?: string;
    'FunctionName.$'?: string;
    Payload?: Record<string, string>;
  };
  TimeoutSeconds?: number;
  TimeoutSecondsPath?: string;
  HeartbeatSeconds?: number;
  Retry?: { ErrorEquals: string[] }[];
  Catch?: { ErrorEquals: string[] }[];
  ItemProcessor?: { States: Record<string, State> };
};
const load = (name: string) =>
  JSON.parse(readFileSync(join(root, 'statemachines', `${name}.asl.json`), 'utf8'));
const statesOf = (states: Record<string, State>): [string, State][] =>
  Object.entries(states).flatMap(([name, state]) => [
    [name, state],
    ...statesOf(state.ItemProcessor?.States ?? {}),
  ]);
const tasks = (name: string) =>
  statesOf(load(name).States).filter(([, { Type }]) => Type === 'Task');

/** Names of the retryable errors, as functions report them. */
const RETRYABLE = Object.values(errors)
  .filter((one) => typeof one === 'function' && one.prototype instanceof errors.RetryableError)
  .map((one) => (one as { name: string }).name)
  .sort();

describe.each(['respond', 'reverse'])('%s.asl.json', (name) => {
  test('the definition is a valid state machine', () => {
    const { isValid, errorsText } = aslValidator(load(name));
    expect(errorsText()).toBe('');
    expect(isValid).toBe(true);
  });

  test.each(tasks(name))(
    '%s has a timeout, and a task that waits for a callback passes its token',
    (_, state) => {
      expect(state.TimeoutSeconds ?? state.TimeoutSecondsPath).toBeDefined();
      // A heartbeat that is longer than the task would never be missed.
      expect(state.HeartbeatSeconds ?? 0).toBeLessThan(state.TimeoutSeconds ?? 1);
      if (state.Resource?.endsWith('.waitForTaskToken'))
        expect(state.Parameters?.Payload?.['taskToken.$']).toBe('$$.Task.Token');
    },
  );

  test.each(tasks(name))(
    '%s is named after the folder in functions/ whose function it calls',
    (state, { Parameters }) => {
      const called = Parameters?.FunctionName ?? Parameters?.['FunctionName.$'] ?? '';
      const folder = /\$\{FunctionPrefix\}([a-z]+)/.exec(called)?.[1] ?? '';
      expect(existsSync(join(root, 'functions', folder))).toBe(true);
      expect(state.replace(/-(again|approved|closed|questions|answers)$/, '')).toBe(folder);
    },
  );

  test.each(tasks(name))(
    '%s retries all of our retryable errors or none',
    (state, { Retry = [] }) => {
      const all = Retry.flatMap(({ ErrorEquals }) => ErrorEquals);
      // Waiting for a slot of the rate limit is no failure.
      const ours = all.filter((error) => !/^(Lambda|States)\.|^NoSlot$/.test(error));
      // analyse never throws them: it falls back to a ticket. The other two retry any failure.
      const isAnalysis = /^analyse\b/.test(state);
      const none = isAnalysis || ['notify', 'close'].includes(state);
      expect(ours.sort()).toEqual(none ? [] : RETRYABLE);
      if (!isAnalysis && none) expect(all).toEqual(['States.TaskFailed']);
    },
  );

  test.each(tasks(name))(
    '%s catches only errors that the engine raises',
    (_state, { Catch = [] }) => {
      const caught = Catch.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect(caught.filter((error) => !error.startsWith('States.'))).toEqual([]);
    },
  );
});

test('every scope has a function to execute and to reverse', () => {
  for (const scope of SCOPES)
    for (const step of ['execute', 'reverse'])
      expect(existsSync(join(root, 'functions', step, 'entries', `${scope}.ts`))).toBe(true);
});
