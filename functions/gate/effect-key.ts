// The key of an effect that the gate proposes, before there is an action.
import type { Entity } from '../domain/alert.ts';
import { isHere, placeOfAction } from '../domain/target-place.ts';
import { effectKeyOf } from '../mechanisms/mechanism.ts';
import type { Effect } from '../mechanisms/registry.ts';
import type { Circumstances } from './proposal.ts';

/**
 * The key under which other incidents find the same effect. Null for an effect that is not shared: one on the alert
 * itself, such as its ticket, belongs to its incident, and one elsewhere is not made by this stack.
 */
export function sharedKeyOf(
  { policy: { homeRegion }, here }: Pick<Circumstances, 'policy' | 'here'>,
  target: Entity,
  { mechanism, parameters }: Effect,
): string | null {
  if (target.kind === 'alert' || !isHere(target, here)) return null;
  return effectKeyOf(mechanism, {
    // No shared effect depends on who proposes it.
    ...{ incidentId: '', actionId: '', durationMinutes: null },
    ...{ ...placeOfAction(mechanism.action, target, { here, homeRegion }), target, parameters },
  });
}
