// The rules after the tier map, in the order in which a person would ask. Each can only make a decision stricter,
// and what is unknown counts as the worst that it could be.
import type { Disposition, Reason } from '../domain/action.ts';
import type { Proposal, Rule } from './proposal.ts';

const verdict = (
  atLeast: Disposition,
  code: string,
  text: string,
): { atLeast: Disposition; reason: Reason } => ({
  atLeast,
  reason: { code, text: text.slice(0, 500) },
});

const targetIsInTheAlert: Rule = ({ target, recommendation }) =>
  target
    ? null
    : verdict(
        'dropped',
        'target-not-in-alert',
        `"${recommendation.target.slice(0, 64)}" refers to nothing that was found in the alert`,
      );

const kindFitsTheAction: Rule = ({ target, actionPolicy }) =>
  target && actionPolicy && !actionPolicy.targetKinds.includes(target.kind)
    ? verdict(
        'dropped',
        'wrong-kind-of-target',
        `It applies to ${actionPolicy.targetKinds.join(' or ')}, and ${target.ref} is of kind ${target.kind}`,
      )
    : null;

const confidentEnough: Rule = ({ actionPolicy, recommendation }) =>
  actionPolicy && recommendation.confidence < actionPolicy.confidenceFloor
    ? verdict(
        'dropped',
        'below-confidence-floor',
        `Confidence ${recommendation.confidence} is below the floor of ${actionPolicy.confidenceFloor}`,
      )
    : null;

const enabledByPolicy: Rule = ({ actionPolicy }) =>
  actionPolicy && actionPolicy.tier !== 3 && !actionPolicy.enabled
    ? verdict(
        'hand-off',
        'not-enabled',
        'Policy has not enabled it here; a person may do it by hand',
      )
    : null;

const hasAMechanism: Rule = ({ actionPolicy, effects, target }) =>
  actionPolicy && actionPolicy.tier !== 3 && target && effects.length === 0
    ? verdict(
        'hand-off',
        'no-mechanism',
        'No mechanism here can do it to this target with this kind of traffic',
      )
    : null;

/** As many as action ids have letters for; what has to be changed in more places is no small thing. */
const MAX_EFFECTS = 5;

const changesFewThings: Rule = ({ effects }) =>
  effects.length > MAX_EFFECTS
    ? verdict(
        'hand-off',
        'too-many-effects',
        `It would change ${effects.length} things at once; the limit is ${MAX_EFFECTS}`,
      )
    : null;

/** Tickets and notifications concern the alert itself; there is nothing about the world to know first. */
const needsFacts = ({ target }: Proposal) => target !== null && target.kind !== 'alert';

const factsAreThere: Rule = (proposal) =>
  needsFacts(proposal) && !proposal.entityFacts
    ? verdict('hand-off', 'facts-missing', 'Nothing could be found out about the target')
    : null;

const targetIsNotProtected: Rule = ({ entityFacts, policy }) => {
  if (!entityFacts) return null;
  const { protectedBy } = entityFacts;
  if (!protectedBy.known)
    return verdict(
      'hand-off',
      'protection-unknown',
      `Whether it is protected is unknown: ${protectedBy.why}`,
    );
  if (protectedBy.value === null) return null;
  const rule = policy.protected.find(({ id }) => id === protectedBy.value);
  return verdict(
    'hand-off',
    'protected-target',
    `Protected by "${protectedBy.value}": ${rule?.why ?? ''}`,
  );
};

const addressIsNotOfAws: Rule = ({ entityFacts, target }) => {
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
};

const addressIsUnderstood: Rule = ({ entityFacts, target }) => {
  if (target?.kind !== 'ip' || !entityFacts) return null;
  const singleHost = entityFacts.address?.singleHost;
  return singleHost?.known
    ? null
    : verdict(
        'hand-off',
        'address-not-understood',
        'Whether it is one host could not be established',
      );
};

/** The model may only point at who attacked, not at whom it would hurt. */
const addressIsTheAttackers: Rule = ({ target }) =>
  target?.kind === 'ip' && target.part !== 'actor'
    ? verdict(
        'hand-off',
        'not-the-actor',
        `The alert names ${target.ref} as ${target.part}, not as the attacker`,
      )
    : null;

/** The same user name may exist in two accounts; an address is the same everywhere. */
const resourceIsInThisAccount: Rule = ({ target, alert, policy }) =>
  target && !['ip', 'alert', 'domain'].includes(target.kind) && alert.account !== policy.account
    ? verdict(
        'hand-off',
        'other-account',
        `The alert is about account ${alert.account}; this is ${policy.account}`,
      )
    : null;

const notInForceAlready: Rule = ({ entityFacts, name }) => {
  if (!entityFacts || !name) return null;
  const { inForce } = entityFacts.history;
  if (!inForce.known)
    return verdict(
      'hand-off',
      'history-unknown',
      `What we did to it before is unknown: ${inForce.why}`,
    );
  const same = inForce.value.find((entry) => entry.startsWith(`${name} `));
  return same ? verdict('dropped', 'already-in-force', `It is in force already: ${same}`) : null;
};

const peopleDidNotSayOtherwise: Rule = ({ entityFacts }) => {
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
};

const findingIsReal: Rule = ({ alert, policy }) =>
  alert.sample && policy.stage === 'production'
    ? verdict('observe', 'sample-finding', 'The product generated this finding as a sample')
    : null;

const findingIsNotSuppressed: Rule = ({ alert }) =>
  alert.archived
    ? verdict('approve', 'archived-finding', 'The finding was archived where it came from')
    : null;

const killSwitch: Rule = ({ switchMode }) => {
  if (switchMode === 'run') return null;
  return switchMode === 'ask'
    ? verdict('approve', 'switch-ask', 'The switch stands at "ask": everything waits for a person')
    : verdict('hand-off', 'switch-halt', 'The switch stands at "halt": nothing is applied');
};

const accountIsLive: Rule = ({ policy }) =>
  policy.mode === 'shadow'
    ? verdict(
        'observe',
        'shadow-mode',
        'The account is in shadow mode: what would happen is recorded, nothing is done',
      )
    : null;

export const RULES: readonly Rule[] = [
  targetIsInTheAlert,
  kindFitsTheAction,
  confidentEnough,
  enabledByPolicy,
  hasAMechanism,
  changesFewThings,
  factsAreThere,
  targetIsNotProtected,
  addressIsUnderstood,
  addressIsNotOfAws,
  addressIsTheAttackers,
  resourceIsInThisAccount,
  notInForceAlready,
  peopleDidNotSayOtherwise,
  findingIsReal,
  findingIsNotSuppressed,
  killSwitch,
  accountIsLive,
];
