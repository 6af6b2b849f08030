// Rules about facts. An unknown fact counts as the worst it could be.

import { isDeepStrictEqual } from 'node:util';
import { changesOf } from '../../domain/action-catalog.ts';
import { instancesSeen } from '../../domain/alert.ts';
import { APPROVER_ADDRESS, type Fact, type InForce } from '../../domain/facts.ts';
import { isHere } from '../../domain/target-place.ts';
import type { Effect } from '../../mechanisms/registry.ts';
import { existingFor, joinVerdict } from '../join.ts';
import { type Proposal, type Rule, verdict } from '../proposal.ts';

/** Tickets and notifications are about the alert itself and need no facts. */
const needsFacts = ({ target }: Proposal) => target !== null && target.kind !== 'alert';

/** The facts are about this account and region. A target that is elsewhere is handed off for its place alone. */
const aboutThisPlace = (rule: Rule): Rule => ({
  ...rule,
  verdict: (proposal) =>
    proposal.target && !isHere(proposal.target, proposal.here) ? null : rule.verdict(proposal),
});

/** The fact as an explanation shows it. */
export const shown = (fact: Fact<unknown> | undefined) =>
  fact === undefined ? 'not read' : fact.known ? fact.value : `unknown: ${fact.why}`;

const factsAreKnown: Rule = {
  id: 'facts-are-there',
  question: 'Are there facts about the target?',
  inputs: ({ facts, entityFacts }) => ({
    readAt: facts?.readAt ?? null,
    target: entityFacts?.ref ?? null,
  }),
  verdict: (proposal) =>
    needsFacts(proposal) && !proposal.entityFacts
      ? verdict('hand-off', 'facts-missing', 'No facts about the target could be read')
      : null,
};

const targetIsNotProtected: Rule = {
  id: 'target-is-not-protected',
  question: 'Is the target unprotected?',
  inputs: ({ entityFacts }) => ({ protectedBy: shown(entityFacts?.protectedBy) }),
  // Tickets and notifications are exempt. Otherwise an attacker could choose a protected name to hide an alert.
  verdict: ({ entityFacts, policy, target, here }) => {
    if (!entityFacts || !target || target.kind === 'alert') return null;
    const { protectedBy } = entityFacts;
    if (!protectedBy.known && !isHere(target, here)) return null;
    if (!protectedBy.known)
      return verdict(
        'hand-off',
        'protection-unknown',
        `Unknown whether the target is protected: ${protectedBy.why}`,
      );
    if (protectedBy.value === null) return null;
    if (protectedBy.value === APPROVER_ADDRESS)
      return verdict(
        'hand-off',
        'approver-address',
        'An approver works from this address or recently opened a link from it',
      );
    const rule = policy.protected.find(({ id }) => id === protectedBy.value);
    return verdict(
      'hand-off',
      'protected-target',
      `Protected by "${protectedBy.value}": ${rule?.why ?? ''}`,
    );
  },
};

const addressIsNotOfAws: Rule = {
  id: 'address-is-not-of-aws',
  question: 'If the target is an address, does it belong to anyone but AWS?',
  inputs: ({ entityFacts }) => ({ awsServices: shown(entityFacts?.address?.awsServices) }),
  verdict: ({ entityFacts, target }) => {
    if (target?.kind !== 'ip' || !entityFacts?.address) return null;
    const { awsServices } = entityFacts.address;
    if (!awsServices.known)
      return verdict(
        'hand-off',
        'aws-ranges-unknown',
        `Unknown whether the address belongs to AWS: ${awsServices.why}`,
      );
    return awsServices.value.length > 0
      ? verdict(
          'hand-off',
          'aws-address',
          `The address belongs to AWS: ${awsServices.value.join(', ')}`,
        )
      : null;
  },
};

const addressIsNotOurs: Rule = {
  id: 'address-is-not-ours',
  question: 'If the target is an address, is it outside this account?',
  inputs: ({ entityFacts }) => ({ ownedBy: shown(entityFacts?.address?.ownedBy) }),
  verdict: ({ entityFacts, target }) => {
    if (target?.kind !== 'ip' || !entityFacts?.address) return null;
    const { ownedBy } = entityFacts.address;
    if (!ownedBy.known)
      return verdict(
        'hand-off',
        'owner-unknown',
        `Unknown whether the address belongs to this account: ${ownedBy.why}`,
      );
    return ownedBy.value === null
      ? null
      : verdict('hand-off', 'our-address', `The address belongs to this account: ${ownedBy.value}`);
  },
};

const noPlannedWork: Rule = {
  id: 'no-planned-work',
  question: 'Is the alert not explained by planned work?',
  inputs: ({ facts }) => ({
    plannedWork: facts?.entities.flatMap(({ plannedWork }) => plannedWork ?? []) ?? 'not read',
  }),
  verdict: ({ facts, policy, target }) => {
    if (!facts || target?.kind === 'alert') return null;
    const id = facts.entities.find(({ plannedWork }) => plannedWork !== null)?.plannedWork;
    const window = policy.plannedWork.find((one) => one.id === id);
    return window
      ? verdict('approve', 'planned-work', `Planned work may explain the alert: ${window.why}`)
      : null;
  },
};

