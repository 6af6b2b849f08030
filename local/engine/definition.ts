// A state machine definition made ready for the embedded engine: names filled in, what it lacks rewritten.
import { readFileSync } from 'node:fs';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';

/** In AWS this is the stack's prefix; here a function is called by its plain name. */
const SUBSTITUTIONS: Readonly<Record<string, string>> = { FunctionPrefix: '' };

export type MachineName = 'respond' | 'reverse';
type State = Record<string, unknown> & { Type: string };

/** The longest that a timer holds; our own clock ends a state earlier. */
const NO_TIMEOUT_SECONDS = 1_000_000;

export function loadDefinition(name: MachineName): StateMachineDefinition {
  const url = new URL(`../../statemachines/${name}.asl.json`, import.meta.url);
  const text = readFileSync(url, 'utf8').replace(/\$\{(\w+)\}/g, (_, key: string) => {
    const value = SUBSTITUTIONS[key];
    if (value === undefined) throw new Error(`${name}.asl.json: nothing is substituted for ${key}`);
    return value;
  });
  return embedded(JSON.parse(text));
}

/**
 * The engine reads TimeoutSecondsPath from what Parameters made, AWS from the state's input, and its timers cannot be
 * moved by a test. So the adapter keeps the time: each task is told its limit in its parameters.
 */
function embedded<D extends { States: Record<string, State> }>(definition: D): D {
  const states = Object.entries(definition.States).map(([name, state]) => [
    name,
    withOwnTimeout(state),
  ]);
  return { ...definition, States: Object.fromEntries(states) };
}

function withOwnTimeout(state: State): State {
  if (state.Type === 'Map')
    return {
      ...state,
      ItemProcessor: embedded(state.ItemProcessor as { States: Record<string, State> }),
    };
  if (state.Type !== 'Task') return state;
  const { TimeoutSeconds, TimeoutSecondsPath, ...rest } = state;
  const limit = TimeoutSecondsPath
    ? { 'timeoutSeconds.$': TimeoutSecondsPath }
    : { timeoutSeconds: TimeoutSeconds ?? NO_TIMEOUT_SECONDS };
  const waits = String(state.Resource).endsWith('.waitForTaskToken');
  return {
    ...rest,
    TimeoutSeconds: NO_TIMEOUT_SECONDS,
    Parameters: { ...(state.Parameters as object), ...limit, waitsForCallback: waits },
  };
}

/** State names from first to last, each once: how the console draws a way. */
export function stateNames(definition: StateMachineDefinition): string[] {
  return Object.entries(definition.States as unknown as Record<string, State>).flatMap(
    ([name, state]) =>
      state.Type === 'Map'
        ? stateNames(state.ItemProcessor as StateMachineDefinition)
        : state.Type === 'Task'
          ? [name]
          : [],
  );
}
