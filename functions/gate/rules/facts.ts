// What the facts say about the target. A fact that is unknown counts as the worst that it could be.

import { isDeepStrictEqual } from 'node:util';
import { changesOf } from '../../domain/action-catalog.ts';
import { instancesSeen } from '../../domain/alert.ts';
import { APPROVER_ADDRESS, type Fact, type InForce } from '../../domain/facts.ts';
import type { Effect } from '../../mechanisms/registry.ts';
import { type Proposal, type Rule, verdict } from '../proposal.ts';

/** Tickets and notifications concern the alert itself; there is nothing about the world to know first. */
const needsFacts = ({ target }: Proposal) => target !== null && target.kind !== 'alert';

/** As it is shown in an explanation. */
const shown = (fact: Fact<unknown> | undefined) =>
  fact === undefined ? 'not read' : fact.known ? fact.value : `unknown: ${fact.why}`;

const factsAreThere: Rule = {
  id: 'facts-are-there',
  question: 'Is anything known about the target?',
  inputs: ({ facts, entityFacts }) => ({
    readAt: facts?.readAt ?? null,
    target: entityFacts?.ref ?? null,
  }),
  verdict: (proposal) =>
    needsFacts(proposal) && !proposal.entityFacts
      ? verdict('hand-off', 'facts-missing', 'Nothing could be found out about the target')
      : null,
};

