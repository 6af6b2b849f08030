// Finds the action that has or requests an effect, as proofs show it.
import { isOver, readEnd } from '../authority/end.ts';
import { readRuling } from '../authority/rulings.ts';
import { type Action, MAY_HAVE_EFFECT, type Status } from '../domain/action.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Instant } from '../domain/reference.ts';
import { earlier, minutesAfter } from '../domain/time.ts';
import { actionDigest } from '../store/hash-chain.ts';
import type { GateDeps } from './deps.ts';
import type { ExistingAction } from './proposal.ts';

/** Longer than an execution takes from the decision to its evidence, with all retries. */
const EXECUTES_MINUTES = 20;
const BEFORE_EVIDENCE: readonly Status[] = [
  'proposed',
  'awaiting-approval',
  'approved',
  'executing',
];

/**
 * The action in force that holds the effect longest; null if none does. Used if the claim leads to no action: a claim
 * ends after 90 days and names only the last of several actions, but a person may keep the effect for longer.
 */
export async function existingHolder(
  deps: GateDeps,
  effectKey: string,
  isExcluded: (holder: { actionId: string }) => boolean,
): Promise<ExistingAction | null> {
  const lease = await deps.store.leases.find(effectKey).catch((error: unknown) => {
    // An unreadable lease must not block a proposal.
    if (error instanceof InvalidInput) return null;
    throw error;
  });
  let longest: ExistingAction | null = null;
  for (const actionId of lease?.holders ?? []) {
    const origin = lease?.origins[actionId];
    const action = origin && (await deps.store.records.findAction(origin.incidentId, actionId));
    const found =
      action && !isExcluded({ actionId }) && (await existingIfProven(deps, action, effectKey));
    if (found && found.state === 'in-force' && outlasts(found, longest)) longest = found;
  }
  return longest;
}

const outlasts = ({ until }: ExistingAction, other: ExistingAction | null): boolean =>
  other === null || until === null || (other.until !== null && until > other.until);

/** Null for a record without a proof: a planted record must not block a proposal. */
export async function existingIfProven(
  { keys, now }: GateDeps,
  action: Action,
  effectKey: string,
): Promise<ExistingAction | null> {
  if (action.effectKey !== effectKey || actionDigest(action) !== action.digest) return null;
  const { incidentId, actionId, status, approval } = action;
  const held = (state: ExistingAction['state'], until: Instant | null): ExistingAction => ({
    ...{ incidentId, actionId, state, until },
  });
  const end = await readEnd(keys, action);
  if (end.evidence)
    return MAY_HAVE_EFFECT.includes(status) && !isOver(end, now())
      ? held('in-force', end.dueAt)
      : null;
  if (!BEFORE_EVIDENCE.includes(status)) return null;
  const ruling = await readRuling(keys.rulings, action);
  if (!ruling) return null;
  const { request, at } = ruling;
  const last = request ? minutesAfter(request.expiresAt, request.moreTimeMinutes) : at;
  const isAnswered = status !== 'awaiting-approval';
  const until = isAnswered
    ? minutesAfter(last, EXECUTES_MINUTES)
    : earlier(last, approval?.expiresAt ?? null);
  return until > now().toISOString() ? held('asked', until) : null;
}
