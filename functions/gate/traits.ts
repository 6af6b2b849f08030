// Evaluates the conditions of effective.yaml on a target.
import { type Fact, known, unknown } from '../domain/facts.ts';
import { isIdentity } from '../domain/service-account.ts';
import { isHere } from '../domain/target-place.ts';
import type { Trait } from '../policy/schemas/effective.ts';
import type { Proposal } from './proposal.ts';

type Subject = Pick<Proposal, 'target' | 'entityFacts' | 'here'>;

/** True, false or unknown, which counts as true. False for a kind of target that can't have the trait. */
export const TRAITS: Readonly<Record<Trait, (subject: Subject) => Fact<boolean>>> = {
  'wider-than-one-host': ({ target, entityFacts }) => {
    if (target?.kind !== 'ip') return known(false);
    const singleHost = entityFacts?.address?.singleHost;
    if (!singleHost) return unknown('no facts about the address were read');
    return singleHost.known ? known(!singleHost.value) : singleHost;
  },
  'service-account': ({ target, entityFacts }) => {
    if (!target || !isIdentity(target)) return known(false);
    return entityFacts?.identity?.serviceAccount ?? unknown('no facts about it were read');
  },
  'address-of-ours': ({ target, entityFacts, here }) => {
    // An address that was seen elsewhere is handed off. Its runbook asks who owns it.
    if (target?.kind !== 'ip' || !isHere(target, here)) return known(false);
    const ownedBy = entityFacts?.address?.ownedBy;
    if (!ownedBy) return unknown('no facts about the address were read');
    return ownedBy.known ? known(ownedBy.value !== null) : ownedBy;
  },
};
