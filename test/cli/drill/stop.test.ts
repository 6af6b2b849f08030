// Ctrl-C during a drill: pressed once, forwarded again, and pressed twice.
import { expect, test } from 'vitest';
import { type Host, INTERRUPTED, stopOnSignal } from '../../../cli/drill/stop.ts';

function pressing() {
  const listeners = new Map<string, () => void>();
  const seen = { exits: [] as number[], said: [] as string[], at: 0 };
  const host: Host = {
    on: (signal, listener) => listeners.set(signal, listener),
    say: (line) => seen.said.push(line),
    exit: (code) => seen.exits.push(code),
    elapsed: () => seen.at,
  };
  const signal = stopOnSignal(host);
  const press = (name = 'SIGINT') => listeners.get(name)?.();
  return { seen, signal, press };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s aborts the drill without exiting', (name) => {
  const { seen, signal, press } = pressing();
  expect(signal.aborted).toBe(false);
  press(name);
  expect(signal.aborted).toBe(true);
  expect(seen.exits).toEqual([]);
});

test('signals within a second of the first Ctrl-C count as the same press', () => {
  const { seen, press } = pressing();
  press();
  seen.at = 900;
  press();
  press('SIGTERM');
  expect(seen.exits).toEqual([]);
});

test('a second Ctrl-C exits at once and says that the next drill cleans up', () => {
  const { seen, press } = pressing();
  press();
  seen.at = 1_500;
  press();
  expect(seen.exits).toEqual([INTERRUPTED]);
  expect(seen.said.at(-1)).toContain('next drill will undo');
});
