// May this action be considered here, and can anything carry it out?
import { type ActionName, whyNoMechanism } from '../../domain/action-catalog.ts';
import type { Alert, EntityKind } from '../../domain/alert.ts';
import { type Rule, verdict } from '../proposal.ts';

const confidentEnough: Rule = {
  id: 'confident-enough',
  question: 'Does the analysis believe in it enough?',
  inputs: ({ recommendation, actionPolicy }) => ({
    confidence: recommendation.confidence,
    floor: actionPolicy?.confidenceFloor ?? null,
  }),
  verdict: ({ actionPolicy, recommendation }) =>
    actionPolicy && recommendation.confidence < actionPolicy.confidenceFloor
      ? verdict(
          'dropped',
          'below-confidence-floor',
          `Confidence ${recommendation.confidence} is below the floor of ${actionPolicy.confidenceFloor}`,
        )
      : null,
};

const enabledByPolicy: Rule = {
  id: 'enabled-by-policy',
  question: 'Has policy enabled it?',
  inputs: ({ actionPolicy }) => ({
    enabled: actionPolicy && actionPolicy.tier !== 3 ? actionPolicy.enabled : null,
  }),
  verdict: ({ actionPolicy }) =>
    actionPolicy && actionPolicy.tier !== 3 && !actionPolicy.enabled
      ? verdict(
          'hand-off',
          'not-enabled',
          'Policy has not enabled it here; a person may do it by hand',
        )
      : null,
};

const hasAMechanism: Rule = {
  id: 'has-a-mechanism',
  question: 'Is there a mechanism, with its undo, that answers what this alert saw?',
  inputs: ({ effects, alert }) => ({
    mechanisms: effects.map(({ mechanism }) => mechanism.id),
    traffic: alert.traffic.layer,
  }),
  verdict: ({ actionPolicy, effects, name, target, alert }) =>
    actionPolicy && actionPolicy.tier !== 3 && target && effects.length === 0
      ? verdict('hand-off', 'no-mechanism', whyNone(name, target.kind, alert))
      : null,
};

/** What a mechanism for this kind of target would have needed. */
function whyNone(name: ActionName | null, kind: EntityKind, { traffic }: Alert): string {
  const why =
    (name && whyNoMechanism(name, kind)) ?? 'No mechanism here can do it to a target of this kind';
  return kind === 'ip' ? `${why} (traffic: ${traffic.layer})` : why;
}

/** As many as action ids have letters for; what has to be changed in more places is no small thing. */
const MAX_EFFECTS = 5;

const changesFewThings: Rule = {
  id: 'changes-few-things',
  question: 'Would it change only a few things?',
  inputs: ({ effects }) => ({ changes: effects.length, limit: MAX_EFFECTS }),
  verdict: ({ effects }) =>
    effects.length > MAX_EFFECTS
      ? verdict(
          'hand-off',
          'too-many-effects',
          `It would change ${effects.length} things at once; the limit is ${MAX_EFFECTS}`,
        )
      : null,
};

export const ACTION_RULES: readonly Rule[] = [
  confidentEnough,
  enabledByPolicy,
  hasAMechanism,
  changesFewThings,
];
