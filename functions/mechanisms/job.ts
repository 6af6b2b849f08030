// Converts a recorded action to a mechanism's input, with a digest check.

import type { Verifier } from '../authority/claims.ts';
import type { Action } from '../domain/action.ts';
import { DigestMismatch, InvalidInput } from '../domain/errors.ts';
import type { Place } from '../domain/place.ts';
import type { Log } from '../platform/log.ts';
import type { Schedules } from '../platform/schedules.ts';
import type { Policy } from '../policy/policy.ts';
import { actionDigest } from '../store/hash-chain.ts';
import type { Store } from '../store/store.ts';
import type { Connected, Subject } from './mechanism.ts';

export type Job = { subject: Subject; mechanism: Connected };

/** The mechanisms of a function's scope, by ID. */
export type Mechanisms = ReadonlyMap<string, Connected>;

/** Dependencies of executors and reversers. */
export type MechanismDeps = {
  store: Pick<Store, 'records' | 'leases' | 'limiter' | 'killSwitch' | 'drills' | 'entityHistory'>;
  mechanisms: Mechanisms;
  schedules: Schedules;
  policy: Policy;
  /** The place of this stack. */
  here: Place;
  /** Verify who decided and what was captured. */
  keys: { votes: Verifier; rulings: Verifier; evidence: Verifier };
  now: () => Date;
  log: Log;
};

/**
 * The mechanism and input of an action. Throws DigestMismatch if the record differs from what was decided, and
 * InvalidInput if it names no mechanism of this scope.
 */
export function jobOf(action: Action, mechanisms: Mechanisms): Job {
  const { actionId, incidentId, account, region, target, parameters, durationMinutes, effectKey } =
    action;
  if (actionDigest(action) !== action.digest)
    throw new DigestMismatch('the recorded action differs from the one that was decided on', {
      actionId,
    });
  const mechanism = mechanisms.get(action.mechanism ?? '');
  if (!mechanism || !target || !effectKey)
    throw new InvalidInput(`"${action.mechanism}" is not a mechanism of this function`, {
      actionId,
    });
  const subject = { incidentId, actionId, account, region, target, parameters, durationMinutes };
  return { subject, mechanism };
}
