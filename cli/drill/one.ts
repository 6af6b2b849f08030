// One mechanism on one canary: look, change, check, take back, check. Whatever happens on the way, it is taken back.
import { hostname, userInfo } from 'node:os';
import pRetry from 'p-retry';
import * as z from 'zod';
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
  /** Told each step as it begins. */
  step: (name: Step) => void;
  /** Once aborted, nothing further is changed; what was changed is taken back. */
  signal: AbortSignal;
  /** Between two tries of a call that AWS asked to repeat; grows with each. */
  retryMs: number;
};
export type Step = 'capture' | 'apply' | 'verify' | 'revert' | 'verify the undo';

export type Outcome = {
  outcome: 'passed' | 'failed' | 'interrupted';
  /** What went wrong, or what was seen. */
  text: string;
  /** Commands for what could not be taken back; empty when nothing is left. */
  leftBehind: string[];
};

/** Enough for another update of a function, or a busy second of AWS WAF. */
const RETRIES = 5;

export const whoDrills = (): string => `person:${userInfo().username}@${hostname()}`.slice(0, 128);

export async function drillOne(
  deps: DrillDeps,
  mechanism: Connected,
  canary: Canary,
): Promise<Outcome> {
  const subject = subjectOf(deps, canary);
  const { driver, info } = mechanism;
  const patiently = patientlyIn(deps);
  let before: unknown;
  try {
    // As it is recorded: through JSON, and read back by the mechanism's own schema.
    before = JSON.parse(JSON.stringify(await patiently('capture', () => driver.capture(subject))));
    if (mechanism.wasThere(before))
      return failed(
        'its effect was there already, and is not ours to remove: choose another canary',
      );
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
  const wrong = await changed(deps, mechanism, subject, before);
  const left = await takenBack(deps, mechanism, subject, before);
  if (left)
    return { outcome: 'failed', ...left, text: [wrong, left.text].filter(Boolean).join('; ') };
  await deps.drills.end(subject.actionId);
  if (wrong) return failed(wrong);
  return deps.signal.aborted
    ? { outcome: 'interrupted', text: 'interrupted, and taken back', leftBehind: [] }
    : { outcome: 'passed', text: 'applied and undone, both seen', leftBehind: [] };
}

const failed = (text: string): Outcome => ({ outcome: 'failed', text, leftBehind: [] });

/** What went wrong while it was put in place, or null. */
async function changed(
  deps: DrillDeps,
  { driver }: Connected,
  subject: Subject,
  before: unknown,
): Promise<string | null> {
  const patiently = patientlyIn(deps);
  try {
    if (deps.signal.aborted) return null;
    await patiently('apply', () => driver.apply(subject, before));
    if (deps.signal.aborted) return null;
    const seen = await patiently('verify', () => driver.verify(subject, before));
    return seen.holds ? null : `applied, but not there: ${seen.found}`;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Null when nothing of the change is left. */
async function takenBack(
  deps: DrillDeps,
  { driver, info, manualUndo }: Connected,
  subject: Subject,
  before: unknown,
): Promise<{ text: string; leftBehind: string[] } | null> {
  const patiently = patientlyIn(deps);
  const byHand = () => manualUndo(subject, before) ?? info.describe(subject, null).manualUndo;
  try {
    await patiently('revert', () => driver.revert(subject, before));
    const seen = await patiently('verify the undo', () => driver.verifyReverted(subject, before));
    return seen.holds
      ? null
      : { text: `undone, but still there: ${seen.found}`, leftBehind: byHand() };
  } catch (error) {
    return { text: `not undone: ${reasonOf(error)}`, leftBehind: byHand() };
  }
}

const patientlyIn =
  ({ step, retryMs }: DrillDeps) =>
  <T>(name: Step, work: () => Promise<T>): Promise<T> => {
    step(name);
    return pRetry(work, {
      retries: RETRIES,
      minTimeout: retryMs,
      factor: retryMs > 0 ? 2 : 1,
      shouldRetry: ({ error }) => error instanceof RetryableError,
    });
  };

const Kept = z.strictObject({
  incidentId: IncidentId,
  actionId: ActionId,
  account: z.string(),
  region: z.string(),
  target: Entity,
  parameters: Parameters,
  durationMinutes: z.int().nullable(),
}) satisfies z.ZodType<Subject>;

/** What an earlier drill left behind, taken back by its record; null when that went well. */
export async function takeBackLeftover(
  deps: DrillDeps,
  mechanism: Connected | undefined,
  leftover: UnfinishedDrill,
): Promise<string | null> {
  if (!mechanism) return `${leftover.mechanism} is no mechanism of this account any more`;
  const subject = Kept.parse(leftover.subject);
  const left = await takenBack(deps, mechanism, subject, leftover.before);
  if (left) return left.text;
  await deps.drills.end(leftover.drillId);
  return null;
}

/** Ids of the usual form, so that whatever carries them (tags, tickets, messages) is as it would be. */
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
    },
    parameters: canary.parameters ?? {},
    durationMinutes: 1,
  };
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
