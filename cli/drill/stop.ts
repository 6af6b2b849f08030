// Ctrl-C during a drill: the first undoes its change, a second ends it.

/** The parts of the process that a test replaces. */
export type Host = {
  on(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
  say(line: string): void;
  exit(code: number): void;
  /** Milliseconds of a monotonic clock. */
  elapsed(): number;
};

export const INTERRUPTED = 130;
/** One Ctrl-C can arrive several times: from the terminal, and from each parent process that forwards it. */
const SAME_PRESS_MS = 1_000;

export function stopOnSignal(host: Host): AbortSignal {
  const stopping = new AbortController();
  let pressedAt = 0;
  const onSignal = () => {
    if (!stopping.signal.aborted) {
      pressedAt = host.elapsed();
      stopping.abort();
      host.say('\nStopping after this change is undone. Press Ctrl-C again to stop at once.');
    } else if (host.elapsed() - pressedAt >= SAME_PRESS_MS) {
      host.say('\nStopped. The next drill will undo this change.');
      host.exit(INTERRUPTED);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) host.on(signal, onSignal);
  return stopping.signal;
}
