// The gate: decides each recommendation, reserves room under the rate limit, and writes the actions.

import * as z from 'zod';
import { type Action, ActionId, IncidentId } from '../domain/action.ts';
import { Assessment, aboutAlert, type Recommendation } from '../domain/assessment.ts';
import type { Drill } from '../domain/drill.ts';
import { Conflict, InvalidInput } from '../domain/errors.ts';
import type { Effect } from '../mechanisms/registry.ts';
import { errorFields } from '../platform/log.ts';
import { waitsOf } from './approval-request.ts';
import { compose } from './compose.ts';
import { decide, type Ruling, stricter } from './decide.ts';
import { decideAgain, isEffectOf } from './decide-again.ts';
import type { GateDeps } from './deps.ts';
import { type Asking, asking, withPeople } from './on-call-people.ts';
import type { Circumstances } from './proposal.ts';

export const GateInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  /** Absent when the analysis died; then a ticket is all that is decided on. */
  assessment: z.unknown().optional(),
  /** Present when a manager wants an expired action asked anew. */
  askAnew: ActionId.optional(),
  /** Present when the gate runs again, after approval. */
  actionId: ActionId.optional(),
  scope: z.string().optional(),
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
  if (askAnew) return decideAnew(asking(deps), { incidentId, alertId, askAnew }, circumstances);
  return actionId
    ? decideAgain(deps, { incidentId, alertId, actionId }, circumstances)
    : decideAll(asking(deps), { incidentId, alertId }, circumstances, readAssessment(assessment));
}

/** A drill that cannot be read vouches for nothing, and keeps nobody from being asked. */
async function readDrills({ store, log }: GateDeps, incidentId: string) {
  try {
    return await store.drills.all();
  } catch (error) {
    log('warn', 'drills not read', { incidentId, ...errorFields(error) });
    return new Map<string, Drill>();
  }
}

/** What the model function returned is parsed again here: it is the least trusted of our own functions. */
function readAssessment(given: unknown): Assessment {
  const parsed = Assessment.safeParse(given);
  if (parsed.success) return parsed.data;
  return {
    verdict: 'unclear',
    summary: 'There is no usable analysis. A person has to look at the alert.',
    recommendations: [aboutAlert('create_alert_ticket', 'There is no usable analysis')],
    origin: 'fallback',
    model: null,
    failure:
      given === undefined
        ? 'the analysis did not run'
        : z.prettifyError(parsed.error).slice(0, 1000),
  };
}

async function decideAll(
  deps: Asking,
  ids: { incidentId: string; alertId: string },
  circumstances: Circumstances,
  assessment: Assessment,
) {
  await deps.store.records.putAssessment(ids.incidentId, ids.alertId, assessment);
  const rulings = withoutRepeats(
    assessment.recommendations.map((recommendation) => ({
      recommendation,
      ruling: decide(recommendation, circumstances),
    })),
  );
  // Whatever a hostile or confused model proposed: where nothing of it is left, a person still hears of the alert.
  if (rulings.every(({ ruling }) => ruling.disposition === 'dropped')) {
    const recommendation = aboutAlert(
      'create_alert_ticket',
      'Nothing that was recommended could be considered',
    );
    rulings.push({ recommendation, ruling: decide(recommendation, circumstances) });
  }
  const actions: Routed[] = [];
  for (const [index, { recommendation, ruling }] of rulings.entries())
    for (const { effect, letter } of asActions(ruling)) {
      const actionId = `act-${ids.alertId.slice('al-'.length)}-${index + 1}${letter}`;
      const place = { ...ids, actionId };
      const put = await withPeople(deps, await withinRate(deps, place, ruling));
      const proposed = { recommendation, effect, ...put };
      const action = compose(place, circumstances, proposed, deps.now());
      actions.push(route(await createOnce(deps, action)));
    }
  return { ...ids, actions };
}

const LETTERS = ['', 'b', 'c', 'd', 'e'] as const;

/** An action for each effect of what may run, now or after approval; one record of what may not. */
function asActions({ disposition, effects }: Ruling): { effect: Effect | null; letter: string }[] {
  const mayRun = disposition !== 'hand-off' && disposition !== 'dropped';
  const shown = effects.slice(0, mayRun ? LETTERS.length : 1);
  return shown.length === 0
    ? [{ effect: null, letter: '' }]
    : shown.map((effect, i) => ({ effect, letter: LETTERS[i] ?? '' }));
}

type Considered = { recommendation: Recommendation; ruling: Ruling };

/** The same action on the same target twice is one action. */
function withoutRepeats(considered: readonly Considered[]): Considered[] {
  const seen = new Set<string>();
  return considered.map(({ recommendation, ruling }) => {
    const key = `${ruling.name} ${ruling.target?.ref}`;
    const repeated = ruling.name !== null && ruling.target !== null && seen.has(key);
    seen.add(key);
    if (!repeated) return { recommendation, ruling };
    const reason = {
      code: 'recommended-twice',
      text: 'The same action on the same target was recommended before',
    };
    return {
      recommendation,
      ruling: { ...ruling, disposition: 'dropped', reasons: [...ruling.reasons, reason] },
    };
  });
}

/** Takes a place under the rate limit for an automatic action; without one, a person is asked. */
async function withinRate(
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
 * The same recommendation, decided on fresh facts and put to people once more. Whatever the rules say now, a person is
 * asked: somebody had to be, and did not answer.
 */
async function decideAnew(
  deps: Asking,
  { askAnew, ...ids }: { incidentId: string; alertId: string; askAnew: string },
  circumstances: Circumstances,
) {
  const expired = await deps.store.records.action(ids.incidentId, askAnew);
  if (!expired.askedAnew) throw new InvalidInput('nobody asked for it anew', { actionId: askAnew });
  const place = { ...ids, actionId: expired.askedAnew.actionId };
  const { recommendation } = expired;
  const { ruling, effect } = sameAgain(expired, decide(recommendation, circumstances));
  const proposed = { recommendation, effect, ...(await withPeople(deps, ruling)) };
  const action = compose(place, circumstances, proposed, deps.now());
  return { ...ids, actions: [route(await createOnce(deps, action))] };
}

function sameAgain(expired: Action, now: Ruling): { ruling: Ruling; effect: Effect | null } {
  const effect = now.effects.find((one) => isEffectOf(expired, one)) ?? null;
  const changed = effect === null || now.name !== expired.name;
  const disposition = stricter(now.disposition, changed ? 'hand-off' : 'approve');
  const text = changed
    ? 'It was asked anew, and would no longer change the same thing'
    : 'Nobody answered in time, and a manager has it asked anew';
  const reasons = [...now.reasons, { code: 'asked-anew', text }];
  return { ruling: { ...now, disposition, reasons }, effect };
}

/** A repeated call, after a crash, finds the action that the first one wrote; that one counts. */
async function createOnce({ store }: GateDeps, action: Action): Promise<Action> {
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
