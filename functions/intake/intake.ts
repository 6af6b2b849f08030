// The intake step: turns events into alerts and starts their assessment.

import { withAlertProof } from '../authority/alerts.ts';
import { COUNTED } from '../domain/alarm-messages.ts';
import type { Alert, Cause, Reported } from '../domain/alert.ts';
import { Conflict } from '../domain/errors.ts';
import { isHere } from '../domain/target-place.ts';
import { errorFields } from '../platform/log.ts';
import { normalise } from '../sources/normalise.ts';
import type { Finding, Unreadable } from '../sources/source.ts';
import { rewrapped, unwrap } from '../sources/unwrap.ts';
import type { SeenFinding } from '../store/findings.ts';
import { incidentIdFor, layoutOf } from '../store/layout.ts';
import { retryOnConflict } from '../store/retry.ts';
import type { IntakeDeps } from './deps.ts';
import { alertIdOf, recordDelivery } from './finding-state.ts';
import { chooseIncident, joinIncident } from './incidents.ts';
import { type KnownFinding, knownAfter, withPlausibleTime } from './known-finding.ts';
import { recognise } from './recognise.ts';
import { rejectInvalid } from './reject.ts';
import { causeOf } from './self-inflicted.ts';

/** The result for one finding of a body. */
export type Accepted =
  | {
      outcome: 'started' | 'joined' | 'repeat';
      type: string;
      findingId: string;
      alertId: string;
      incidentId: string;
    }
  /** Closed in its product, or only informational: nothing is opened. */
  | { outcome: 'not-opened'; type: string; findingId: string; why: string }
  | { outcome: 'refused'; reason: string };

/** DynamoDB items hold 400 KB. Above this size, the raw event is left out and the complete alert is stored. */
const MAX_ALERT_BYTES = 350_000;
/** The limit in the schema of an alert. */
const MAX_NOTES = 50;

/**
 * Accepts every finding of a body. An element that fails validation is rejected with the error, and the others are
 * still processed. Other errors are thrown at the end, so that the queue delivers the body again. Idempotent.
 */
export async function acceptEvent(deps: IntakeDeps, body: string): Promise<Accepted[]> {
  let found: ReturnType<typeof unwrap>;
  try {
    found = unwrap(body, deps.policy.partnerSources);
  } catch (error) {
    return [await rejectInvalid(deps, body, error)];
  }
  const accepted: Accepted[] = [];
  const failures: unknown[] = [];
  for (const part of found)
    try {
      accepted.push(await acceptPart(deps, part, found.length === 1 ? body : rewrapped(part)));
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 1)
    throw new AggregateError(failures, `${failures.length} findings could not be processed`);
  if (failures.length === 1) throw failures[0];
  return accepted;
}

/** `text` is a body with this part alone, which can be replayed. */
async function acceptPart(
  deps: IntakeDeps,
  part: Finding | Unreadable,
  text: string,
): Promise<Accepted> {
  if ('error' in part) return rejectInvalid(deps, text, part.error);
  let alert: Reported;
  try {
    alert = normalise(part);
  } catch (error) {
    return rejectInvalid(deps, text, error);
  }
  return retryOnConflict(
    deps.store.table,
    () => accept(deps, alert, part),
    (error) => error instanceof Conflict,
  );
}

/**
 * Accepts one finding. Each write may be repeated, in this order (docs/data.md):
 * 1. Record the chosen incident with the finding, so that a redelivery joins the same one.
 * 2. Add the alert to the incident, and store the alert.
 * 3. Start the assessment under the alert's ID, so that a second start does nothing.
 * 4. Mark the finding as started.
 */
async function accept(deps: IntakeDeps, alert: Reported, part: Finding): Promise<Accepted> {
  const { store, now, recordLayout, startRespond } = deps;
  const { findingId, type } = alert;
  const recognised = await recognise(deps, alert, part);
  const { identity, seen, isNew, news, incident, sending } = recognised;
  const known = knownAfter(recognised.known, withPlausibleTime(alert, now()));
  const { customAction } = part.envelope;
  const why = customAction === undefined ? whyNotOpened(alert) : null;
  if (seen?.startedAt && (why || !isNew))
    return repeated(deps, identity, { ...seen, known }, alert);
  if (why) {
    // A redelivery after an interruption continues with this state.
    if (seen) await store.findings.save(identity, seen, { ...seen, known });
    deps.log('info', COUNTED.notOpened, { source: alert.source, findingId, why });
    return { outcome: 'not-opened', type, findingId, why };
  }
  const notes = [...news, ...alert.notes].slice(0, MAX_NOTES);

  const causedBy = await causeOf(deps, alert);
  const preferred = causedBy?.incidentId ?? incident;
  const isUnfinished = seen?.startedAt === null && layoutOf(seen.incidentId) === recordLayout;
  let accepting = isUnfinished ? seen : await begin(deps, alert, identity, seen, preferred);
  const { alertId } = accepting;
  const generation = await generationAfter(deps, causedBy);
  const identified = {
    ...alert,
    notes,
    alertId,
    news: [...news],
    causedBy,
    generation,
    proof: null,
  };
  while (!(await joinIncident(deps, identified, accepting.incidentId)))
    accepting = await chooseAgain(deps, identified, identity, accepting, preferred);
  const { incidentId } = accepting;
  const proven = await withAlertProof(deps.keys.alerts, incidentId, identified);
  await store.records.putAlert(incidentId, proven, bounded(proven, part.body));
  await startRespond(alertId, { incidentId, alertId });
  const started = { ...accepting, startedAt: now().toISOString(), known };
  if (sending) await store.findings.save(sending, null, started);
  await store.findings.save(identity, accepting, started);
  if (known.state !== alert.state) await recordDelivery(deps, identity, started, 0);
  await remember(deps, alert, incidentId);
  await countCascade(deps, causedBy);
  const outcome = incidentId === incidentIdFor(alertId, recordLayout) ? 'started' : 'joined';
  return { outcome, type, findingId, alertId, incidentId };
}