const targetIsNotProtected: Rule = {
  id: 'target-is-not-protected',
  question: 'Is the target free of protection?',
  inputs: ({ entityFacts }) => ({ protectedBy: shown(entityFacts?.protectedBy) }),
  // To write it down, or to tell of it, hurts nobody; otherwise a name that an attacker chose would keep it from people.
  verdict: ({ entityFacts, policy, target }) => {
    if (!entityFacts || target?.kind === 'alert') return null;
    const { protectedBy } = entityFacts;
    if (!protectedBy.known)
      return verdict(
        'hand-off',
        'protection-unknown',
        `Whether it is protected is unknown: ${protectedBy.why}`,
      );
    if (protectedBy.value === null) return null;
    if (protectedBy.value === APPROVER_ADDRESS)
      return verdict(
        'hand-off',
        'approver-address',
        'Somebody who decides here works from it, or opened a link from there lately',
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
  question: 'If it is an address: is it none that AWS itself uses?',
  inputs: ({ entityFacts }) => ({ awsServices: shown(entityFacts?.address?.awsServices) }),
  verdict: ({ entityFacts, target }) => {
    if (target?.kind !== 'ip' || !entityFacts?.address) return null;
    const { awsServices } = entityFacts.address;
    if (!awsServices.known)
      return verdict(
        'hand-off',
        'aws-ranges-unknown',
        `Whether AWS owns it is unknown: ${awsServices.why}`,
      );
    return awsServices.value.length > 0
      ? verdict(
          'hand-off',
          'aws-address',
          `AWS publishes it as an address of ${awsServices.value.join(', ')}`,
        )
      : null;
  },
};

const addressIsNotOurs: Rule = {
  id: 'address-is-not-ours',
  question: 'If it is an address: is it none of this account’s own?',
  inputs: ({ entityFacts }) => ({ ownedBy: shown(entityFacts?.address?.ownedBy) }),
  verdict: ({ entityFacts, target }) => {
    if (target?.kind !== 'ip' || !entityFacts?.address) return null;
    const { ownedBy } = entityFacts.address;
    if (!ownedBy.known)
      return verdict('hand-off', 'owner-unknown', `Whether it is ours is unknown: ${ownedBy.why}`);
    return ownedBy.value === null
      ? null
      : verdict('hand-off', 'our-address', `It is our own: ${ownedBy.value}`);
  },
};

const noPlannedWork: Rule = {
  id: 'no-planned-work',
  question: 'Is no work planned at this hour that explains it?',
  inputs: ({ facts }) => ({
    plannedWork: facts?.entities.flatMap(({ plannedWork }) => plannedWork ?? []) ?? 'not read',
  }),
  verdict: ({ facts, policy, target }) => {
    if (!facts || target?.kind === 'alert') return null;
    const id = facts.entities.find(({ plannedWork }) => plannedWork !== null)?.plannedWork;
    const window = policy.plannedWork.find((one) => one.id === id);
    return window
      ? verdict('approve', 'planned-work', `Work is planned now that may explain it: ${window.why}`)
      : null;
  },
};

/** Where it is not, the block at the network is missing from what is proposed, and nobody would know why. */
const networkIsKnown: Rule = {
  id: 'network-is-known',
  question: 'Is it known which network ACLs guard the attacked instances?',
  inputs: (proposal) => ({ instances: guardsOf(proposal).map(({ acls }) => shown(acls)) }),
  verdict: (proposal) => {
    const dark = guardsOf(proposal).find(({ acls }) => !acls?.known);
    const why = dark?.acls?.known === false ? dark.acls.why : 'nothing was read';
    return dark
      ? verdict('approve', 'network-unknown', `What to block at the network is unknown: ${why}`)
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
const guardsOf = ({ name, alert, facts }: Proposal) =>
  changesOf(name)?.dependsOn === 'network-acls'
    ? instancesSeen(alert).map(({ ref }) => ({
        acls: facts?.entities.find((entity) => entity.ref === ref)?.instance?.networkAcls,
      }))
    : [];

const notInForceAlready: Rule = {
  id: 'not-in-force-already',
  question: 'Is it not in force already?',
  inputs: ({ entityFacts }) => ({ inForce: shown(entityFacts?.history.inForce) }),
  // Each incident has a ticket of its own, also where the same finding comes again.
  verdict: ({ entityFacts, name, target, effects }) => {
    if (!entityFacts || !name || target?.kind === 'alert') return null;
    const { inForce } = entityFacts.history;
    if (!inForce.known)
      return verdict(
        'hand-off',
        'history-unknown',
        `What we did to it before is unknown: ${inForce.why}`,
      );
    const same = inForce.value.filter((one) => one.name === name);
    // A block on the web is no reason not to block at the network: only what would change nothing is left out.
    const isThere = (effect: Effect) => same.some((one) => has(one, effect));
    return same.length > 0 && effects.every(isThere)
      ? verdict(
          'dropped',
          'already-in-force',
          `It is in force already: ${same.map(({ actionId }) => actionId).join(', ')}`,
        )
      : null;
  },
};

/** What an action changed that does not say so counts as the same. */
const has = ({ effect }: InForce, { mechanism, parameters }: Effect): boolean =>
  effect === null ||
  (effect.mechanism === mechanism.id && isDeepStrictEqual(effect.parameters, parameters));

const peopleDidNotSayOtherwise: Rule = {
  id: 'people-did-not-say-otherwise',
  question: 'Has nobody reversed us on this target before its time?',
  inputs: ({ entityFacts }) => ({ reversed: shown(entityFacts?.history.reversedByPeople) }),
  verdict: ({ entityFacts, target }) => {
    if (target?.kind === 'alert') return null;
    const reversed = entityFacts?.history.reversedByPeople;
    if (!reversed) return null;
    if (!reversed.known)
      return verdict(
        'approve',
        'reversals-unknown',
        `Whether people reversed us before is unknown: ${reversed.why}`,
      );
    return reversed.value > 0
      ? verdict(
          'approve',
          'reversed-before',
          'A person reversed an action on this target before its time',
        )
      : null;
  },
};

export const FACT_RULES: readonly Rule[] = [
  factsAreThere,
  targetIsNotProtected,
  addressIsNotOfAws,
  addressIsNotOurs,
  noPlannedWork,
  changesAreAllowed,
  networkIsKnown,
  notInForceAlready,
  peopleDidNotSayOtherwise,
];
