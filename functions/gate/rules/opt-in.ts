// The rule about resources that only an opt-in tag lets Countermand change.
import { OPT_IN_TAG, type OptIn } from '../../domain/opt-in.ts';
import { optInOfAcls } from '../../mechanisms/network/opt-in.ts';
import { type Proposal, type Rule, verdict } from '../proposal.ts';
import { guardsOf, shown } from './facts.ts';

const textOf = ({ resource, command }: OptIn): string =>
  `The owner has not allowed changes: the tag ${OPT_IN_TAG} is missing on ${resource}. To allow them, run: ${command}`;

/** The resource that must carry the tag, for actions whose effects are all on the target. */
const neededFor = ({ effects, target }: Proposal): OptIn | null => {
  for (const { mechanism, parameters } of effects) {
    const needed = target && mechanism.optIn?.(target, parameters);
    if (needed) return needed;
  }
  return null;
};

/** The network ACLs without the tag. The proposal contains no block at the network then. */
const closedAcls = (proposal: Proposal): string[] =>
  guardsOf(proposal).flatMap(({ acls }) =>
    acls?.known ? acls.value.filter((acl) => !acl.optedIn).map((acl) => acl.networkAclId) : [],
  );

const targetIsOptedIn: Rule = {
  id: 'target-is-opted-in',
  question: 'If the change needs the owner’s opt-in tag, is it there?',
  inputs: (proposal) => ({
    optedIn: neededFor(proposal) ? shown(proposal.entityFacts?.optedIn) : 'not needed',
    networkAclsWithoutIt: closedAcls(proposal),
  }),
  verdict: (proposal) => {
    const acls = [...new Set(closedAcls(proposal))];
    if (acls.length > 0)
      return verdict(
        proposal.effects.length > 0 ? 'approve' : 'hand-off',
        'not-opted-in',
        textOf(optInOfAcls(acls, proposal.here.region)),
      );
    const needed = neededFor(proposal);
    const optedIn = proposal.entityFacts?.optedIn;
    if (!needed || (optedIn?.known && optedIn.value)) return null;
    return optedIn?.known
      ? verdict('hand-off', 'not-opted-in', textOf(needed))
      : verdict(
          'hand-off',
          'opt-in-unknown',
          `Unknown whether the tag ${OPT_IN_TAG} is on ${needed.resource}: ${optedIn?.why ?? 'it was not read'}`,
        );
  },
};

export const OPT_IN_RULES: readonly Rule[] = [targetIsOptedIn];