/** The reason, or null if the finding needs attention. */
function whyNotOpened({ state, severity }: Reported): string | null {
  if (state !== 'active') return `its product marks it as ${state}`;
  return severity.label === 'informational' ? 'it is only informational' : null;
}

/** Chooses the incident and records the choice, so that a redelivery of the finding joins the same incident. */
async function begin(
  deps: IntakeDeps,
  alert: Reported,
  identity: string,
  seen: SeenFinding | null,
  preferred: string | null,
): Promise<SeenFinding> {
  const episode = (seen?.episode ?? 0) + 1;
  const alertId = alertIdOf(identity, episode);
  const incidentId = await chooseIncident(deps, { ...alert, alertId }, preferred);
  const repeats = seen?.repeats ?? 0;
  return deps.store.findings.save(identity, seen, {
    episode,
    alertId,
    incidentId,
    startedAt: null,
    repeats,
    known: seen?.known ?? null,
  });
}

/** Records another incident with the finding, because the chosen one became full before the alert joined it. */
async function chooseAgain(
  deps: IntakeDeps,
  alert: Alert,
  identity: string,
  accepting: SeenFinding,
  preferred: string | null,
): Promise<SeenFinding> {
  const incidentId = await chooseIncident(deps, alert, preferred);
  return deps.store.findings.save(identity, accepting, { ...accepting, incidentId });
}

/** 1 for an alert that no action caused. Otherwise one more than the alert that the causing action responded to. */
async function generationAfter({ store }: IntakeDeps, cause: Cause | null): Promise<number> {
  if (!cause) return 1;
  const { incidentId, actionId } = cause;
  const action =
    incidentId && actionId ? await store.records.findAction(incidentId, actionId) : undefined;
  if (!incidentId || !action) return 2;
  return (await store.records.alert(incidentId, action.alertId)).generation + 1;
}

/** Records a cascade as a breaker event. Failing to record it must not fail the alert. */
async function countCascade({ store, policy, now, log }: IntakeDeps, cause: Cause | null) {
  if (!cause) return;
  const event = { mishap: 'cascades', actionId: cause.actionId ?? 'unknown' } as const;
  await store.killSwitch
    .note(policy.account, event, policy.limits.breaker, now())
    .catch((error: unknown) => log('warn', 'cascade not counted', errorFields(error)));
}

/** `seen` already contains the state that this delivery reports. */
async function repeated(
  deps: IntakeDeps,
  identity: string,
  seen: SeenFinding & { known: KnownFinding },
  alert: Reported,
): Promise<Accepted> {
  const { alertId, incidentId } = seen;
  const { type, findingId } = alert;
  await deps.store.findings.save(identity, seen, { ...seen, repeats: seen.repeats + 1 });
  await recordDelivery(deps, identity, seen, 1);
  return { outcome: 'repeat', type, findingId, alertId, incidentId };
}

/**
 * Adds the incident to the history of each entity. Failing to record it must not fail the alert. Skips entities of
 * other accounts and regions: the key of a history names no place, so our entity of the same name would get the event.
 */
async function remember(
  { store, here, now, log }: IntakeDeps,
  alert: Reported,
  incidentId: string,
) {
  const at = now().toISOString();
  const event = { event: 'incident', incidentId, actionId: null, name: null, at } as const;
  const notes = alert.entities
    .filter((entity) => entity.kind !== 'alert' && (entity.kind === 'ip' || isHere(entity, here)))
    .slice(0, 20)
    .map((entity) => store.entityHistory.note(entity, event));
  for (const result of await Promise.allSettled(notes))
    if (result.status === 'rejected')
      log('warn', 'history not recorded', { incidentId, ...errorFields(result.reason) });
}

function bounded(alert: Alert, raw: unknown): unknown {
  const bytes = [alert, raw].map((part) => Buffer.byteLength(JSON.stringify(part)));
  const [forAlert = 0, forRaw = 0] = bytes;
  if (forAlert + forRaw <= MAX_ALERT_BYTES) return raw;
  return { note: `the event was left out: its ${forRaw} bytes do not fit beside the alert` };
}
