// Records what a decision depended on, and restores it.
import { informs } from '../domain/action-catalog.ts';
import type { Decision } from '../domain/decision.ts';
import { InvalidInput } from '../domain/errors.ts';
import { errorFields } from '../platform/log.ts';
import type { Policy } from '../policy/policy.ts';
import { digestOf } from '../store/hash-chain.ts';
import type { Ruling } from './decide.ts';
import type { GateDeps } from './deps.ts';
import type { Circumstances } from './proposal.ts';

/** The policy does not change while a function runs. */
const digests = new WeakMap<Policy, string>();
function digestOfPolicy(policy: Policy): string {
  const digest = digests.get(policy) ?? digestOf(policy);
  digests.set(policy, digest);
  return digest;
}

/**
 * Writes the policy first, so that no decision names one that is missing. Returns the digest of the decision, or
 * undefined if the record is too large for the table: the alert must be decided all the same.
 */
export async function recordDecision(
  { store: { decisions }, log }: Pick<GateDeps, 'store' | 'log'>,
  incidentId: string,
  circumstances: Circumstances,
  again: { again?: string } = {},
): Promise<string | undefined> {
  const { policy } = circumstances;
  const digest = digestOfPolicy(policy);
  try {
    await decisions.putPolicy(digest, policy);
    return await decisions.put(incidentId, { ...decisionIn(circumstances, digest), ...again });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    log('error', 'decision not recorded', { incidentId, ...errorFields(error) });
    return undefined;
  }
}

/** An action whose decision could not be recorded doesn't run automatically, unless it only informs people. */
export function asRecorded(ruling: Ruling, inputs: string | undefined): Ruling {
  const { disposition, name } = ruling;
  if (inputs !== undefined || disposition !== 'auto' || (name && informs(name))) return ruling;
  const text = 'What this decision depended on is too large to be recorded';
  const reasons = [...ruling.reasons, { code: 'not-recorded', text }];
  return { ...ruling, disposition: 'approve', reasons };
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
    doubts,
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
  ...(doubts && Object.keys(doubts).length > 0 && { doubts }),
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
