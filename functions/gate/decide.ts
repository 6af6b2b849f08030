// Decides one recommendation: its tier first, then rules that only tighten.
import type { Disposition, EvaluatedRule, Reason } from '../domain/action.ts';
import { ActionName } from '../domain/action-catalog.ts';
import type { Entity } from '../domain/alert.ts';
import type { Recommendation } from '../domain/assessment.ts';
import type { Effect } from '../mechanisms/registry.ts';
import { effectiveAction } from './effective.ts';
import { type Circumstances, type Proposal, type Verdict, verdict } from './proposal.ts';
import { RULES } from './rules.ts';

export type Ruling = {
  name: ActionName | null;
  target: Entity | null;
  /** Each effect becomes an action. Empty for an action that never runs. */
  effects: readonly Effect[];
  durationMinutes: number | null;
  disposition: Disposition;
  reasons: Reason[];
  /** Every rule with its inputs and its verdict. */
  considered: EvaluatedRule[];
};

const STRICTNESS: Readonly<Record<Disposition, number>> = {
  auto: 0,
  approve: 1,
  observe: 2,
  'hand-off': 3,
  dropped: 4,
};

/** The stricter of two dispositions. */
export const stricter = (a: Disposition, b: Disposition): Disposition =>
  STRICTNESS[a] >= STRICTNESS[b] ? a : b;

export const isStricter = (a: Disposition, than: Disposition): boolean =>
  STRICTNESS[a] > STRICTNESS[than];

/**
 * The ruling on one recommendation. Pure: the same input gives the same ruling. The tier sets the initial disposition.
 * A rule can only make it stricter, so the order of the rules affects only the order of the reasons.
 */
export function decide(recommendation: Recommendation, circumstances: Circumstances): Ruling {
  const { proposal, effectiveReason } = resolve(recommendation, circumstances);
  const start = byTier(proposal);
  const evaluated = RULES.map((rule) => ({ rule, verdict: rule.verdict(proposal) }));
  const verdicts = evaluated.flatMap((one) => one.verdict ?? []);
  return {
    name: proposal.name,
    target: proposal.target,
    effects: proposal.effects,
    durationMinutes: durationOf(proposal),
    disposition: verdicts.reduce<Disposition>(
      (current, { atLeast }) => stricter(current, atLeast),
      start.atLeast,
    ),
    reasons: [
      start.reason,
      ...(effectiveReason ? [effectiveReason] : []),
      ...verdicts.map(({ reason }) => reason),
    ],
    considered: [
      {
        rule: 'tier-map',
        inputs: asText({ asked: recommendation.action, name: proposal.name }),
        verdict: start.atLeast,
      },
      ...evaluated.map((one) => ({
        rule: one.rule.id,
        inputs: asText(one.rule.inputs(proposal)),
        verdict: one.verdict?.atLeast ?? null,
      })),
    ],
  };
}

const MAX_INPUTS = 300;
/** Inputs are shown to people and contain untrusted text, so they are stored as text of limited length. */
const asText = (inputs: Record<string, unknown>): string =>
  JSON.stringify(inputs).slice(0, MAX_INPUTS);

/** The recommendation with everything that code derives from it. */
export function resolve(
  recommendation: Recommendation,
  given: Circumstances,
): { proposal: Proposal; effectiveReason: Reason | null } {
  const target =
    given.alert.entities.find((entity) => entity.ref === recommendation.target) ?? null;
  const entityFacts = given.facts?.entities.find((facts) => facts.ref === target?.ref) ?? null;
  const asked = ActionName.safeParse(recommendation.action).data ?? null;
  const effective =
    asked && effectiveAction(asked, given.policy, { ...given, target, entityFacts });
  const name = effective?.name ?? null;
  const effects =
    name && target ? given.effectsOf(name, given.alert, target, given.facts, given.policy) : [];
  const actionPolicy = name && given.policy.actions[name];
  const resolved = { recommendation, target, entityFacts, name, actionPolicy, effects };
  return { proposal: { ...given, ...resolved }, effectiveReason: effective?.reason ?? null };
}

function byTier({ actionPolicy, recommendation }: Proposal): Verdict {
  switch (actionPolicy?.tier) {
    case 1:
      return verdict('auto', 'tier-1', 'Tier 1: may run automatically');
    case 2:
      return verdict('approve', 'tier-2', 'Tier 2: needs approval');
    case 3:
      return verdict('hand-off', 'tier-3', `Tier 3: never runs here. ${actionPolicy.rationale}`);
    default: {
      const asked = `"${recommendation.action.slice(0, 64)}"`;
      return verdict('hand-off', 'unknown-action', `${asked} is not an action in the policy`);
    }
  }
}

/** The recommended duration in minutes, at most the policy's maximum. Null for actions that are kept or never run. */
function durationOf({ actionPolicy, recommendation }: Proposal): number | null {
  if (!actionPolicy || actionPolicy.tier === 3 || actionPolicy.lifetime.undo === 'kept')
    return null;
  // The approver also approves the review date.
  if (actionPolicy.lifetime.undo === 'by-a-person')
    return actionPolicy.lifetime.reviewAfterDays * 24 * 60;
  const { maxDurationMinutes } = actionPolicy.lifetime;
  return Math.min(
    recommendation.parameters.durationMinutes ?? maxDurationMinutes,
    maxDurationMinutes,
  );
}
