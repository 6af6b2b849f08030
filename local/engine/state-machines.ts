// Runs the deployed definitions on aws-local-stepfunctions, with what that engine lacks: task tokens, names, restarts.
import { StateMachine } from 'aws-local-stepfunctions';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import { loadDefinition, type MachineName } from './definition.ts';
import type { ExecutionLog } from './execution-log.ts';

export type Functions = Readonly<Record<string, (payload: unknown) => Promise<unknown>>>;

/** What happened to one state of one execution, for whoever watches. */
export type EngineEvent = {
  machine: MachineName;
  execution: string;
  type: 'entered' | 'exited' | 'failed' | 'caught' | 'retried' | 'succeeded' | 'aborted';
  state: string | null;
  /** Number of the Map item, or null outside of one. */
  item: number | null;
};

export type EngineDeps = {
  functions: Functions;
  clock: Clock;
  newId: () => string;
  log: ExecutionLog;
  onEvent?: (event: EngineEvent) => void;
  /** Milliseconds between retries, instead of the definition's; for tests. */
  retryIntervalMs?: number;
};

/** As AWS answers a callback to a token whose task is over or never was. */
class TaskTimedOut extends Error {
  override name = 'TaskTimedOut';
}
/** As AWS refuses a name that was used with another input. */
class ExecutionAlreadyExists extends Error {
  override name = 'ExecutionAlreadyExists';
}
class StatesTimeout extends Error {
  override name = 'States.Timeout';
}

/** What a Task state hands to its override: the resolved Parameters of `lambda:invoke`, and our two additions. */
const Invocation = z.looseObject({
  FunctionName: z.string(),
  Payload: z.unknown(),
  timeoutSeconds: z.number(),
  waitsForCallback: z.boolean(),
});
const Tokened = z.looseObject({ taskToken: z.string() });

export type Engine = ReturnType<typeof createEngine>;

export function createEngine(deps: EngineDeps) {
  const { functions, clock, newId, log, onEvent = () => {} } = deps;
  const definitions = { respond: loadDefinition('respond'), reverse: loadDefinition('reverse') };
  const running = new Map<string, { abort: () => void; done: Promise<void> }>();
  const waiting = new Map<string, { resolve: (output: unknown) => void }>();
  let stopping = false;

  async function invoke(parameters: unknown): Promise<unknown> {
    const { FunctionName, Payload, timeoutSeconds, waitsForCallback } =
      Invocation.parse(parameters);
    const fn = functions[FunctionName];
    if (!fn) throw new Error(`there is no function ${FunctionName}`);
    const work = waitsForCallback ? callAndWait(fn, Payload) : fn(Payload);
    const result = await within(work, timeoutSeconds).finally(() => {
      if (waitsForCallback) waiting.delete(Tokened.parse(Payload).taskToken);
    });
    // A callback's output is the state's output; an ordinary call's comes in an envelope.
    return waitsForCallback ? result : { Payload: result ?? null, StatusCode: 200 };
  }

  /** The callback may come before the function returns; a function that throws fails the task at once. */
  async function callAndWait(fn: Functions[string], payload: unknown): Promise<unknown> {
    const { taskToken } = Tokened.parse(payload);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(taskToken, { resolve });
    fn?.(payload).catch(reject);
    return promise;
  }

  async function within<T>(work: Promise<T>, seconds: number): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    const end = new Date(clock.now().getTime() + seconds * 1000);
    const cancel = clock.at(end, () => reject(new StatesTimeout('the state did not end in time')));
    // Whichever loses is nobody's business any more.
    work.catch(() => {});
    try {
      return await Promise.race([work, promise]);
    } finally {
      cancel();
    }
  }

  function run(machine: MachineName, name: string, input: object): void {
    const definition = definitions[machine];
    const states = taskNames(definition);
    const context = {
      Execution: { Id: name, Name: name, StartTime: clock.now().toISOString() },
      // A fresh token for each state that asks for one, also in parallel Map items.
      get Task() {
        return { Token: newId() };
      },
    };
    const execution = new StateMachine(definition, {
      validationOptions: { checkArn: false },
    }).run(input as never, {
      noThrowOnAbort: true,
      context,
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(
          states.map((state) => [state, (parameters) => invoke(parameters) as never]),
        ),
        ...(deps.retryIntervalMs === undefined
          ? {}
          : {
              retryIntervalOverrides: Object.fromEntries(
                states.map((state) => [state, deps.retryIntervalMs ?? 0]),
              ),
            }),
      },
    });
    void watch(machine, name, execution.eventLogs);
    const done = execution.result.then(
      () => end(machine, name, 'succeeded'),
      () => end(machine, name, 'failed'),
    );
    running.set(`${machine}/${name}`, { abort: execution.abort, done });
  }

  function end(machine: MachineName, name: string, outcome: 'succeeded' | 'failed'): void {
    running.delete(`${machine}/${name}`);
    if (stopping) return;
    log.finished(machine, name);
    onEvent({ machine, execution: name, type: outcome, state: null, item: null });
  }

  async function watch(
    machine: MachineName,
    execution: string,
    events: AsyncIterable<unknown>,
  ): Promise<void> {
    for await (const event of events) {
      const parsed = EngineLog.safeParse(event);
      if (!parsed.success) continue;
      const { type, state, index } = parsed.data;
      onEvent({
        machine,
        execution,
        type: EVENT_TYPES[type],
        state: state.name,
        item: index ?? null,
      });
    }
  }

  function start(machine: MachineName, name: string, input: object): void {
    const known = log.find(machine, name);
    if (known && JSON.stringify(known.input) === JSON.stringify(input)) return;
    if (known)
      throw new ExecutionAlreadyExists(`${machine} ${name} was started with another input`);
    log.started(machine, name, input);
    run(machine, name, input);
  }

  return {
    start,
    /** Ends the wait of a state. Rejects with TaskTimedOut when nothing waits for this token. */
    async callback(taskToken: string, output: unknown): Promise<void> {
      const task = waiting.get(taskToken);
      if (!task) throw new TaskTimedOut('nothing waits for this token');
      waiting.delete(taskToken);
      task.resolve(output);
    },
    /** Runs again, from their start, the executions that a stop or a crash cut off: every function may be repeated. */
    resume(): void {
      for (const { machine, name, input } of log.unfinished()) run(machine, name, input);
    },
    /** Resolves when no execution runs any more. */
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.all([...running.values()].map(({ done }) => done));
    },
    running: () => running.size,
    waitingTokens: () => [...waiting.keys()],
    async stop(): Promise<void> {
      stopping = true;
      const all = [...running.values()];
      for (const { abort } of all) abort();
      await Promise.all(all.map(({ done }) => done));
    },
  };
}

const EVENT_TYPES = {
  StateEntered: 'entered',
  StateExited: 'exited',
  StateFailed: 'failed',
  StateCaught: 'caught',
  StateRetried: 'retried',
} as const;
const EngineLog = z.looseObject({
  type: z.enum(['StateEntered', 'StateExited', 'StateFailed', 'StateCaught', 'StateRetried']),
  state: z.looseObject({ name: z.string() }),
  index: z.int().optional(),
});

type States = Record<string, { Type: string; ItemProcessor?: { States: States } }>;

const taskNames = ({ States: states }: { States: unknown }): string[] =>
  Object.entries(states as States).flatMap(([name, state]) =>
    state.ItemProcessor ? taskNames(state.ItemProcessor) : state.Type === 'Task' ? [name] : [],
  );
