// Time limit for work that may ignore its signal.

/**
 * The result of the work, or a rejection with the signal's reason once the time is up. The work may then end unnoticed.
 */
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
