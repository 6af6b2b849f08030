// The verdict on a proposal whose effect an existing action has. Pure.

import type { Entity } from '../domain/alert.ts';
import { ALREADY } from '../domain/effect-state.ts';
import { utc } from '../domain/wording.ts';
import type { Effect } from '../mechanisms/registry.ts';
import { sharedKeyOf } from './effect-key.ts';
import { type Circumstances, type ExistingAction, type Verdict, verdict } from './proposal.ts';

/** The action of another alert that has or requests the effect, or null. */
export function existingFor(
  given: Circumstances & { target: Entity | null },
  effect: Effect,
): ExistingAction | null {
  const key = given.target && sharedKeyOf(given, given.target, effect);
  return (key && given.existingActions.get(key)) || null;
}

/** Joining does not extend the effect: it ends with the first action. */
export function joinVerdict({ incidentId, actionId, state, until }: ExistingAction): Verdict {
  const action = `${actionId} of ${incidentId}`;
  if (state === 'asked')
    return verdict('dropped', ALREADY[state], `Already requested: this joins ${action}`);
  const end = until ? utc(until) : 'a person ends it';
  return verdict('dropped', ALREADY[state], `Already in force until ${end}: this joins ${action}`);
}
