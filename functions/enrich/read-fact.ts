// Reads one fact with a deadline and turns a failure into an unknown fact.

import { type Fact, known, unknown } from '../domain/facts.ts';
import { withDeadline } from '../platform/deadline.ts';
import { errorFields, type Log } from '../platform/log.ts';

export type ReadDeps = {
  /** The deadline of one read. All reads of an alert run in parallel. */
  readDeadline: () => AbortSignal;
  log: Log;
};

/**
 * The result of `read`, or an unknown fact with the reason. Never rejects.
 *
 * @example await readFact(deps, 'The tags of i-0aa1', (abortSignal) => ec2.describeTags({...}, { abortSignal }))
 */
export async function readFact<T>(
  { readDeadline, log }: ReadDeps,
  subject: string,
  read: (abortSignal: AbortSignal) => Promise<T>,
): Promise<Fact<T>> {
  try {
    return known(await withDeadline(readDeadline(), read));
  } catch (error) {
    log('warn', 'fact not read', { what: subject, ...errorFields(error) });
    // The reason is not cut off by a long name in the subject.
    const what = subject.slice(0, 120);
    return unknown(`${what} could not be read: ${reasonOf(error)}`.slice(0, 300));
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
