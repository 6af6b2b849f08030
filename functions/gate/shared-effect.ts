// Finds, claims and joins the action that has the same effect in AWS.

import { type EffectClaim, prove, proven } from '../authority/claims.ts';
import { isOver, readEnd } from '../authority/end.ts';
import { readRuling } from '../authority/rulings.ts';
import { type Action, MAY_HAVE_EFFECT, type Status } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { type Alert, type Instant, SeverityLabel } from '../domain/alert.ts';
import type { Recommendation } from '../domain/assessment.ts';
import { JOINED, joinedText, NEWS, owesNews, raisedText } from '../domain/effect-state.ts';
import { Conflict } from '../domain/errors.ts';
import { minutesAfter } from '../domain/time.ts';
import { truncate } from '../domain/wording.ts';
import type { Effect } from '../mechanisms/registry.ts';
import type { Claimed } from '../store/effects.ts';
import { actionDigest, withEntry } from '../store/hash-chain.ts';
import { type Ruling, resolve } from './decide.ts';
import type { GateDeps } from './deps.ts';
import { sharedKeyOf } from './effect-key.ts';
import { holdingFor, JOIN_CODES, joinVerdict } from './join.ts';
import type { Circumstances, Holding } from './proposal.ts';

/** Longer than the gate takes from its claim to the record of the action, with all retries. */
const UNRECORDED_MINUTES = 3;
/** Longer than an execution takes from the decision to its evidence, with all retries. */
const EXECUTES_MINUTES = 20;
const BEFORE_EVIDENCE: readonly Status[] = [
  'proposed',
  'awaiting-approval',
  'approved',
  'executing',
];
/** An action that many findings join names the first of them in its history. */
const MAX_JOINED = 20;
const MAX_TEXT = 500;

/** Reads which effects of the recommendations other actions already ask about or have. */
export async function withHoldings(
  deps: GateDeps,
  circumstances: Circumstances,
  recommendations: readonly Recommendation[],
): Promise<Circumstances> {
  const keys = recommendations.flatMap((recommendation) => {
    const { target, effects } = resolve(recommendation, circumstances).proposal;
    return target ? effects.map((effect) => sharedKeyOf(circumstances, target, effect)) : [];
  });
  const holdings = new Map<string, Holding>();
  for (const key of new Set(keys)) {
    const holding = key && (await readHolding(deps, key, circumstances.alert.alertId));
    if (holding) holdings.set(key, holding);
  }
  return { ...circumstances, holdings };
}

/**
 * Records in each action that the rulings join what this alert adds. Returns the open requests whose people must hear
 * it: one for each page of questions.
 */
export async function noteJoins(
  deps: GateDeps,
  ids: { incidentId: string },
  circumstances: Circumstances,
  rulings: readonly Ruling[],
): Promise<Action[]> {
  const holdings = rulings
    .filter(joins)
    .flatMap(({ target, effects }) =>
      effects.flatMap((effect) => holdingFor({ ...circumstances, target }, effect) ?? []),
    );
  const owed: Action[] = [];
  for (const holding of holdings) {
    const action = await noteJoined(deps, holding, ids, circumstances.alert);
    const isShown = owed.some(
      ({ name, incidentId }) => name === action.name && incidentId === action.incidentId,
    );
    if (owesNews(action) && !isShown) owed.push(action);
  }
  return owed;
}

/** Of a ruling with several effects, another action may already have some. */
export async function joinOrClaim(
  deps: GateDeps,
  ids: { incidentId: string; alertId: string; actionId: string },
  circumstances: Circumstances,
  { ruling, effect }: { ruling: Ruling; effect: Effect | null },
): Promise<Ruling> {
  const { target, disposition } = ruling;
  const key = target && effect && sharedKeyOf(circumstances, target, effect);
  if (!key) return ruling;
  const holding = circumstances.holdings.get(key);
  if (disposition !== 'auto' && disposition !== 'approve') return ruling;
  if (!holding) {
    await claimEffect(deps, key, ids);
    return ruling;
  }
  const { atLeast, reason } = joinVerdict(holding);
  return { ...ruling, disposition: atLeast, reasons: [...ruling.reasons, reason] };
}

