// One look at the account for a fact: read-only, under a time limit of its own, and a reason where it fails.

import { type Fact, known, unknown } from '../domain/facts.ts';
import { withDeadline } from '../platform/deadline.ts';
import { errorFields, type Log } from '../platform/log.ts';

export type LookDeps = {
  /** Ends one look. All looks of an alert run at once, so that together they take as long as the slowest. */
  lookDeadline: () => AbortSignal;
  log: Log;
};

/**
 * What `read` found, or why it could not. It never rejects: a fact that cannot be read is unknown.
 *
 * @example await look(deps, 'the tags of i-0aa1', (abortSignal) => ec2.describeTags({...}, { abortSignal }))
 */
export async function look<T>(
  { lookDeadline, log }: LookDeps,
  what: string,
  read: (abortSignal: AbortSignal) => Promise<T>,
): Promise<Fact<T>> {
  try {
    return known(await withDeadline(lookDeadline(), read));
  } catch (error) {
    log('warn', 'fact not read', { what, ...errorFields(error) });
    return unknown(`${what} could not be read: ${reasonOf(error)}`.slice(0, 300));
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
