// Whether a proposal joins an action with the same effect. Pure.

import type { Entity } from '../domain/alert.ts';
import { utc } from '../domain/wording.ts';
import type { Effect } from '../mechanisms/registry.ts';
import { sharedKeyOf } from './effect-key.ts';
import { type Circumstances, type Holding, type Verdict, verdict } from './proposal.ts';

/** The other action with the effect, or null. */
export function holdingFor(
  given: Circumstances & { target: Entity | null },
  effect: Effect,
): Holding | null {
  const key = given.target && sharedKeyOf(given, given.target, effect);
  return (key && given.holdings.get(key)) || null;
}

const ALREADY = { asked: 'already-requested', 'in-force': 'already-in-force' } as const;
export const JOIN_CODES: readonly string[] = Object.values(ALREADY);

/** A joined effect is not prolonged: it ends when the first action ends. */
export function joinVerdict({ incidentId, actionId, state, until }: Holding): Verdict {
  const action = `${actionId} of ${incidentId}`;
  if (state === 'asked')
    return verdict('dropped', ALREADY[state], `Already requested: this joins ${action}`);
  const end = until ? utc(until) : 'a person ends it';
  return verdict('dropped', ALREADY[state], `Already in force until ${end}: this joins ${action}`);
}
