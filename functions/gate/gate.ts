// The gate step: decides each recommendation and writes the actions.

import * as z from 'zod/mini';
import { isAlertProven } from '../authority/alerts.ts';
import { ActionId, IncidentId } from '../domain/action.ts';
import { informs, isHarmless } from '../domain/action-catalog.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { type Alert, isSevere } from '../domain/alert.ts';
import { Assessment, failed } from '../domain/assessment.ts';
import type { Drill } from '../domain/drill.ts';
import type { Effect } from '../mechanisms/registry.ts';
import { errorFields } from '../platform/log.ts';
import { readRequestState } from '../store/request-state.ts';
import { hasSevereAlert } from '../store/severe-actions.ts';
import { type EscalatingDeps, withApproval, withEscalation } from './approvers.ts';
import { type Assessed, assessed, recordedChecks } from './assessed.ts';
import { compose } from './compose.ts';
import { created, newsOf, type Routed } from './create-action.ts';
import { decide, type Ruling } from './decide.ts';
import { decideAgain } from './decide-again.ts';
import { dropRepeats, withOnePage } from './decided.ts';
import { asRecorded, recordDecision } from './decision.ts';
import type { GateDeps } from './deps.ts';
import { priced } from './price.ts';
import type { Circumstances } from './proposal.ts';
import { requestAgain } from './request-again.ts';
import { joinOrClaim, noteJoins, withExistingActions } from './shared-effect.ts';

export const GateInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  /** Absent when the analysis crashed. The playbook's opinion then takes its place. */
  assessment: z.optional(z.unknown()),
  /** Whether the model was asked. The gate counts its failures. */
  isModelAsked: z.optional(z.boolean()),
  /** The expired action that a manager requests again. */
  askAnew: z.optional(ActionId),
  /** The approved action, when the gate runs again after the approval. */
  actionId: z.optional(ActionId),
  scope: z.optional(z.string()),
});

export async function gate(deps: GateDeps, input: unknown) {
  const { incidentId, alertId, assessment, isModelAsked, actionId, askAnew } =
    GateInput.parse(input);
  const [alert, facts, incident, { mode }, drills] = await Promise.all([
    deps.store.records.alert(incidentId, alertId),
    deps.store.records.findFacts(incidentId, alertId),
    deps.store.records.findIncident(incidentId),
    deps.store.killSwitch.read(deps.policy.account),
    readDrills(deps, incidentId),
  ]);
  const circumstances = {
    alert,
    facts: facts ?? null,
    generation: Math.max(
      alert.generation,
      ...(incident?.alerts.map((one) => one.generation) ?? []),
    ),
    isAlertProven: await checkAlert(deps, incidentId, alert),
    findingState: incident?.alerts.find((one) => one.alertId === alertId)?.state ?? alert.state,
    policy: deps.policy,
    here: deps.here,
    switchMode: mode,
    drills,
    now: deps.now(),
    effectsOf: deps.effectsOf,
    existingActions: new Map(),
  };
  const decidedId = askAnew ?? actionId;
  if (!decidedId) {
    const analysis = readAssessment(assessment);
    if (isModelAsked || assessment === undefined)
      await noteModelCall(deps, incidentId, isOutage(analysis));
    const { doubts, ...answer } = assessed(
      priced(analysis, deps.policy.analysis),
      alert,
      circumstances.facts,
    );
    return decideAll(
      withEscalation(deps),
      {
        ids: { incidentId, alertId },
        concernsSevere: isSevere(alert.severity.label) || hasSevereAlert(incident),
      },
      await withExistingActions(
        deps,
        { ...circumstances, doubts },
        answer.assessment.recommendations,
      ),
      answer,
    );
  }
  const decided = await deps.store.records.action(incidentId, decidedId);
  const findingState = await readRequestState(deps.store, decided);
  const { doubts } = recordedChecks(decided);
  const held = await withExistingActions(deps, { ...circumstances, findingState, doubts }, [
    decided.recommendation,
  ]);
  if (askAnew) return requestAgain(withEscalation(deps), { incidentId, alertId }, decided, held);
  await recordDecision(deps, incidentId, held, { again: decidedId });
  return decideAgain(deps, { incidentId, alertId, actionId: decidedId }, held);
}

