// Drills one mechanism on one canary: capture, apply, verify, revert, verify.
import { hostname, userInfo } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod/mini';
import { ActionId, IncidentId, Parameters } from '../../functions/domain/action.ts';
import { Entity } from '../../functions/domain/alert.ts';
import { RetryableError } from '../../functions/domain/errors.ts';
import type { Connected, Subject } from '../../functions/mechanisms/mechanism.ts';
import type { Canary } from '../../functions/policy/schemas/drill.ts';
import type { UnfinishedDrill } from '../../functions/store/drills.ts';
import type { Store } from '../../functions/store/store.ts';

export type DrillDeps = {
  drills: Store['drills'];
  account: string;
  region: string;
  by: string;
  now: () => Date;
  newId: () => string;
  /** Called when a step begins. */
  step: (name: Step) => void;
  /** After an abort, the drill applies nothing more and reverts what it applied. */
  signal: AbortSignal;
  /** Milliseconds before the first retry of a throttled call; doubles with each retry. */
  retryMs: number;
};
export type Step = 'capture' | 'apply' | 'verify' | 'revert' | 'verify the undo';

export type Outcome = {
  outcome: 'passed' | 'failed' | 'interrupted';
  /** The error, or the verified result. */
  text: string;
  /** Commands that undo the change manually; empty if it was reverted. */
  leftBehind: string[];
};

/** Enough to outlast another update of a Lambda function or a throttled second of AWS WAF. */
const RETRIES = 5;

/** The operator, as records name them. */
export const operatorName = (): string =>
  `person:${userInfo().username}@${hostname()}`.slice(0, 128);

export async function drillOne(
  deps: DrillDeps,
  mechanism: Connected,
  canary: Canary,
): Promise<Outcome> {
  const subject = subjectOf(deps, canary);
  const { driver, info } = mechanism;
  const retrying = retryingIn(deps);
  let before: unknown;
  try {
    // The record stores JSON, so the mechanism must accept its own state after a round trip.
    before = JSON.parse(JSON.stringify(await retrying('capture', () => driver.capture(subject))));
    if (mechanism.alreadyInPlace(before))
      return failed('the canary already had this effect before the drill; choose another canary');
    await deps.drills.begin({
      drillId: subject.actionId,
      mechanism: info.id,
      startedAt: deps.now().toISOString(),
      by: deps.by,
      subject,
      before,
    });
  } catch (error) {
    return failed(reasonOf(error));
  }
  const wrong = await apply(deps, mechanism, subject, before);
  const left = await revert(deps, mechanism, subject, before);
  if (left)
    return { outcome: 'failed', ...left, text: [wrong, left.text].filter(Boolean).join('; ') };
  await deps.drills.end(subject.actionId);
  if (wrong) return failed(wrong);
  return deps.signal.aborted
    ? { outcome: 'interrupted', text: 'interrupted and reverted', leftBehind: [] }
    : { outcome: 'passed', text: 'applied and undone, both verified', leftBehind: [] };
}

const failed = (text: string): Outcome => ({ outcome: 'failed', text, leftBehind: [] });

/** Applies and verifies the change. Returns the error, or null. */
async function apply(
  deps: DrillDeps,
  { driver }: Connected,
  subject: Subject,
  before: unknown,
): Promise<string | null> {
  const retrying = retryingIn(deps);
  try {
    if (deps.signal.aborted) return null;
    await retrying('apply', () => driver.apply(subject, before));
    if (deps.signal.aborted) return null;
    const seen = await retrying('verify', () => driver.verify(subject, before));
    return seen.holds ? null : `verification failed after apply: ${seen.found}`;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Reverts the change and verifies the reversal. Returns null if nothing of the change remains. */
async function revert(
  deps: DrillDeps,
  { driver, info, manualUndo }: Connected,
  subject: Subject,
  before: unknown,
): Promise<{ text: string; leftBehind: string[] } | null> {
  const retrying = retryingIn(deps);
  const manually = () => manualUndo(subject, before) ?? info.describe(subject, null).manualUndo;
  try {
    await retrying('revert', () => driver.revert(subject, before));
    const seen = await retrying('verify the undo', () => driver.verifyReverted(subject, before));
    return seen.holds
      ? null
      : { text: `verification failed after revert: ${seen.found}`, leftBehind: manually() };
  } catch (error) {
    return { text: `revert failed: ${reasonOf(error)}`, leftBehind: manually() };
  }
}

const retryingIn =
  ({ step, retryMs }: DrillDeps) =>
  async <T>(name: Step, work: () => Promise<T>): Promise<T> => {
    step(name);
    for (let retry = 0; ; retry++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof RetryableError) || retry === RETRIES) throw error;
        await setTimeout(retryMs * 2 ** retry);
      }
    }
  };

const Kept = z.strictObject({
  incidentId: IncidentId,
  actionId: ActionId,
  account: z.string(),
  region: z.string(),
  target: Entity,
  parameters: Parameters,
  durationMinutes: z.nullable(z.int()),
}) satisfies z.ZodMiniType<Subject>;

/** Reverts the change of a drill that was killed. Returns the error, or null. */
export async function revertUnfinished(
  deps: DrillDeps,
  mechanism: Connected | undefined,
  unfinished: UnfinishedDrill,
): Promise<string | null> {
  if (!mechanism) return `this account no longer has the mechanism ${unfinished.mechanism}`;
  const subject = Kept.parse(unfinished.subject);
  const left = await revert(deps, mechanism, subject, unfinished.before);
  if (left) return left.text;
  await deps.drills.end(unfinished.drillId);
  return null;
}

/** The IDs have their usual form, so that tags, tickets and messages that contain them are realistic. */
function subjectOf({ account, region, newId }: DrillDeps, canary: Canary): Subject {
  const id = newId()
    .replace(/[^0-9a-z]/g, '')
    .slice(-16)
    .padStart(16, '0');
  return {
    incidentId: `inc-${id}`,
    actionId: `act-${id}-1`,
    account,
    region,
    target: {
      ref: 'canary-1',
      kind: canary.kind,
      value: canary.value,
      part: canary.kind === 'ip' ? 'actor' : 'target',
      foundAt: ['the canaries of policy'],
      attributes: canary.attributes ?? {},
      place: { account, region },
    },
    parameters: canary.parameters ?? {},
    durationMinutes: 1,
  };
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
