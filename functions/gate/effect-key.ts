// The key of an effect that the gate proposes, before there is an action.
import type { Entity } from '../domain/alert.ts';
import type { Effect } from '../mechanisms/registry.ts';
import type { Circumstances } from './proposal.ts';

/** Where the effect of a proposal is: part of the action, its digest and its key. */
export const placeOfEffect = ({ policy, alert }: Pick<Circumstances, 'policy' | 'alert'>) => ({
  account: policy.account,
  region: alert.region,
});

/** An effect on the alert itself, such as its ticket, belongs to its incident and is never shared. */
const isShared = ({ kind }: Pick<Entity, 'kind'>): boolean => kind !== 'alert';

/** The key under which other incidents find the same effect; null for an effect that is not shared. */
export const sharedKeyOf = (
  circumstances: Pick<Circumstances, 'policy' | 'alert'>,
  target: Entity,
  { mechanism, parameters }: Effect,
): string | null =>
  isShared(target)
    ? mechanism.effectKey({
        // No shared effect depends on who proposes it.
        ...{ incidentId: '', actionId: '', durationMinutes: null },
        ...{ ...placeOfEffect(circumstances), target, parameters },
      })
    : null;
