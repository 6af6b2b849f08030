// From a recorded action to what a mechanism is told, checked to be exactly what was decided.

import type { Action } from '../domain/action.ts';
import { DigestMismatch, InvalidInput } from '../domain/errors.ts';
import type { Log } from '../platform/log.ts';
import type { Schedules } from '../platform/schedules.ts';
import type { Policy } from '../policy/policy.ts';
import { actionDigest } from '../store/hash-chain.ts';
import type { Store } from '../store/store.ts';
import type { Connected, Subject } from './mechanism.ts';

export type Job = { subject: Subject; effectKey: string; mechanism: Connected };

/** Mechanisms of the scope that a function serves, by id. */
export type Mechanisms = ReadonlyMap<string, Connected>;

/** What executing and reversing need from outside. */
export type MechanismDeps = {
  store: Store;
  mechanisms: Mechanisms;
  schedules: Schedules;
  policy: Policy;
  now: () => Date;
  log: Log;
};

/**
 * The job that an action stands for.
 *
 * Throws DigestMismatch when the record is not the one that was decided on, and InvalidInput when it names no
 * mechanism of this scope.
 */
export function jobOf(action: Action, mechanisms: Mechanisms): Job {
  const { actionId, incidentId, account, region, target, parameters, durationMinutes, effectKey } =
    action;
  if (actionDigest(action) !== action.digest)
    throw new DigestMismatch('the recorded action is not the one that was decided on', {
      actionId,
    });
  const mechanism = mechanisms.get(action.mechanism ?? '');
  if (!mechanism || !target || !effectKey)
    throw new InvalidInput(`"${action.mechanism}" is not a mechanism of this function`, {
      actionId,
    });
  const subject = { incidentId, actionId, account, region, target, parameters, durationMinutes };
  return { subject, effectKey, mechanism };
}
