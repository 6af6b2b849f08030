// Ctrl-C during a drill: what was changed is taken back first. Insisting ends it at once; the next drill takes it back then.

/** The process, as far as it is needed here. */
export type Host = {
  on(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
  say(line: string): void;
  exit(code: number): void;
  /** Milliseconds of a clock that only goes forward. */
  elapsed(): number;
};

export const INTERRUPTED = 130;
/** A terminal's Ctrl-C reaches us once from it, and again from each process between it and us. */
const SAME_PRESS_MS = 1_000;

export function stopOnSignal(host: Host): AbortSignal {
  const stopping = new AbortController();
  let pressedAt = 0;
  const onSignal = () => {
    if (!stopping.signal.aborted) {
      pressedAt = host.elapsed();
      stopping.abort();
      host.say('\nStopping: what was changed is taken back first. Again to stop at once.');
    } else if (host.elapsed() - pressedAt >= SAME_PRESS_MS) {
      host.say('\nStopped at once: the next drill takes back what this one left.');
      host.exit(INTERRUPTED);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) host.on(signal, onSignal);
  return stopping.signal;
}
