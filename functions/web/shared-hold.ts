// The other actions that hold the effect of an action.
import type { Action } from '../domain/action.ts';
import { isSameEffect, withoutPlace } from '../domain/effect-key.ts';
import { actionDigest } from '../store/hash-chain.ts';
import type { WebDeps } from './deps.ts';
import { mayReverse } from './keep-decision.ts';

/** An undo by a person ends the effect for all of them. */
export async function otherHolders(
  { store }: Pick<WebDeps, 'store'>,
  { actionId, effectKey }: Action,
): Promise<Action[]> {
  if (effectKey === null) return [];
  // The action may have joined a lease of an earlier version, whose key has no place.
  const leases = await Promise.all(
    [effectKey, withoutPlace(effectKey)].map((key) => store.leases.find(key)),
  );
  const lease = leases.find((one) => one?.holders.includes(actionId)) ?? leases[0];
  const others = lease?.holders.filter((holder) => holder !== actionId) ?? [];
  const found = await Promise.all(
    others.map((holder) => {
      const origin = lease?.origins[holder];
      return origin && store.records.findAction(origin.incidentId, holder);
    }),
  );
  return found
    .filter((one) => one !== undefined)
    .filter((one) => isSameEffect(one.effectKey, effectKey) && actionDigest(one) === one.digest)
    .filter(mayReverse);
}
