// Is the target one that this action may have at all?
import type { EntityKind } from '../../domain/alert.ts';
import { type Rule, verdict } from '../proposal.ts';

const targetIsInTheAlert: Rule = {
  id: 'target-is-in-the-alert',
  question: 'Does the reference name something that code found in the alert?',
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
          `"${recommendation.target.slice(0, 64)}" refers to nothing that was found in the alert`,
        ),
};

const kindFitsTheAction: Rule = {
  id: 'kind-fits-the-action',
  question: 'Is the target of a kind that the action applies to?',
  inputs: ({ target, actionPolicy }) => ({
    kind: target?.kind ?? null,
    appliesTo: actionPolicy?.targetKinds ?? null,
  }),
  verdict: ({ target, actionPolicy }) =>
    target && actionPolicy && !actionPolicy.targetKinds.includes(target.kind)
      ? verdict(
          'dropped',
          'wrong-kind-of-target',
          `It applies to ${actionPolicy.targetKinds.join(' or ')}, and ${target.ref} is of kind ${target.kind}`,
        )
      : null,
};

/** The model may only point at who attacked, not at whom it would hurt. */
const addressIsTheAttackers: Rule = {
  id: 'address-is-the-attackers',
  question: 'If it is an address: does the alert name it as the attacker’s?',
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

const KNOWN_EVERYWHERE: readonly EntityKind[] = ['ip', 'alert', 'domain'];

/** The same user name may exist in two accounts; an address is the same everywhere. */
const resourceIsInThisAccount: Rule = {
  id: 'resource-is-in-this-account',
  question: 'If it is a resource: is it in the account that we may act in?',
  inputs: ({ target, alert, policy }) => ({
    kind: target?.kind ?? null,
    alertAccount: alert.account,
    ourAccount: policy.account,
  }),
  verdict: ({ target, alert, policy }) =>
    target && !KNOWN_EVERYWHERE.includes(target.kind) && alert.account !== policy.account
      ? verdict(
          'hand-off',
          'other-account',
          `The alert is about account ${alert.account}; this is ${policy.account}`,
        )
      : null,
};

export const TARGET_RULES: readonly Rule[] = [
  targetIsInTheAlert,
  kindFitsTheAction,
  addressIsTheAttackers,
  resourceIsInThisAccount,
];
