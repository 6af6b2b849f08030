// The gate step: decides each recommendation and writes the actions.

import * as z from 'zod/mini';
import { isAbout, proven } from '../authority/claims.ts';
import { nextActionId } from '../authority/earlier-request.ts';
import { withRuling } from '../authority/rulings.ts';
import { type Action, ActionId, IncidentId } from '../domain/action.ts';
import { Assessment, aboutAlert, type Recommendation } from '../domain/assessment.ts';
import type { Drill } from '../domain/drill.ts';
import { Conflict, InvalidInput } from '../domain/errors.ts';
import type { Effect } from '../mechanisms/registry.ts';
import { errorFields } from '../platform/log.ts';
import { waitsOf } from './approval-request.ts';
import { type EscalatingDeps, withApproval, withEscalation } from './approvers.ts';
import { compose } from './compose.ts';
import { decide, type Ruling, stricter } from './decide.ts';
import { decideAgain, isEffectOf } from './decide-again.ts';
import type { GateDeps } from './deps.ts';
import type { Circumstances } from './proposal.ts';

export const GateInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  /** Absent when the analysis crashed. A ticket is then the only recommendation. */
  assessment: z.optional(z.unknown()),
  /** The expired action that a manager requests again. */
  askAnew: z.optional(ActionId),
  /** The approved action, when the gate runs again after the approval. */
  actionId: z.optional(ActionId),
  scope: z.optional(z.string()),
});

type Routed = {
  incidentId: string;
  alertId: string;
  actionId: string;
  disposition: Action['disposition'];
  scope: string;
  rung: number;
  waits: number[];
  waitSeconds: number;
};

export async function gate(deps: GateDeps, input: unknown) {
  const { incidentId, alertId, assessment, actionId, askAnew } = GateInput.parse(input);
  const [alert, facts, incident, { mode }, drills] = await Promise.all([
    deps.store.records.alert(incidentId, alertId),
    deps.store.records.findFacts(incidentId, alertId),
    deps.store.records.findIncident(incidentId),
    deps.store.killSwitch.read(deps.policy.account, deps.now()),
    readDrills(deps, incidentId),
  ]);
  const circumstances: Circumstances = {
    alert,
    facts: facts ?? null,
    generation: Math.max(
      alert.generation,
      ...(incident?.alerts.map((one) => one.generation) ?? []),
    ),
    policy: deps.policy,
    switchMode: mode,
    drills,
    now: deps.now(),
    effectsOf: deps.effectsOf,
  };
  if (askAnew)
    return requestAgain(withEscalation(deps), { incidentId, alertId, askAnew }, circumstances);
  return actionId
    ? decideAgain(deps, { incidentId, alertId, actionId }, circumstances)
    : decideAll(
        withEscalation(deps),
        { incidentId, alertId },
        circumstances,
        readAssessment(assessment),
      );
}

/** If drill results can't be read, every drill counts as missing. Approval still works. */
async function readDrills({ store, log }: GateDeps, incidentId: string) {
  try {
    return await store.drills.all();
  } catch (error) {
    log('warn', 'drills not read', { incidentId, ...errorFields(error) });
    return new Map<string, Drill>();
  }
}

/** Validates the assessment again: `analyse` handles untrusted text, so its output is not trusted. */
function readAssessment(given: unknown): Assessment {
  const parsed = Assessment.safeParse(given);
  if (parsed.success) return parsed.data;
  return {
    verdict: 'unclear',
    summary: 'There is no valid analysis. Investigate the alert yourself.',
    recommendations: [aboutAlert('create_alert_ticket', 'There is no valid analysis')],
    origin: 'fallback',
    model: null,
    failure:
      given === undefined
        ? 'the analysis did not run'
        : z.prettifyError(parsed.error).slice(0, 1000),
  };
}

async function decideAll(
  deps: EscalatingDeps,
  ids: { incidentId: string; alertId: string },
  circumstances: Circumstances,
  assessment: Assessment,
) {
  await deps.store.records.putAssessment(ids.incidentId, ids.alertId, assessment);
  const rulings = dropRepeats(
    assessment.recommendations.map((recommendation) => ({
      recommendation,
      ruling: decide(recommendation, circumstances),
    })),
  );
  // A person must be notified of every alert, even if a manipulated model recommends only invalid actions.
  if (rulings.every(({ ruling }) => ruling.disposition === 'dropped')) {
    const recommendation = aboutAlert('create_alert_ticket', 'Every recommendation was dropped');
    rulings.push({ recommendation, ruling: decide(recommendation, circumstances) });
  }
  const actions: Routed[] = [];
  for (const [index, { recommendation, ruling }] of rulings.entries())
    for (const { effect, letter } of recordedEffects(ruling)) {
      const actionId = `act-${ids.alertId.slice('al-'.length)}-${index + 1}${letter}`;
      const actionIds = { ...ids, actionId };
      const decided = await withApproval(deps, await reserveSlot(deps, actionIds, ruling));
      const proposed = { recommendation, effect, ...decided };
      const action = compose(actionIds, circumstances, proposed, deps.now());
      actions.push(route(await createOnce(deps, action)));
    }
  return { ...ids, actions };
}

