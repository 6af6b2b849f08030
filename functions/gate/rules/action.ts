// Rules about the action: confidence, policy and mechanism.
import { type ActionName, informs, whyNoMechanism } from '../../domain/action-catalog.ts';
import type { Alert, EntityKind } from '../../domain/alert.ts';
import { type Rule, verdict } from '../proposal.ts';

const confidentEnough: Rule = {
  id: 'confident-enough',
  question: 'Is the confidence high enough?',
  inputs: ({ recommendation, actionPolicy }) => ({
    confidence: recommendation.confidence,
    floor: actionPolicy?.confidenceFloor ?? null,
  }),
  verdict: ({ actionPolicy, name, recommendation }) =>
    actionPolicy && !informs(name) && recommendation.confidence < actionPolicy.confidenceFloor
      ? verdict(
          'dropped',
          'below-confidence-floor',
          `Confidence ${recommendation.confidence} is below the minimum of ${actionPolicy.confidenceFloor}`,
        )
      : null,
};

const enabledByPolicy: Rule = {
  id: 'enabled-by-policy',
  question: 'Is the action enabled in policy?',
  inputs: ({ actionPolicy }) => ({
    enabled: actionPolicy && actionPolicy.tier !== 3 ? actionPolicy.enabled : null,
  }),
  verdict: ({ actionPolicy }) =>
    actionPolicy && actionPolicy.tier !== 3 && !actionPolicy.enabled
      ? verdict(
          'hand-off',
          'not-enabled',
          'The action is not enabled in policy. A person can do it manually',
        )
      : null,
};

const hasAMechanism: Rule = {
  id: 'has-a-mechanism',
  question: 'Is there a mechanism for this target and this kind of traffic?',
  inputs: ({ effects, alert }) => ({
    mechanisms: effects.map(({ mechanism }) => mechanism.id),
    traffic: alert.traffic.layer,
  }),
  verdict: ({ actionPolicy, effects, name, target, alert }) =>
    actionPolicy && actionPolicy.tier !== 3 && target && effects.length === 0
      ? verdict('hand-off', 'no-mechanism', reasonForNone(name, target.kind, alert))
      : null,
};

/** Why no mechanism can carry out the action on this kind of target. */
function reasonForNone(name: ActionName | null, kind: EntityKind, { traffic }: Alert): string {
  const why = (name && whyNoMechanism(name, kind)) ?? 'No mechanism supports this kind of target';
  return kind === 'ip' ? `${why} (traffic: ${traffic.layer})` : why;
}

/** Action IDs have letters for this many effects. More changes have a large blast radius. */
const MAX_EFFECTS = 5;

const changesFewThings: Rule = {
  id: 'changes-few-things',
  question: 'Does the action change only a few resources?',
  inputs: ({ effects }) => ({ changes: effects.length, limit: MAX_EFFECTS }),
  verdict: ({ effects }) =>
    effects.length > MAX_EFFECTS
      ? verdict(
          'hand-off',
          'too-many-effects',
          `The action would change ${effects.length} resources; the limit is ${MAX_EFFECTS}`,
        )
      : null,
};

export const ACTION_RULES: readonly Rule[] = [
  confidentEnough,
  enabledByPolicy,
  hasAMechanism,
  changesFewThings,
];
