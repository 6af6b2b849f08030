// Adds task tokens, execution names and restarts to aws-local-stepfunctions.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import * as z from 'zod/mini';
import type { Clock } from './clock.ts';
import { loadDefinition, type MachineName } from './definition.ts';
import type { ExecutionLog } from './execution-log.ts';
import { executionOver } from './task-errors.ts';
import { createTasks, type Ends, type Functions } from './tasks.ts';

export type { Functions };

/** An event of one execution, or of one state in it. */
export type EngineEvent = {
  machine: MachineName;
  execution: string;
  type: 'entered' | 'exited' | 'failed' | 'caught' | 'retried' | 'succeeded';
  state: string | null;
  /** The index of the Map item; null outside a Map. */
  item: number | null;
  /** The Error and Cause of Step Functions, if `type` is failed. */
  error?: { name: string; cause: string };
};

export type EngineDeps = {
  functions: Functions;
  clock: Clock;
  newId: () => string;
  log: ExecutionLog;
  onEvent?: (event: EngineEvent) => void;
  /** Milliseconds between retries, instead of the definition's intervals. For tests. */
  retryIntervalMs?: number;
};

/** Thrown for a name that was used with another input, as in AWS. */
class ExecutionAlreadyExists extends Error {
  override name = 'ExecutionAlreadyExists';
}

type Running = {
  stop(): void;
  done: Promise<void>;
  /** The number of states that are running, except Map states, and of those the number that wait to be retried. */
  progress: { active: number; retrying: number };
};

export type Engine = ReturnType<typeof createEngine>;