const LETTERS = ['', 'b', 'c', 'd', 'e'] as const;

/** One action per effect if the ruling may run, now or after approval; otherwise one action for the record. */
function recordedEffects({
  disposition,
  effects,
}: Ruling): { effect: Effect | null; letter: string }[] {
  const mayRun = disposition !== 'hand-off' && disposition !== 'dropped';
  const shown = effects.slice(0, mayRun ? LETTERS.length : 1);
  return shown.length === 0
    ? [{ effect: null, letter: '' }]
    : shown.map((effect, i) => ({ effect, letter: LETTERS[i] ?? '' }));
}

type Decided = { recommendation: Recommendation; ruling: Ruling };

/** Drops a repeated recommendation of the same action on the same target. */
function dropRepeats(decided: readonly Decided[]): Decided[] {
  const seen = new Set<string>();
  return decided.map(({ recommendation, ruling }) => {
    const key = `${ruling.name} ${ruling.target?.ref}`;
    const repeated = ruling.name !== null && ruling.target !== null && seen.has(key);
    seen.add(key);
    if (!repeated) return { recommendation, ruling };
    const reason = {
      code: 'recommended-twice',
      text: 'The same action on the same target is already recommended',
    };
    return {
      recommendation,
      ruling: { ...ruling, disposition: 'dropped', reasons: [...ruling.reasons, reason] },
    };
  });
}

/** Reserves a slot under the rate limit for an automatic action. Without a slot, the action needs approval. */
async function reserveSlot(
  { store, policy, now }: GateDeps,
  { incidentId, actionId }: { incidentId: string; actionId: string },
  ruling: Ruling,
): Promise<Ruling> {
  const { disposition, name, target } = ruling;
  if (disposition !== 'auto' || !name || !target) return ruling;
  const wanted = { actionId, incidentId, name, target };
  const reservation = await store.limiter.reserve(policy.account, wanted, policy.limits, now);
  if (reservation.granted) return ruling;
  const reason = { code: 'rate-limit', text: reservation.why };
  return { ...ruling, disposition: 'approve', reasons: [...ruling.reasons, reason] };
}

/**
 * Decides the recommendation of an expired action again and requests approval. It needs approval even if the rules
 * would now let it run automatically, because the expired action needed it.
 */
async function requestAgain(
  deps: EscalatingDeps,
  { askAnew, ...ids }: { incidentId: string; alertId: string; askAnew: string },
  circumstances: Circumstances,
) {
  const expired = await deps.store.records.action(ids.incidentId, askAnew);
  if (!expired.askedAnew || !(await isRequestedAgain(deps, expired)))
    throw new InvalidInput('no manager requested this action again', { actionId: askAnew });
  const actionIds = { ...ids, actionId: expired.askedAnew.actionId };
  const { recommendation } = expired;
  const { ruling, effect } = repeatedRuling(expired, decide(recommendation, circumstances));
  const proposed = { recommendation, effect, ...(await withApproval(deps, ruling)) };
  const action = compose(actionIds, circumstances, proposed, deps.now());
  return { ...ids, actions: [route(await createOnce(deps, action))] };
}

/** The ID is the next one, so that no other action is run again. A request without a ruling was made by an earlier version, whose open requests are all made again. */
async function isRequestedAgain({ keys }: GateDeps, expired: Action): Promise<boolean> {
  if (expired.askedAnew?.actionId !== nextActionId(expired.actionId)) return false;
  if (expired.ruling === null) return true;
  const order = expired.orders.find(({ kind }) => kind === 'ask-anew');
  const claims = await proven(keys.votes, 'order', order?.proof);
  return claims?.kind === 'ask-anew' && isAbout(claims, expired)
    ? claims.next === expired.askedAnew?.actionId
    : false;
}

/** The new ruling, at least `approve`; `hand-off` when it would no longer have the same effect. */
function repeatedRuling(expired: Action, now: Ruling): { ruling: Ruling; effect: Effect | null } {
  const effect = now.effects.find((one) => isEffectOf(expired, one)) ?? null;
  const changed = effect === null || now.name !== expired.name;
  const disposition = stricter(now.disposition, changed ? 'hand-off' : 'approve');
  const text = changed
    ? 'A manager requested it again, but its effect would differ now'
    : 'No one answered in time, and a manager requested it again';
  const reasons = [...now.reasons, { code: 'asked-anew', text }];
  return { ruling: { ...now, disposition, reasons }, effect };
}

/** A retry after a crash returns the action that the first attempt wrote. */
async function createOnce({ store, keys }: GateDeps, composed: Action): Promise<Action> {
  const action = await withRuling(keys.rulings, composed);
  try {
    await store.records.createAction(action);
    return action;
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return store.records.action(action.incidentId, action.actionId);
  }
}

function route(action: Action): Routed {
  const { incidentId, alertId, actionId, disposition, scope, approval } = action;
  const waits = approval ? waitsOf(approval) : [];
  return {
    incidentId,
    alertId,
    actionId,
    disposition,
    scope: scope ?? 'none',
    rung: 0,
    waits,
    waitSeconds: waits[0] ?? 0,
  };
}
