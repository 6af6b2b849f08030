// The gate: decides each recommendation, reserves room under the rate limit, and writes the actions.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { actionDigest, append, moveTo } from '../audit/chain.ts';
import type { Log } from '../audit/log.ts';
import { type Action, ActionId, IncidentId, type Status } from '../domain/action.ts';
import { Assessment, type Recommendation } from '../domain/assessment.ts';
import { Conflict } from '../domain/errors.ts';
import { DEFAULT_APPROVAL_MINUTES, type Policy } from '../domain/policy.ts';
import type { Effect } from '../execute/registry.ts';
import type { Store } from '../store/store.ts';
import { requestApproval, waitsOf } from './ask.ts';
import { decide, isStricter, type Ruling } from './decide.ts';
import type { Circumstances } from './proposal.ts';

export type GateDeps = {
  store: Store;
  policy: Policy;
  effectsOf: Circumstances['effectsOf'];
  now: () => Date;
  log: Log;
};

export const GateInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  /** Absent when the analysis died; then a ticket is all that is decided on. */
  assessment: z.unknown().optional(),
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

/** A little longer than everything that could still be running, so that the sweeper never races a live execution. */
const EXECUTION_GRACE_MINUTES = 20;

export async function gate(deps: GateDeps, input: unknown) {
  const { incidentId, alertId, assessment, actionId } = GateInput.parse(input);
  const [alert, facts, { mode }] = await Promise.all([
    deps.store.records.alert(incidentId, alertId),
    deps.store.records.findFacts(incidentId, alertId),
    deps.store.killSwitch.read(deps.policy.account, deps.now()),
  ]);
  const circumstances: Circumstances = {
    alert,
    facts: facts ?? null,
    policy: deps.policy,
    switchMode: mode,
    effectsOf: deps.effectsOf,
  };
  return actionId
    ? decideAgain(deps, { incidentId, alertId, actionId }, circumstances)
    : decideAll(deps, { incidentId, alertId }, circumstances, readAssessment(assessment));
}

/** What the model function returned is parsed again here: it is the least trusted of our own functions. */
function readAssessment(given: unknown): Assessment {
  const parsed = Assessment.safeParse(given);
  if (parsed.success) return parsed.data;
  return {
    verdict: 'unclear',
    summary: 'There is no usable analysis. A person has to look at the alert.',
    recommendations: [ticketBecause('There is no usable analysis')],
    origin: 'fallback',
    model: null,
    failure:
      given === undefined
        ? 'the analysis did not run'
        : z.prettifyError(parsed.error).slice(0, 1000),
  };
}

const ticketBecause = (reasoning: string): Recommendation => ({
  action: 'create_alert_ticket',
  target: 'alert-1',
  parameters: { durationMinutes: null },
  confidence: 100,
  reasoning,
});