export function createEngine(deps: EngineDeps) {
  const { functions, clock, newId, log, onEvent = () => {} } = deps;
  // Once, because the library validates the whole definition in 0.1 to 0.2 s.
  const machines = { respond: load('respond'), reverse: load('reverse') };
  const running = new Map<string, Running>();
  let stopping = false;
  let changed = Promise.withResolvers<void>();

  const signalChange = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const tasks = createTasks(functions, clock, signalChange);

  function emit(event: EngineEvent): void {
    onEvent(event);
    signalChange();
  }

  function run(machine: MachineName, name: string, input: object): void {
    const { stateMachine, states } = machines[machine];
    const key = `${machine}/${name}`;
    const ends: Ends = new Set();
    let isOver = false;
    const endTasks = () => {
      isOver = true;
      for (const end of ends) end();
    };
    // The library retries after an abort, and continues with the other items after one ended the execution.
    const runTask = (parameters: unknown) =>
      isOver ? Promise.reject(executionOver()) : tasks.run(key, parameters, ends);
    const context = {
      Execution: { Id: name, Name: name, StartTime: clock.now().toISOString() },
      // A getter, because each state needs its own token, and the library copies the context once per Map item.
      Task: {
        get Token() {
          return newId();
        },
      },
    };
    const execution = stateMachine.run(input as never, {
      noThrowOnAbort: true,
      context,
      overrides: {
        taskResourceLocalHandlers: forEach(states, (parameters) => runTask(parameters) as never),
        ...(deps.retryIntervalMs !== undefined && {
          retryIntervalOverrides: forEach(states, deps.retryIntervalMs),
        }),
      },
    });
    const progress = { active: 0, retrying: 0 };
    const watched = watch(machine, name, progress, execution.eventLogs);
    const ended = execution.result.then(
      () => undefined,
      (error: unknown) => failureOf(error),
    );
    const done = (async () => {
      const failure = await ended;
      endTasks();
      await watched;
      end(machine, name, failure);
    })();
    const stop = () => {
      endTasks();
      execution.abort();
    };
    running.set(key, { stop, done, progress });
  }

  function end(machine: MachineName, name: string, error: EngineEvent['error']): void {
    running.delete(`${machine}/${name}`);
    if (stopping) return;
    log.finished(machine, name);
    const type = error ? 'failed' : 'succeeded';
    emit({ machine, execution: name, type, state: null, item: null, ...(error && { error }) });
  }

  async function watch(
    machine: MachineName,
    execution: string,
    progress: Running['progress'],
    events: AsyncIterable<unknown>,
  ): Promise<void> {
    for await (const event of events) {
      const parsed = EngineLog.safeParse(event);
      if (!parsed.success) continue;
      const { type, state, index, Error: name, Cause } = parsed.data;
      progress.active = activeAfter(progress.active, type, state.type);
      progress.retrying += RETRYING[type];
      emit({
        machine,
        execution,
        type: EVENT_TYPES[type],
        state: state.name,
        item: index ?? null,
        ...(name !== undefined && { error: { name, cause: String(Cause) } }),
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
    callback: tasks.callback,
    /** Restarts, from the first state, the executions that a stop or a crash interrupted. Functions are idempotent. */
    resume(): void {
      for (const { machine, name, input } of log.unfinished())
        if (!running.has(`${machine}/${name}`)) run(machine, name, input);
    },
    /** Resolves when no execution is running. */
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.all([...running.values()].map(({ done }) => done));
    },
    /** Resolves when every execution has ended or waits for a callback; `settled` also if it waits to be retried. */
    async quiet(until: 'ended' | 'settled' = 'ended'): Promise<void> {
      for (;;) {
        const change = changed.promise;
        // All events of a step arrive within one turn of the event loop. Only then can the counts be compared.
        await nextTurn();
        const busy = [...running].some(
          ([
            key,
            {
              progress: { active, retrying },
            },
          ]) => active - (until === 'settled' ? retrying : 0) > tasks.waitingIn(key),
        );
        if (!busy) return;
        await change;
      }
    },
    running: () => running.size,
    waitingTokens: tasks.waitingTokens,
    /** Stops all executions; the next process resumes them. Doesn't wait for functions that are running. */
    async stop(): Promise<void> {
      stopping = true;
      const all = [...running.values()];
      for (const { stop } of all) stop();
      await Promise.all(all.map(({ done }) => done));
    },
  };
}

function load(name: MachineName) {
  const definition = loadDefinition(name);
  const stateMachine = new StateMachine(definition, { validationOptions: { checkArn: false } });
  return { stateMachine, states: taskNames(definition) };
}

const EVENT_TYPES = {
  StateEntered: 'entered',
  StateExited: 'exited',
  StateFailed: 'failed',
  StateCaught: 'caught',
  StateRetried: 'retried',
} as const;
/** A state that fails waits until it is retried or caught. Otherwise its execution ends. */
const RETRYING: Readonly<Record<keyof typeof EVENT_TYPES, number>> = {
  StateEntered: 0,
  StateExited: 0,
  StateFailed: 1,
  StateCaught: -1,
  StateRetried: -1,
};
const EngineLog = z.looseObject({
  type: z.enum(['StateEntered', 'StateExited', 'StateFailed', 'StateCaught', 'StateRetried']),
  state: z.looseObject({ name: z.string(), type: z.string() }),
  index: z.optional(z.int()),
  Error: z.optional(z.string()),
  Cause: z.optional(z.unknown()),
});

/** The number of running states after an event. A Map isn't counted, and items of a failed Map never exit. */
function activeAfter(active: number, type: keyof typeof EVENT_TYPES, stateType: string): number {
  if (stateType === 'Map') return type === 'StateExited' ? 0 : active;
  if (type === 'StateEntered') return active + 1;
  return type === 'StateExited' ? active - 1 : active;
}

function failureOf(error: unknown): { name: string; cause: string } {
  const failure = error instanceof ExecutionError ? error.cause : error;
  return failure instanceof Error
    ? { name: failure.name, cause: failure.message }
    : { name: 'Unknown', cause: String(failure) };
}

const forEach = <Value>(names: readonly string[], value: Value): Record<string, Value> =>
  Object.fromEntries(names.map((name) => [name, value]));

type States = Record<string, { Type: string; ItemProcessor?: { States: States } }>;

const taskNames = ({ States: states }: { States: unknown }): string[] =>
  Object.entries(states as States).flatMap(([name, state]) =>
    state.ItemProcessor ? taskNames(state.ItemProcessor) : state.Type === 'Task' ? [name] : [],
  );
