// The decision on one recommendation: pure, total, and only ever stricter than the tier map.
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
  /** Each becomes an action of its own. Empty for what never runs. */
  effects: readonly Effect[];
  durationMinutes: number | null;
  disposition: Disposition;
  reasons: Reason[];
  /** Every rule, with what it looked at and what it said. */
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
 * Decides one recommendation. The tier map gives the start; every rule may make it stricter and none can make it
 * looser, so the order of the rules changes the order of the reasons and nothing else.
 */
export function decide(recommendation: Recommendation, circumstances: Circumstances): Ruling {
  const { proposal, countsAs } = resolve(recommendation, circumstances);
  const start = byTier(proposal);
  const answers = RULES.map((rule) => ({ rule, said: rule.verdict(proposal) }));
  const verdicts = answers.flatMap(({ said }) => said ?? []);
  return {
    name: proposal.name,
    target: proposal.target,
    effects: proposal.effects,
    durationMinutes: durationOf(proposal),
    disposition: verdicts.reduce<Disposition>(
      (so, { atLeast }) => stricter(so, atLeast),
      start.atLeast,
    ),
    reasons: [start.reason, ...(countsAs ? [countsAs] : []), ...verdicts.map((one) => one.reason)],
    considered: [
      {
        rule: 'tier-map',
        inputs: asText({ asked: recommendation.action, name: proposal.name }),
        verdict: start.atLeast,
      },
      ...answers.map(({ rule, said }) => ({
        rule: rule.id,
        inputs: asText(rule.inputs(proposal)),
        verdict: said?.atLeast ?? null,
      })),
    ],
  };
}

const MAX_INPUTS = 300;
/** Inputs are shown to people, and much of them was written by strangers: text, and not too much of it. */
const asText = (inputs: Record<string, unknown>): string =>
  JSON.stringify(inputs).slice(0, MAX_INPUTS);

function resolve(
  recommendation: Recommendation,
  given: Circumstances,
): { proposal: Proposal; countsAs: Reason | null } {
  const target =
    given.alert.entities.find((entity) => entity.ref === recommendation.target) ?? null;
  const entityFacts = given.facts?.entities.find((facts) => facts.ref === target?.ref) ?? null;
  const asked = ActionName.safeParse(recommendation.action).data ?? null;
  const effective = asked && effectiveAction(asked, given.policy, { target, entityFacts });
  const name = effective?.name ?? null;
  const effects =
    name && target ? given.effectsOf(name, given.alert, target, given.facts, given.policy) : [];
  const actionPolicy = name && given.policy.actions[name];
  const resolved = { recommendation, target, entityFacts, name, actionPolicy, effects };
  return { proposal: { ...given, ...resolved }, countsAs: effective?.reason ?? null };
}

function byTier({ actionPolicy, recommendation }: Proposal): Verdict {
  switch (actionPolicy?.tier) {
    case 1:
      return verdict('auto', 'tier-1', 'Tier 1: it may run without a person');
    case 2:
      return verdict('approve', 'tier-2', 'Tier 2: a person has to approve it');
    case 3:
      return verdict('hand-off', 'tier-3', `Tier 3: it never runs here. ${actionPolicy.rationale}`);
    default: {
      const asked = `"${recommendation.action.slice(0, 64)}"`;
      return verdict('hand-off', 'unknown-action', `${asked} is not an action of the policy`);
    }
  }
}

/** What was asked for, within the policy's maximum; null for what is kept, and for what never runs. */
function durationOf({ actionPolicy, recommendation }: Proposal): number | null {
  if (!actionPolicy || actionPolicy.tier === 3 || actionPolicy.lifetime.undo === 'kept')
    return null;
  // A person approves the review date with it.
  if (actionPolicy.lifetime.undo === 'by-a-person')
    return actionPolicy.lifetime.reviewAfterDays * 24 * 60;
  const { maxDurationMinutes } = actionPolicy.lifetime;
  return Math.min(
    recommendation.parameters.durationMinutes ?? maxDurationMinutes,
    maxDurationMinutes,
  );
}
