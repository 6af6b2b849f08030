// Runs Task states: calls the function and enforces time limit and callback.
import * as z from 'zod/mini';
import type { Clock } from './clock.ts';
import {
  executionOver,
  FatalTaskError,
  functionFailed,
  noSuchFunction,
  StatesTimeout,
} from './task-errors.ts';

export type Functions = Readonly<Record<string, (payload: unknown) => Promise<unknown>>>;

/** Thrown for a token whose task has ended or never existed, as in AWS. */
class TaskTimedOut extends Error {
  override name = 'TaskTimedOut';
}

/** The resolved Parameters of `lambda:invoke`, with the two fields that definition.ts adds. */
const Invocation = z.looseObject({
  FunctionName: z.string(),
  Payload: z.unknown(),
  timeoutSeconds: z.int().check(z.gte(1)),
  waitsForCallback: z.boolean(),
});
const Tokened = z.looseObject({ taskToken: z.string() });

/**
 * How to end the running tasks of an execution. Not a promise that each task races against: it would keep the result of
 * every task until the execution ends.
 */
export type Ends = Set<() => void>;

/** Calls `onWaiting` when a state's function has returned and only the callback is missing. */
export function createTasks(functions: Functions, clock: Clock, onWaiting: () => void) {
  const waiting = new Map<string, { execution: string; resolve: (output: unknown) => void }>();
  /** Tokens whose function has returned, so that only the callback is missing. */
  const returned = new Set<string>();

  /** While the task runs, `ends` has a function that ends it. */
  async function run(execution: string, parameters: unknown, ends: Ends) {
    const { FunctionName, Payload, timeoutSeconds, waitsForCallback } = parsed(
      Invocation,
      parameters,
    );
    const payload = asJson(Payload);
    if (!waitsForCallback) {
      const result = await within(call(FunctionName, payload), timeoutSeconds, ends);
      return { Payload: result, StatusCode: 200 };
    }
    // A callback's output is the state's output. The output of an ordinary call has an envelope.
    const { taskToken } = parsed(Tokened, Payload);
    try {
      const answer = callAndWait(execution, FunctionName, payload, taskToken);
      return await within(answer, timeoutSeconds, ends);
    } finally {
      waiting.delete(taskToken);
      returned.delete(taskToken);
    }
  }

  async function call(name: string, payload: unknown): Promise<unknown> {
    const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!found) throw noSuchFunction(name);
    try {
      return asJson(await found(payload));
    } catch (error) {
      throw functionFailed(error);
    }
  }

  /** The callback may arrive before the function returns. A function that throws fails the task at once. */
  function callAndWait(execution: string, name: string, payload: unknown, taskToken: string) {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(taskToken, { execution, resolve });
    call(name, payload).then(() => {
      if (!waiting.has(taskToken)) return;
      returned.add(taskToken);
      onWaiting();
    }, reject);
    return promise;
  }

  async function within<T>(work: Promise<T>, seconds: number, ends: Ends): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const end = new Date(clock.now().getTime() + seconds * 1000);
    const cancel = clock.at(end, () => reject(new StatesTimeout()));
    const stop = () => reject(executionOver());
    ends.add(stop);
    // A function can't be cancelled. After a time-out, its error must not crash the process.
    work.catch(() => {});
    try {
      return await Promise.race([work, promise]);
    } finally {
      cancel();
      ends.delete(stop);
    }
  }

  return {
    run,
    /** Ends the wait of a state. Rejects with TaskTimedOut when nothing waits for this token. */
    async callback(taskToken: string, output: unknown): Promise<void> {
      const task = waiting.get(taskToken);
      if (!task) throw new TaskTimedOut('no task waits for this token');
      waiting.delete(taskToken);
      returned.delete(taskToken);
      task.resolve(asJson(output));
    },
    waitingTokens: () => [...waiting.keys()],
    /** The number of states in an execution that wait only for their callback. */
    waitingIn: (execution: string) =>
      [...returned].filter((token) => waiting.get(token)?.execution === execution).length,
  };
}

/** As in AWS, invalid parameters fail the execution without Retry or Catch. */
function parsed<T>(schema: z.ZodMiniType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new FatalTaskError('States.Runtime', z.prettifyError(result.error));
  return result.data;
}

/** Converts to JSON and back, as AWS does between states and functions. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
