// A time limit on work that may not listen to its signal.

/** The work's result, or a rejection with the signal's reason once the time is over; the work may still end, unheard. */
export const withDeadline = <T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => Promise.race([work(signal), ended(signal)]);

const ended = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
