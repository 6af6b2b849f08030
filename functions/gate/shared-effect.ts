// Joins a finding to the action with the same effect, or claims the effect.

import { type EffectClaim, prove, proven } from '../authority/claims.ts';
import type { Action } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { type Alert, isMoreSevere } from '../domain/alert.ts';
import type { Recommendation } from '../domain/assessment.ts';
import {
  JOINED,
  joinedText,
  joinReason,
  NEWS,
  owesNews,
  raisedText,
  saysRaised,
} from '../domain/effect-state.ts';
import { Conflict } from '../domain/errors.ts';
import { earlier, minutesAfter, NOTIFIED_WITHIN_MINUTES } from '../domain/time.ts';
import { truncate } from '../domain/wording.ts';
import type { Effect } from '../mechanisms/registry.ts';
import type { Claimed } from '../store/effects.ts';
import { withEntry } from '../store/hash-chain.ts';
import { type Ruling, resolve } from './decide.ts';
import type { GateDeps } from './deps.ts';
import { sharedKeyOf } from './effect-key.ts';
import { existingHolder, existingIfProven } from './existing-action.ts';
import { existingFor, joinVerdict } from './join.ts';
import type { Circumstances, ExistingAction } from './proposal.ts';

/** Longer than the gate takes from its claim to the record of the action, with all retries. */
const UNRECORDED_MINUTES = 3;
/**
 * The history of an action names at most this many of the findings that joined it. A raised severity is never left out.
 */
const MAX_JOINED = 20;
const MAX_TEXT = 500;

/** Adds the existing actions of other alerts that have, or request, the effects of the recommendations. */
export async function withExistingActions(
  deps: GateDeps,
  circumstances: Circumstances,
  recommendations: readonly Recommendation[],
): Promise<Circumstances> {
  const keys = recommendations.flatMap((recommendation) => {
    const { target, effects } = resolve(recommendation, circumstances).proposal;
    return target ? effects.map((effect) => sharedKeyOf(circumstances, target, effect)) : [];
  });
  const existingActions = new Map<string, ExistingAction>();
  for (const key of new Set(keys)) {
    const existing = key && (await findExisting(deps, key, circumstances.alert.alertId));
    if (existing) existingActions.set(key, existing);
  }
  return { ...circumstances, existingActions };
}

/**
 * Records in each joined action what this alert adds. Returns the open requests whose approvers must be notified: one
 * for each page of questions.
 */
export async function noteJoins(
  deps: GateDeps,
  ids: { incidentId: string },
  circumstances: Circumstances,
  rulings: readonly Ruling[],
): Promise<Action[]> {
  const existingActions = rulings
    .filter(joins)
    .flatMap(({ target, effects }) =>
      effects.flatMap((effect) => existingFor({ ...circumstances, target }, effect) ?? []),
    );
  const owed: Action[] = [];
  for (const existing of existingActions) {
    const action = await noteJoined(deps, existing, ids, circumstances.alert);
    const isShown = owed.some(
      ({ name, incidentId }) => name === action.name && incidentId === action.incidentId,
    );
    if (owesNews(action) && !isShown) owed.push(action);
  }
  return owed;
}

/** Decides one effect of a ruling: drops it if it joins an existing action, and otherwise claims it. */
export async function joinOrClaim(
  deps: GateDeps,
  ids: { incidentId: string; alertId: string; actionId: string },
  circumstances: Circumstances,
  { ruling, effect }: { ruling: Ruling; effect: Effect | null },
): Promise<Ruling> {
  const { target, disposition } = ruling;
  if (disposition !== 'auto' && disposition !== 'approve') return ruling;
  const key = target && effect && sharedKeyOf(circumstances, target, effect);
  if (!key) return ruling;
  const existing = circumstances.existingActions.get(key);
  if (!existing) {
    await claimEffect(deps, key, ids);
    return ruling;
  }
  const { atLeast, reason } = joinVerdict(existing);
  return { ...ruling, disposition: atLeast, reasons: [...ruling.reasons, reason] };
}

/** Whether the ruling proposes an action, or would if no existing action had its effect. */
const joins = ({ disposition, reasons }: Ruling): boolean =>
  disposition === 'auto' || disposition === 'approve' || joinReason({ reasons }) !== null;

/**
 * The proven action of another alert that has or requests the effect, or null. Throws Conflict while another decision
 * is writing its action.
 */
