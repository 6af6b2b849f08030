// What code can say about a target, as the table of effective actions asks for it. Unknown counts as yes.
import { type Fact, known, unknown } from '../domain/facts.ts';
import { isIdentity } from '../domain/service-account.ts';
import type { Trait } from '../policy/schemas/effective.ts';
import type { Proposal } from './proposal.ts';

type Subject = Pick<Proposal, 'target' | 'entityFacts'>;

/** Known to be false for targets that cannot have it. */
export const TRAITS: Readonly<Record<Trait, (subject: Subject) => Fact<boolean>>> = {
  'wider-than-one-host': ({ target, entityFacts }) => {
    if (target?.kind !== 'ip') return known(false);
    const singleHost = entityFacts?.address?.singleHost;
    if (!singleHost) return unknown('no facts about the address could be read');
    return singleHost.known ? known(!singleHost.value) : singleHost;
  },
  'service-account': ({ target, entityFacts }) => {
    if (!target || !isIdentity(target)) return known(false);
    return entityFacts?.identity?.serviceAccount ?? unknown('nothing about it could be read');
  },
  'address-of-ours': ({ target, entityFacts }) => {
    if (target?.kind !== 'ip') return known(false);
    const ownedBy = entityFacts?.address?.ownedBy;
    if (!ownedBy) return unknown('nothing about the address could be read');
    return ownedBy.known ? known(ownedBy.value !== null) : ownedBy;
  },
};
