// Decides an approved action once more: a person's yes was to one exact action, under the facts and rules of that moment.

import { isDeepStrictEqual } from 'node:util';
import type { Action, Status } from '../domain/action.ts';
import { minutesAfter } from '../domain/time.ts';
import { truncate } from '../domain/wording.ts';
import type { Effect } from '../mechanisms/registry.ts';
import { transition } from '../store/hash-chain.ts';
import { decide, isStricter, type Ruling } from './decide.ts';
import type { GateDeps } from './deps.ts';

import type { Circumstances } from './proposal.ts';

/** Where the record of an action ends a failure. */
const MAX_FAILURE = 1000;
/** Longer than the state machine tries to tell people. */
const TOLD_WITHIN_MINUTES = 20;

const STOPPED: Readonly<Partial<Record<Action['disposition'], Status>>> = {
  observe: 'observed',
  'hand-off': 'handed-off',
};

/** What has become stricter since stops it. Facts older than the decision count as not read. */
export async function decideAgain(
  { store, now }: GateDeps,
  { incidentId, alertId, actionId }: { incidentId: string; alertId: string; actionId: string },
  circumstances: Circumstances,
) {
  const action = await store.records.changeAction(incidentId, actionId, (current) => {
    if (current.status !== 'approved') return null;
    const ruling = decide(current.recommendation, circumstances);
    const why = whatChanged(current, ruling, circumstances);
    if (!why) return null;
    const to = STOPPED[ruling.disposition] ?? 'failed';
    const text = truncate(`Stopped after approval: ${why}`, MAX_FAILURE);
    // Until somebody was told what there is to do by hand.
    const attentionAt = to === 'handed-off' ? minutesAfter(now(), TOLD_WITHIN_MINUTES) : null;
    return transition(current, to, { at: now(), by: 'gate', text }, { failure: text, attentionAt });
  });
  const goes = ['approved', 'executing', 'in-force'].includes(action.status);
  return {
    incidentId,
    alertId,
    actionId,
    scope: action.scope ?? 'none',
    disposition: goes ? action.disposition : 'stopped',
  };
}

/** Whether it is, to the letter, what the action would have changed. */
export const isEffectOf = (action: Action, { mechanism, parameters }: Effect): boolean =>
  mechanism.id === action.mechanism && isDeepStrictEqual(parameters, action.parameters);

function whatChanged(
  action: Action,
  ruling: Ruling,
  { facts, policy }: Circumstances,
): string | null {
  const decidedAt = action.approval?.decision?.at;
  if (!decidedAt || !facts || facts.readAt < decidedAt) return 'the facts could not be read again';
  if (ruling.name !== action.name) return `it would now be ${ruling.name ?? 'an unknown action'}`;
  if (!ruling.effects.some((effect) => isEffectOf(action, effect)))
    return 'what it would change is no longer what was approved';
  if (lasts(ruling) < lasts(action))
    return `policy ${policy.version} allows no more than ${ruling.durationMinutes} minutes`;
  if (isStricter(ruling.disposition, action.disposition)) {
    const known = new Set(action.reasons.map(({ code }) => code));
    const added = ruling.reasons.filter(({ code }) => !known.has(code)).map(({ text }) => text);
    return added.join('. ') || `policy ${policy.version} is stricter`;
  }
  return null;
}

const lasts = ({ durationMinutes }: Pick<Action, 'durationMinutes'>): number =>
  durationMinutes ?? Number.POSITIVE_INFINITY;