/** Without the ACLs, the proposal contains no block at the network. This rule gives the reason. */
const networkIsKnown: Rule = {
  id: 'network-is-known',
  question: 'Are the network ACLs of the attacked instances known?',
  inputs: (proposal) => ({ instances: guardsOf(proposal).map(({ acls }) => shown(acls)) }),
  verdict: (proposal) => {
    const unread = guardsOf(proposal).find(({ acls }) => !acls?.known);
    const why = unread?.acls?.known === false ? unread.acls.why : 'no facts were read';
    return unread
      ? verdict(
          'approve',
          'network-unknown',
          `Nothing is blocked at the network, because the network ACL of the attacked instance is unknown: ${why}`,
        )
      : null;
  },
};

const changesAreAllowed: Rule = {
  id: 'changes-are-allowed',
  question: 'Is the change calendar open?',
  inputs: ({ facts }) => ({ calendar: shown(facts?.calendar) }),
  verdict: ({ facts, target }) => {
    if (!facts || target?.kind === 'alert') return null;
    if (!facts.calendar.known) return verdict('approve', 'calendar-unknown', facts.calendar.why);
    return facts.calendar.value === 'closed'
      ? verdict('approve', 'calendar-closed', 'The change calendar is closed')
      : null;
  },
};
/** The network ACLs of the attacked instances, for an action that depends on them. */
export const guardsOf = ({ name, alert, facts }: Proposal) =>
  changesOf(name)?.dependsOn === 'network-acls'
    ? instancesSeen(alert).map(({ ref }) => ({
        acls: facts?.entities.find((entity) => entity.ref === ref)?.instance?.networkAcls,
      }))
    : [];

const notInForceAlready: Rule = {
  id: 'not-in-force-already',
  question: 'Is the effect neither requested nor in force yet?',
  inputs: (proposal) => ({
    inForce: shown(proposal.entityFacts?.history.inForce),
    joins: existingActionsOf(proposal).map((existing) => existing?.actionId ?? null),
  }),
  // Tickets are exempt: each incident gets its own, even for a repeated finding.
  verdict: (proposal) => {
    const { entityFacts, name, target, effects } = proposal;
    if (!entityFacts || !name || target?.kind === 'alert') return null;
    const existingActions = existingActionsOf(proposal);
    const [first] = existingActions;
    if (first && existingActions.every((existing) => existing !== null)) return joinVerdict(first);
    const { inForce } = entityFacts.history;
    if (!inForce.known)
      return verdict(
        'hand-off',
        'history-unknown',
        `Unknown whether an action on the target is in force: ${inForce.why}`,
      );
    const same = inForce.value.filter((one) => one.name === name);
    // An address that is blocked in AWS WAF may still need a block at the network ACL, so effects are compared.
    const isThere = (effect: Effect, i: number) =>
      existingActions[i] !== null || same.some((one) => has(one, effect));
    // A history alone proves nothing. If it dropped the action, a false one could hide it.
    return same.length > 0 && effects.every(isThere)
      ? verdict(
          'approve',
          'may-be-in-force',
          `The effect may already be in force, but no proof exists: ${same.map(({ actionId }) => actionId).join(', ')}`,
        )
      : null;
  },
};

/** In the order of the effects; null for an effect without an existing action. */
const existingActionsOf = (proposal: Proposal) =>
  proposal.effects.map((effect) => existingFor(proposal, effect));

/** True when the action in force has this effect. An action without a recorded effect counts as having it. */
const has = ({ effect }: InForce, { mechanism, parameters }: Effect): boolean =>
  effect === null ||
  (effect.mechanism === mechanism.id && isDeepStrictEqual(effect.parameters, parameters));

const wasNotReversedEarly: Rule = {
  id: 'people-did-not-say-otherwise',
  question: 'Has no one undone an action on this target early?',
  inputs: ({ entityFacts }) => ({ reversed: shown(entityFacts?.history.reversedByPeople) }),
  verdict: ({ entityFacts, target }) => {
    if (target?.kind === 'alert') return null;
    const reversed = entityFacts?.history.reversedByPeople;
    if (!reversed) return null;
    if (!reversed.known)
      return verdict(
        'approve',
        'reversals-unknown',
        `Unknown whether a person undid an action on this target early: ${reversed.why}`,
      );
    return reversed.value > 0
      ? verdict(
          'approve',
          'reversed-before',
          'A person undid an action on this target before it was due',
        )
      : null;
  },
};

export const FACT_RULES: readonly Rule[] = [
  factsAreKnown,
  targetIsNotProtected,
  addressIsNotOfAws,
  aboutThisPlace(addressIsNotOurs),
  noPlannedWork,
  changesAreAllowed,
  aboutThisPlace(networkIsKnown),
  aboutThisPlace(notInForceAlready),
  aboutThisPlace(wasNotReversedEarly),
];