/**
 * A refusal or an unusable answer is none: text of an attacker may cause it, and must not pause the model for others.
 */
const isOutage = ({ failure, record }: Assessment): boolean =>
  failure !== null && !record?.attempts?.some(({ tokens }) => tokens && tokens.output > 0);

/** A count that can't be written must not delay the alert. */
async function noteModelCall(
  { store, policy, now, log }: GateDeps,
  incidentId: string,
  hasFailed: boolean,
): Promise<void> {
  try {
    await store.modelCalls.note(hasFailed, policy.analysis.pause, now());
  } catch (error) {
    log('warn', 'model call not counted', { incidentId, ...errorFields(error) });
  }
}

async function checkAlert(
  { keys, log }: GateDeps,
  incidentId: string,
  alert: Alert,
): Promise<boolean> {
  const isProven = await isAlertProven(keys.alerts, incidentId, alert);
  if (!isProven) {
    const why = 'nothing proves that intake accepted this alert';
    log('error', ALARMING.recordAltered, { incidentId, alertId: alert.alertId, why });
  }
  return isProven;
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
  return failed(given === undefined ? 'the analysis did not run' : z.prettifyError(parsed.error));
}

async function decideAll(
  deps: EscalatingDeps,
  {
    ids,
    concernsSevere,
  }: { ids: { incidentId: string; alertId: string }; concernsSevere: boolean },
  circumstances: Circumstances,
  { assessment, why }: Omit<Assessed, 'doubts'>,
) {
  const inputs = await recordDecision(deps, ids.incidentId, circumstances);
  await deps.store.records.putAssessment(ids.incidentId, ids.alertId, assessment);
  const rulings = dropRepeats(
    assessment.recommendations.map((recommendation) => {
      const ruling = asRecorded(decide(recommendation, circumstances), inputs);
      return { recommendation, ruling: { ...ruling, reasons: [...ruling.reasons, ...why] } };
    }),
  );
  const owed = await noteJoins(
    deps,
    ids,
    circumstances,
    rulings.map(({ ruling }) => ruling),
  );
  const told = owed.length === 0 ? withOnePage(circumstances, rulings) : rulings;
  const actions: Routed[] = owed.map(newsOf);
  for (const [index, { recommendation, ruling }] of told.entries())
    for (const { effect, letter } of recordedEffects(ruling)) {
      const actionId = `act-${ids.alertId.slice('al-'.length)}-${index + 1}${letter}`;
      const actionIds = { ...ids, actionId };
      const joined = await joinOrClaim(deps, actionIds, circumstances, { ruling, effect });
      const decided = await withApproval(
        deps,
        await reserveSlot(deps, actionIds, concernsSevere, joined),
      );
      const proposed = { recommendation, effect, inputs, ...decided };
      const action = compose(actionIds, circumstances, proposed, deps.now());
      actions.push(await created(deps, action));
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

/**
 * Reserves a slot under the rate limit for an automatic action. Without a slot, the action needs approval. A harmless
 * action waits for a slot instead, right before it is applied. Tickets and notifications need none.
 */
async function reserveSlot(
  { store, policy, now }: GateDeps,
  { incidentId, actionId }: { incidentId: string; actionId: string },
  concernsSevere: boolean,
  ruling: Ruling,
): Promise<Ruling> {
  const { disposition, name, target } = ruling;
  if (disposition !== 'auto' || !name || !target) return ruling;
  if (informs(name) || isHarmless(name)) return ruling;
  const wanted = { actionId, incidentId, name, target, isSevere: concernsSevere };
  const reservation = await store.limiter.reserve(policy.account, wanted, policy.limits, now);
  if (reservation.granted) return ruling;
  const reason = { code: 'rate-limit', text: reservation.why };
  return { ...ruling, disposition: 'approve', reasons: [...ruling.reasons, reason] };
}
