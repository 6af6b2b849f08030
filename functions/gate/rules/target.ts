// Rules about the target: existence, kind, role and account.
import type { EntityKind } from '../../domain/alert.ts';
import { type Rule, verdict } from '../proposal.ts';

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

const WITHOUT_ACCOUNT: readonly EntityKind[] = ['ip', 'alert', 'domain'];

/** The same user name may exist in another account. Addresses, alerts and domains belong to no account. */
const resourceIsInThisAccount: Rule = {
  id: 'resource-is-in-this-account',
  question: 'If the target is a resource, is it in this account?',
  inputs: ({ target, alert, policy }) => ({
    kind: target?.kind ?? null,
    alertAccount: alert.account,
    ourAccount: policy.account,
  }),
  verdict: ({ target, alert, policy }) =>
    target && !WITHOUT_ACCOUNT.includes(target.kind) && alert.account !== policy.account
      ? verdict(
          'hand-off',
          'other-account',
          `The alert is about account ${alert.account}; this account is ${policy.account}`,
        )
      : null,
};

export const TARGET_RULES: readonly Rule[] = [
  targetIsInTheAlert,
  kindFitsTheAction,
  addressIsTheAttackers,
  resourceIsInThisAccount,
];
