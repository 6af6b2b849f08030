// Rules about the target: existence, kind, role and place.
import type { Reason } from '../../domain/action.ts';
import { otherAccount, otherRegion, type Stack } from '../../domain/target-place.ts';
import { type Proposal, type Rule, type Verdict, verdict } from '../proposal.ts';

const targetIsInTheAlert: Rule = {
  id: 'target-is-in-the-alert',
  question: 'Is the target an entity in the alert?',
  inputs: ({ recommendation, alert }) => ({
    target: recommendation.target,
    entities: alert.entities.map(({ ref }) => ref),
  }),
  verdict: ({ target, recommendation }) =>
    target
      ? null
      : verdict(
          'dropped',
          'target-not-in-alert',
          `"${recommendation.target.slice(0, 64)}" is not an entity in the alert`,
        ),
};

const kindFitsTheAction: Rule = {
  id: 'kind-fits-the-action',
  question: 'Does the action apply to this kind of target?',
  inputs: ({ target, actionPolicy }) => ({
    kind: target?.kind ?? null,
    appliesTo: actionPolicy?.targetKinds ?? null,
  }),
  verdict: ({ target, actionPolicy }) =>
    target && actionPolicy && !actionPolicy.targetKinds.includes(target.kind)
      ? verdict(
          'dropped',
          'wrong-kind-of-target',
          `The action applies to ${actionPolicy.targetKinds.join(' or ')}; ${target.ref} is of kind ${target.kind}`,
        )
      : null,
};

/** A manipulated analysis must not be able to block an address that isn't the attacker's. */
const addressIsTheAttackers: Rule = {
  id: 'address-is-the-attackers',
  question: 'If the target is an address, is it the attacker’s?',
  inputs: ({ target }) => ({ kind: target?.kind ?? null, part: target?.part ?? null }),
  verdict: ({ target }) =>
    target?.kind === 'ip' && target.part !== 'actor'
      ? verdict(
          'hand-off',
          'not-the-actor',
          `The alert names ${target.ref} as ${target.part}, not as the attacker`,
        )
      : null,
};

/** Where this stack may act. Tickets and messages about an alert are made here, wherever the alert is from. */
const changesAnything = ({ target }: Proposal) => target !== null && target.kind !== 'alert';
const stackOf = ({ here, policy: { homeRegion } }: Proposal): Stack => ({ here, homeRegion });

const handOff = ({ code, text }: Reason): Verdict => verdict('hand-off', code, text);

/** The same name or the same address range may exist in another account (promise 11). */
const resourceIsInThisAccount: Rule = {
  id: 'resource-is-in-this-account',
  question: 'Is the target in this account?',
  inputs: ({ target, here }) => ({
    kind: target?.kind ?? null,
    targetAccount: target?.place.account ?? null,
    ourAccount: here.account,
  }),
  verdict: (proposal) => {
    const { target } = proposal;
    const reason = target && changesAnything(proposal) && otherAccount(target, stackOf(proposal));
    return reason ? handOff(reason) : null;
  },
};

/** A stack acts in its own region, and in IAM only if it is the stack of the home region (promise 11). */
const resourceIsInThisRegion: Rule = {
  id: 'resource-is-in-this-region',
  question: 'Is the target in this region, or in IAM and this the home region?',
  inputs: ({ target, here, policy }) => ({
    kind: target?.kind ?? null,
    targetRegion: target?.place.region ?? null,
    ourRegion: here.region,
    homeRegion: policy.homeRegion,
  }),
  verdict: (proposal) => {
    const { target } = proposal;
    const reason = target && changesAnything(proposal) && otherRegion(target, stackOf(proposal));
    return reason ? handOff(reason) : null;
  },
};

export const TARGET_RULES: readonly Rule[] = [
  targetIsInTheAlert,
  kindFitsTheAction,
  addressIsTheAttackers,
  resourceIsInThisAccount,
  resourceIsInThisRegion,
];
