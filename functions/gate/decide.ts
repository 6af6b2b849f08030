// The decision on one recommendation: pure, total, and only ever stricter than the tier map.
import type { Disposition, Reason } from '../domain/action.ts';
import type { Entity } from '../domain/alert.ts';
import type { Recommendation } from '../domain/assessment.ts';
import type { EntityFacts } from '../domain/facts.ts';
import { ActionName } from '../domain/policy.ts';
import type { Effect } from '../execute/registry.ts';
import type { Circumstances, Proposal } from './proposal.ts';
import { RULES } from './rules.ts';

export type Ruling = {
  name: ActionName | null;
  target: Entity | null;
  /** Each becomes an action of its own. Empty for what never runs. */
  effects: readonly Effect[];
  durationMinutes: number | null;
  disposition: Disposition;
  reasons: Reason[];
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
  const proposal = resolve(recommendation, circumstances);
  const start = byTier(proposal);
  const verdicts = RULES.map((rule) => rule(proposal)).filter((verdict) => verdict !== null);
  return {
    name: proposal.name,
    target: proposal.target,
    effects: proposal.effects,
    durationMinutes: durationOf(proposal),
    disposition: verdicts.reduce<Disposition>(
      (so, verdict) => stricter(so, verdict.atLeast),
      start.atLeast,
    ),
    reasons: [start.reason, ...verdicts.map((verdict) => verdict.reason)],
  };
}

function resolve(recommendation: Recommendation, given: Circumstances): Proposal {
  const target =
    given.alert.entities.find((entity) => entity.ref === recommendation.target) ?? null;
  const entityFacts = given.facts?.entities.find((facts) => facts.ref === target?.ref) ?? null;
  const name = effectiveAction(recommendation, target, entityFacts);
  return {
    ...given,
    recommendation,
    target,
    name,
    entityFacts,
    actionPolicy: name && given.policy.actions[name],
    effects: name && target ? given.effectsOf(name, given.alert, target, given.facts) : [],
  };
}

const ADDRESS_ACTIONS: readonly ActionName[] = ['add_ip_to_watchlist', 'block_ip_at_firewall'];

/**
 * The action that counts. The name in the recommendation is what was asked for; what it would do follows from its
 * target, so that an act of a higher tier cannot hide behind the name of a lower one.
 */
function effectiveAction(
  { action }: Recommendation,
  target: Entity | null,
  facts: EntityFacts | null,
): ActionName | null {
  const name = ActionName.safeParse(action);
  if (!name.success) return null;
  const singleHost = facts?.address?.singleHost;
  // Without facts the value itself is looked at, so that a failed read cannot turn a range into a host.
  const mayBeRange = singleHost?.known ? !singleHost.value : (target?.value.includes('/') ?? false);
  if (ADDRESS_ACTIONS.includes(name.data) && target?.kind === 'ip' && mayBeRange)
    return 'block_cidr_range';
  return name.data;
}

function byTier({ actionPolicy, recommendation }: Proposal): {
  atLeast: Disposition;
  reason: Reason;
} {
  const asked = `"${recommendation.action.slice(0, 64)}"`;
  switch (actionPolicy?.tier) {
    case 1:
      return {
        atLeast: 'auto',
        reason: { code: 'tier-1', text: 'Tier 1: it may run without a person' },
      };
    case 2:
      return {
        atLeast: 'approve',
        reason: { code: 'tier-2', text: 'Tier 2: a person has to approve it' },
      };
    case 3:
      return {
        atLeast: 'hand-off',
        reason: { code: 'tier-3', text: `Tier 3: it never runs here. ${actionPolicy.rationale}` },
      };
    default:
      return {
        atLeast: 'hand-off',
        reason: { code: 'unknown-action', text: `${asked} is not an action of the policy` },
      };
  }
}

/** What was asked for, within the policy's maximum; null for what is kept, and for what never runs. */
function durationOf({ actionPolicy, recommendation }: Proposal): number | null {
  if (!actionPolicy || actionPolicy.tier === 3 || actionPolicy.lifetime.undo === 'kept')
    return null;
  const { maxDurationMinutes } = actionPolicy.lifetime;
  return Math.min(
    recommendation.parameters.durationMinutes ?? maxDurationMinutes,
    maxDurationMinutes,
  );
}
