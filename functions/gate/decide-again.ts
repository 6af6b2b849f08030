// Decides an approved action again on fresh facts, before it runs.

import { isDeepStrictEqual } from 'node:util';
import type { Action, Status } from '../domain/action.ts';
import { minutesAfter, NOTIFIED_WITHIN_MINUTES } from '../domain/time.ts';
import { truncate } from '../domain/wording.ts';
import type { Effect } from '../mechanisms/registry.ts';
import { transition } from '../store/hash-chain.ts';
import { decide, isStricter, type Ruling } from './decide.ts';
import type { GateDeps } from './deps.ts';

import type { Circumstances } from './proposal.ts';

/** Maximum length of an action's `failure`. */
const MAX_FAILURE = 1000;

const STOPPED: Readonly<Partial<Record<Action['disposition'], Status>>> = {
  observe: 'observed',
  'hand-off': 'handed-off',
};

/**
 * Stops the action if the ruling is now stricter than the approved one, or if its effect differs. Facts that were read
 * before the approval count as missing.
 */
export async function decideAgain(
  { store, now }: GateDeps,
  { incidentId, alertId, actionId }: { incidentId: string; alertId: string; actionId: string },
  circumstances: Circumstances,
) {
  const action = await store.records.changeAction(incidentId, actionId, (current) => {
    if (current.status !== 'approved') return null;
    const ruling = decide(current.recommendation, circumstances);
    const reason = reasonToStop(current, ruling, circumstances);
    if (!reason) return null;
    const to = STOPPED[ruling.disposition] ?? 'failed';
    const text = truncate(`Stopped after approval: ${reason}`, MAX_FAILURE);
    // The sweeper checks that people were notified.
    const attentionAt = minutesAfter(now(), NOTIFIED_WITHIN_MINUTES);
    return transition(current, to, { at: now(), by: 'gate', text }, { failure: text, attentionAt });
  });
  const continues = ['approved', 'executing', 'in-force'].includes(action.status);
  return {
    incidentId,
    alertId,
    actionId,
    scope: action.scope ?? 'none',
    disposition: continues ? action.disposition : 'stopped',
  };
}

/** True when the effect is exactly the one that the action records. */
export const isEffectOf = (action: Action, { mechanism, parameters }: Effect): boolean =>
  mechanism.id === action.mechanism && isDeepStrictEqual(parameters, action.parameters);

function reasonToStop(
  action: Action,
  ruling: Ruling,
  { facts, policy }: Circumstances,
): string | null {
  const decidedAt = action.approval?.decision?.at;
  if (!decidedAt || !facts || facts.readAt < decidedAt) return 'the facts could not be read again';
  if (ruling.name !== action.name)
    return `the action would now be ${ruling.name ?? 'an unknown action'}`;
  if (!ruling.effects.some((effect) => isEffectOf(action, effect)))
    return 'the change would differ from the one that was approved';
  if (lasts(ruling) < lasts(action))
    return `policy ${policy.version} allows at most ${ruling.durationMinutes} minutes`;
  if (isStricter(ruling.disposition, action.disposition)) {
    const known = new Set(action.reasons.map(({ code }) => code));
    const added = ruling.reasons.filter(({ code }) => !known.has(code)).map(({ text }) => text);
    return added.join('. ') || `policy ${policy.version} is stricter`;
  }
  return null;
}

const lasts = ({ durationMinutes }: Pick<Action, 'durationMinutes'>): number =>
  durationMinutes ?? Number.POSITIVE_INFINITY;
