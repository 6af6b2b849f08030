// Records what a decision depended on, and restores it.
import type { Decision } from '../domain/decision.ts';
import type { Policy } from '../policy/policy.ts';
import { digestOf } from '../store/hash-chain.ts';
import type { GateDeps } from './deps.ts';
import type { Circumstances } from './proposal.ts';

/** The policy does not change while a function runs. */
const digests = new WeakMap<Policy, string>();
function digestOfPolicy(policy: Policy): string {
  const digest = digests.get(policy) ?? digestOf(policy);
  digests.set(policy, digest);
  return digest;
}

/** Writes the policy first, so that no decision names one that is missing. Returns the digest of the decision. */
export async function recordDecision(
  { store: { decisions } }: Pick<GateDeps, 'store'>,
  incidentId: string,
  circumstances: Circumstances,
  again: { again?: string } = {},
): Promise<string> {
  const { policy } = circumstances;
  const digest = digestOfPolicy(policy);
  await decisions.putPolicy(digest, policy);
  return decisions.put(incidentId, { ...decisionIn(circumstances, digest), ...again });
}

const decisionIn = (
  {
    policy,
    here,
    switchMode,
    generation,
    alert,
    isAlertProven,
    findingState,
    facts,
    drills,
    existingActions,
    now,
  }: Circumstances,
  digest: string,
): Decision => ({
  ...{ here, switchMode, generation, alert, isAlertProven, findingState, facts },
  at: now.toISOString(),
  policyVersion: policy.version,
  policy: digest,
  mode: policy.mode,
  drills: Object.fromEntries(drills),
  existingActions: Object.fromEntries(existingActions),
});

/** The circumstances of a recorded decision. `policy` is the one of its digest. */
export const circumstancesOf = (
  { at, drills, existingActions, ...rest }: Omit<Decision, 'policy' | 'policyVersion' | 'mode'>,
  policy: Policy,
  effectsOf: Circumstances['effectsOf'],
): Circumstances => ({
  ...rest,
  ...{ policy, effectsOf },
  now: new Date(at),
  drills: new Map(Object.entries(drills)),
  existingActions: new Map(Object.entries(existingActions)),
});