async function decideAll(
  deps: GateDeps,
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
  if (rulings.length > 0 && rulings.every(({ ruling }) => ruling.disposition === 'dropped')) {
    const recommendation = ticketBecause('Nothing that was recommended could be considered');
    rulings.push({ recommendation, ruling: decide(recommendation, circumstances) });
  }
  const actions: Routed[] = [];
  for (const [index, { recommendation, ruling }] of rulings.entries())
    for (const { effect, letter } of asActions(ruling)) {
      const actionId = `act-${ids.alertId.slice('al-'.length)}-${index + 1}${letter}`;
      const settled = await withinRate(deps, { ...ids, actionId }, ruling);
      const proposed = { recommendation, ruling: settled, effect };
      const action = compose(deps, { ...ids, actionId }, circumstances, proposed);
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
  const reservation = await store.limiter.reserve(policy.account, wanted, policy.limits, now());
  if (reservation.granted) return ruling;
  const reason = { code: 'rate-limit', text: reservation.why };
  return { ...ruling, disposition: 'approve', reasons: [...ruling.reasons, reason] };
}

function compose(
  { policy, now }: GateDeps,
  { incidentId, alertId, actionId }: { incidentId: string; alertId: string; actionId: string },
  { alert, facts }: Circumstances,
  { recommendation, ruling, effect }: Considered & { effect: Effect | null },
): Action {
  const at = now();
  const { name, target, durationMinutes, disposition, reasons, considered } = ruling;
  const place = { account: policy.account, region: alert.region };
  const parameters = effect?.parameters ?? {};
  const subject = target && { incidentId, actionId, ...place, target, parameters, durationMinutes };
  const actionPolicy = name && policy.actions[name];
  const timeout =
    actionPolicy?.tier === 2 ? actionPolicy.approvalTimeoutMinutes : DEFAULT_APPROVAL_MINUTES;
  const approval =
    disposition === 'approve' && target
      ? requestApproval(policy.escalation, target, timeout, at)
      : null;
  const core = {
    actionId,
    ...place,
    name,
    target,
    durationMinutes,
    parameters,
    mechanism: effect?.mechanism.id ?? null,
    effectKey: effect && subject ? effect.mechanism.effectKey(subject) : null,
  };
  const why = reasons.map(({ text }) => text).join('. ');
  const proposed: Action = {
    ...core,
    incidentId,
    alertId,
    recommendation,
    scope: effect?.mechanism.scope ?? null,
    description: effect && subject ? effect.mechanism.describe(subject, facts) : null,
    disposition,
    reasons,
    considered,
    policyVersion: policy.version,
    digest: actionDigest(core),
    status: 'proposed',
    approval,
    before: null,
    appliedAt: null,
    dueAt: null,
    extensions: 0,
    failure: null,
    createdAt: at.toISOString(),
    attentionAt: attentionAt(disposition, approval?.expiresAt ?? null, at),
    history: append(actionId, [], {
      at,
      by: 'gate',
      event: 'proposed',
      text: `${recommendation.action} on ${recommendation.target}, confidence ${recommendation.confidence}`,
    }),
    version: 1,
  };
  const status = FIRST_STATUS[disposition];
  return status === 'proposed' ? proposed : moveTo(proposed, status, { at, by: 'gate', text: why });
}

const FIRST_STATUS: Readonly<Record<Action['disposition'], Status>> = {
  auto: 'proposed',
  approve: 'awaiting-approval',
  observe: 'observed',
  'hand-off': 'handed-off',
  dropped: 'dropped',
};

/** From when the sweeper takes an interest: when whoever should have gone on with it must have done so. */
function attentionAt(
  disposition: Action['disposition'],
  expiresAt: string | null,
  now: Date,
): string | null {
  if (disposition === 'observe' || disposition === 'dropped') return null;
  const from = expiresAt ? Date.parse(expiresAt) : now.getTime();
  const minutes = expiresAt ? 2 : EXECUTION_GRACE_MINUTES;
  return new Date(from + minutes * 60_000).toISOString();
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

const STOPPED: Readonly<Partial<Record<Action['disposition'], Status>>> = {
  observe: 'observed',
  'hand-off': 'handed-off',
};

/**
 * Decides an approved action once more, on fresh facts. A person's yes was to one exact action under the rules of
 * that moment; what has become stricter since stops it.
 */
async function decideAgain(
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
    const text = `Stopped after approval: ${why}`;
    return moveTo(
      current,
      to,
      { at: now(), by: 'gate', text },
      { failure: text, attentionAt: null },
    );
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

const isEffectOf = (action: Action, { mechanism, parameters }: Effect): boolean =>
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
  if (isStricter(ruling.disposition, action.disposition)) {
    const known = new Set(action.reasons.map(({ code }) => code));
    const added = ruling.reasons.filter(({ code }) => !known.has(code)).map(({ text }) => text);
    return added.join('. ') || `policy ${policy.version} is stricter`;
  }
  return null;
}