const findExisting = async (
  deps: GateDeps,
  effectKey: string,
  alertId: string,
): Promise<ExistingAction | null> => {
  const claim = await claimIn(deps, effectKey, await deps.store.effects.find(effectKey));
  if (claim && isOfAlert(claim, alertId)) return null;
  const claimed = claim && (await existingClaimedBy(deps, claim));
  return claimed ?? existingHolder(deps, effectKey, (one) => isOfAlert(one, alertId));
};

/**
 * Claims the effect for an action that is about to be written. Throws Conflict if another decision was faster: the next
 * attempt joins its action.
 */
async function claimEffect(
  deps: GateDeps,
  effectKey: string,
  ids: { incidentId: string; alertId: string; actionId: string },
): Promise<void> {
  const { store, keys, now } = deps;
  const { incidentId, alertId, actionId } = ids;
  const from = await store.effects.find(effectKey);
  const claim = await claimIn(deps, effectKey, from);
  if (claim?.actionId === actionId) return;
  if (claim && !isOfAlert(claim, alertId) && (await existingClaimedBy(deps, claim)))
    throw new Conflict('another alert has just proposed the same effect', { effectKey, actionId });
  const next = { effectKey, incidentId, actionId, at: now().toISOString() };
  await store.effects.claim(effectKey, await prove(keys.rulings, 'effect', next), from, now());
}

/** Adds the change in the finding, or the other incident, to the history of the joined action. Once for each. */
async function noteJoined(
  deps: GateDeps,
  { incidentId, actionId }: ExistingAction,
  by: { incidentId: string },
  alert: Alert,
): Promise<Action> {
  return deps.store.records.changeAction(incidentId, actionId, async (current) => {
    const news = await newsFor(deps, current, alert);
    const [event, text] =
      news.length > 0
        ? [NEWS, truncate(news.join('. '), MAX_TEXT)]
        : [JOINED, joinedText(by.incidentId)];
    const earlierOnes = current.history.filter((one) => one.event === event);
    const isLeftOut = earlierOnes.length >= MAX_JOINED && !saysRaised(text);
    if (isLeftOut || earlierOnes.some((one) => one.text === text)) return null;
    const noted = withEntry(current, { at: deps.now(), by: 'gate', event, text });
    const notifiedBy = minutesAfter(deps.now(), NOTIFIED_WITHIN_MINUTES);
    return owesNews(noted)
      ? { ...noted, attentionAt: earlier(notifiedBy, current.attentionAt) }
      : noted;
  });
}

/** What changed since people were asked, one sentence each. */
async function newsFor({ store }: GateDeps, action: Action, alert: Alert): Promise<string[]> {
  if (alert.news.some(saysRaised)) return alert.news;
  const asked = await store.records.readableAlert(action.incidentId, action.alertId);
  return asked && isMoreSevere(alert.severity.label, asked.severity.label)
    ? [raisedText(asked.severity.label, alert.severity.label), ...alert.news]
    : alert.news;
}

/** A claim without proof must not keep an effect from being proposed. */
async function claimIn(
  { keys, log }: GateDeps,
  effectKey: string,
  claimed: Claimed | null,
): Promise<EffectClaim | null> {
  if (claimed === null) return null;
  const proof = claimed === 'unreadable' ? null : claimed.proof;
  const claim = await proven(keys.rulings, 'effect', proof);
  if (claim?.effectKey === effectKey) return claim;
  log('error', ALARMING.recordAltered, {
    effectKey,
    why: 'the claim of the effect has no valid proof',
  });
  return null;
}

async function existingClaimedBy(
  deps: GateDeps,
  claim: EffectClaim,
): Promise<ExistingAction | null> {
  const { effectKey, incidentId, actionId, at } = claim;
  const action = await deps.store.records.findAction(incidentId, actionId);
  if (action) return existingIfProven(deps, action, effectKey);
  if (minutesAfter(at, UNRECORDED_MINUTES) > deps.now().toISOString())
    throw new Conflict('another alert proposes the same effect right now', { effectKey, actionId });
  return null;
}

/** The gate decides an alert again after a crash, and an expired action again for a manager. */
const isOfAlert = ({ actionId }: Pick<EffectClaim, 'actionId'>, alertId: string): boolean =>
  actionId.startsWith(`act-${alertId.slice('al-'.length)}-`);