/** Whether the gate would propose it if no other action had the effect. */
const joins = ({ disposition, reasons }: Ruling): boolean =>
  disposition === 'auto' ||
  disposition === 'approve' ||
  reasons.some(({ code }) => JOIN_CODES.includes(code));

/**
 * The proven action of another alert that asks about the effect or has it, or null. Throws Conflict while another
 * decision is writing its action.
 */
const readHolding = async (
  deps: GateDeps,
  effectKey: string,
  alertId: string,
): Promise<Holding | null> => {
  const claim = await claimIn(deps, effectKey, await deps.store.effects.find(effectKey));
  return claim && !isOf(claim, alertId) ? holdingBy(deps, claim) : null;
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
  if (claim && !isOf(claim, alertId) && (await holdingBy(deps, claim)))
    throw new Conflict('another alert has just proposed the same effect', { effectKey, actionId });
  const next = { effectKey, incidentId, actionId, at: now().toISOString() };
  await store.effects.claim(effectKey, await prove(keys.rulings, 'effect', next), from, now());
}

/** Records in the joined action which other incident proposes its effect, once for each. */
async function noteJoined(
  deps: GateDeps,
  { incidentId, actionId }: Holding,
  by: { incidentId: string },
  alert: Alert,
): Promise<Action> {
  const { records } = deps.store;
  const action = await records.action(incidentId, actionId);
  const news = await newsFor(deps, action, alert);
  const [event, text] =
    news.length > 0
      ? [NEWS, truncate(news.join('. '), MAX_TEXT)]
      : [JOINED, joinedText(by.incidentId)];
  return records.changeAction(incidentId, actionId, (current) => {
    const noted = current.history.filter((one) => one.event === event);
    if (noted.length >= MAX_JOINED || noted.some((one) => one.text === text)) return null;
    return withEntry(current, { at: deps.now(), by: 'gate', event, text });
  });
}

/** What the people who were asked don't know yet. */
async function newsFor({ store }: GateDeps, action: Action, alert: Alert): Promise<string[]> {
  if (alert.news.length > 0) return alert.news;
  const asked = await store.records.readableAlert(action.incidentId, action.alertId);
  const ranks = SeverityLabel.options;
  const isHigher =
    asked && ranks.indexOf(alert.severity.label) > ranks.indexOf(asked.severity.label);
  return isHigher ? [raisedText(asked.severity.label, alert.severity.label)] : [];
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
  log('error', ALARMING.recordAltered, { effectKey, why: 'nothing proves who claimed the effect' });
  return null;
}

async function holdingBy(deps: GateDeps, claim: EffectClaim): Promise<Holding | null> {
  const { effectKey, incidentId, actionId, at } = claim;
  const action = await deps.store.records.findAction(incidentId, actionId);
  if (action) return holdingOf(deps, action, effectKey);
  if (minutesAfter(at, UNRECORDED_MINUTES) > deps.now().toISOString())
    throw new Conflict('another alert proposes the same effect right now', { effectKey, actionId });
  return null;
}

/** The gate decides an alert again after a crash, and an expired action again for a manager. */
const isOf = ({ actionId }: EffectClaim, alertId: string): boolean =>
  actionId.startsWith(`act-${alertId.slice('al-'.length)}-`);

/** From proofs and the digest: a planted record must not keep an effect from being proposed. */
async function holdingOf(
  { keys, now }: GateDeps,
  action: Action,
  effectKey: string,
): Promise<Holding | null> {
  if (action.effectKey !== effectKey || actionDigest(action) !== action.digest) return null;
  const { incidentId, actionId, status, approval } = action;
  const held = (state: Holding['state'], until: Instant | null): Holding => ({
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
  const until = isAnswered ? minutesAfter(last, EXECUTES_MINUTES) : earlier(last, approval);
  return until > now().toISOString() ? held('asked', until) : null;
}

const earlier = (last: Instant, approval: Action['approval']): Instant =>
  approval && approval.expiresAt < last ? approval.expiresAt : last;
