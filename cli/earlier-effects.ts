// Lists and signs effects that an earlier version left without proof.
import { identityOf, prove, type Signer } from '../functions/authority/claims.ts';
import { type Action, MAY_HAVE_EFFECT, personIn } from '../functions/domain/action.ts';
import { digestOf, withEntry } from '../functions/store/hash-chain.ts';
import type { Store } from '../functions/store/store.ts';

/** Effects without evidence, soonest due first. Until a person signs them, only a person can undo them, manually. */
export async function unsignedEffects({ records }: Pick<Store, 'records'>): Promise<Action[]> {
  const { found } = await records.outstanding();
  return found.filter(
    ({ status, evidence, effectKey }) =>
      evidence === null && effectKey !== null && MAY_HAVE_EFFECT.includes(status),
  );
}

/**
 * Signs what the record says about one effect, in the name of the person who compared it with AWS. From then on it is
 * undone like any other.
 */
export async function signEffect(
  { store, evidence: key }: { store: Pick<Store, 'records' | 'leases'>; evidence: Signer },
  { incidentId, actionId }: Pick<Action, 'incidentId' | 'actionId'>,
  { by, at }: { by: string; at: Date },
): Promise<Action> {
  const signed = await store.records.changeAction(incidentId, actionId, async (current) => {
    const { effectKey, before, dueAt } = current;
    if (current.evidence !== null || effectKey === null) return null;
    const evidence = await prove(key, 'evidence', {
      ...identityOf(current),
      effectKey,
      before: digestOf(before),
      dueAt,
      keptBy: dueAt === null ? keeperOf(current) : null,
      at: at.toISOString(),
    });
    const text = 'Compared with AWS and signed, because an earlier version stored no proof';
    return { ...withEntry(current, { at, by: `person:${by}`, event: 'signed', text }), evidence };
  });
  const { effectKey, before } = signed;
  if (effectKey === null) return signed;
  const claims = { effectKey, actionId, before: digestOf(before), at: at.toISOString() };
  const capture = await prove(key, 'capture', claims);
  await store.leases.sign(effectKey, signed, { before, capture });
  return signed;
}

const keeperOf = ({ history }: Action): string => {
  const by = history.findLast(({ event }) => event === 'kept')?.by ?? '';
  return personIn(by) ?? 'policy';
};
