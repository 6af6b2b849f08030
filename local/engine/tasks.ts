// Runs the Task states: calls the function, keeps the time limit and waits for the callback where one is due.
import * as z from 'zod';
import type { Clock } from './clock.ts';
import { FatalTaskError, functionFailed, noSuchFunction, StatesTimeout } from './task-errors.ts';

export type Functions = Readonly<Record<string, (payload: unknown) => Promise<unknown>>>;

/** As AWS answers a callback to a token whose task is over or never was. */
class TaskTimedOut extends Error {
  override name = 'TaskTimedOut';
}

/** What a Task state hands to its override: the resolved Parameters of `lambda:invoke`, and our two additions. */
const Invocation = z.looseObject({
  FunctionName: z.string(),
  Payload: z.unknown(),
  timeoutSeconds: z.int().min(1),
  waitsForCallback: z.boolean(),
});
const Tokened = z.looseObject({ taskToken: z.string() });

/** `onAsked` is told when one more state waits for nothing but its callback. */
export function createTasks(functions: Functions, clock: Clock, onAsked: () => void) {
  const waiting = new Map<string, { execution: string; resolve: (output: unknown) => void }>();
  /** Tokens whose function has returned: only the callback is missing. */
  const asked = new Set<string>();

  /** `over` rejects when the execution ends: whatever it still had under way ends with it. */
  async function run(execution: string, parameters: unknown, over: Promise<never>) {
    const { FunctionName, Payload, timeoutSeconds, waitsForCallback } = parsed(
      Invocation,
      parameters,
    );
    const payload = asJson(Payload);
    if (!waitsForCallback) {
      const result = await within(call(FunctionName, payload), timeoutSeconds, over);
      return { Payload: result, StatusCode: 200 };
    }
    // A callback's output is the state's output; an ordinary call's comes in an envelope.
    const { taskToken } = parsed(Tokened, Payload);
    try {
      const answer = callAndWait(execution, FunctionName, payload, taskToken);
      return await within(answer, timeoutSeconds, over);
    } finally {
      waiting.delete(taskToken);
      asked.delete(taskToken);
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

  /** The callback may come before the function returns; a function that throws fails the task at once. */
  function callAndWait(execution: string, name: string, payload: unknown, taskToken: string) {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(taskToken, { execution, resolve });
    call(name, payload).then(() => {
      if (!waiting.has(taskToken)) return;
      asked.add(taskToken);
      onAsked();
    }, reject);
    return promise;
  }

  async function within<T>(work: Promise<T>, seconds: number, over: Promise<never>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const end = new Date(clock.now().getTime() + seconds * 1000);
    const cancel = clock.at(end, () => reject(new StatesTimeout()));
    // Whichever loses is nobody's business any more: a function cannot be cancelled.
    work.catch(() => {});
    try {
      return await Promise.race([work, promise, over]);
    } finally {
      cancel();
    }
  }

  return {
    run,
    /** Ends the wait of a state. Rejects with TaskTimedOut when nothing waits for this token. */
    async callback(taskToken: string, output: unknown): Promise<void> {
      const task = waiting.get(taskToken);
      if (!task) throw new TaskTimedOut('nothing waits for this token');
      waiting.delete(taskToken);
      asked.delete(taskToken);
      task.resolve(asJson(output));
    },
    waitingTokens: () => [...waiting.keys()],
    /** How many states of an execution wait for nothing but their callback. */
    askedBy: (execution: string) =>
      [...asked].filter((token) => waiting.get(token)?.execution === execution).length,
  };
}

/** Parameters that do not fit fail the execution for good, as in AWS. */
function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new FatalTaskError('States.Runtime', z.prettifyError(result.error));
  return result.data;
}

/** What crosses between states and functions is JSON: neither sees the other's objects, dates or undefined. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
