// Adapts a state machine definition to the embedded engine.
import { readFileSync } from 'node:fs';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';

/** In AWS, this is the stack's prefix. Here, functions have no prefix. */
const SUBSTITUTIONS: Readonly<Record<string, string>> = { FunctionPrefix: '' };

export type MachineName = 'respond' | 'reverse';
type State = Record<string, unknown> & { Type: string };

/** The longest timer of the engine. The adapter ends a state earlier. */
const NO_TIMEOUT_SECONDS = 1_000_000;

export function loadDefinition(name: MachineName): StateMachineDefinition {
  const url = new URL(`../../statemachines/${name}.asl.json`, import.meta.url);
  const text = readFileSync(url, 'utf8').replace(/\$\{(\w+)\}/g, (_, key: string) => {
    const value = SUBSTITUTIONS[key];
    if (value === undefined) throw new Error(`${name}.asl.json: no value for \${${key}}`);
    return value;
  });
  return embedded(JSON.parse(text));
}

/**
 * Moves the time limit of each task into its parameters, so that the adapter enforces it. The engine's own limit has
 * two flaws: it reads TimeoutSecondsPath from the result of Parameters instead of the state's input, and a test can't
 * advance its timers.
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
