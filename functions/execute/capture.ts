// Takes the lease of an effect and captures the state before the change.

import { identityOf, prove } from '../authority/claims.ts';
import { captureStatus } from '../authority/holders.ts';
import { leaseKeyOf } from '../authority/lease-key.ts';
import type { Action } from '../domain/action.ts';
import { Conflict, Denied, StateChanged } from '../domain/errors.ts';
import type { Job } from '../mechanisms/job.ts';
import { digestOf } from '../store/hash-chain.ts';
import type { Lease } from '../store/lease.ts';
import type { ExecuteDeps } from './deps.ts';

export type Held = {
  /** The key of the lease. It may be that of an earlier version, without a place. */
  effectKey: string;
  /** What the undo restores. */
  before: unknown;
  /** Whether another holder may have made the change already. */
  isShared: boolean;
};

type State = Omit<Held, 'effectKey'>;

/** More than the holders that can begin to apply between a capture and its record. */
const MOST_CAPTURES = 5;

/**
 * A captured state is valid only while a living holder stands behind it, because anyone may change the target after the
 * last one has ended. Until an apply has begun, the state is captured again as well.
 */
export async function captureUnderLease(
  deps: ExecuteDeps,
  action: Action,
  job: Job,
): Promise<Held> {
  const { store, keys, now } = deps;
  const { incidentId, actionId } = action;
  const effectKey = await leaseKeyOf(deps, action);
  const hold = { ...identityOf(action), effectKey, at: now().toISOString() };
  const origin = { incidentId, proof: await prove(keys.evidence, 'hold', hold) };
  for (let attempt = 0; attempt < MOST_CAPTURES; attempt++) {
    const lease = await store.leases.acquire(effectKey, actionId, now(), origin);
    if (action.status === 'executing' && isRecorded(action, lease))
      return { effectKey, ...(await continued(action, job, lease)) };
    const held =
      (await sharedBefore(deps, action, effectKey, lease)) ??
      (await captured(deps, job, { effectKey, lease }));
    if (held) return { effectKey, ...held };
  }
  throw new Conflict('other actions on the effect begin at the same time', { effectKey, actionId });
}

const isRecorded = ({ before }: Action, lease: Lease): boolean =>
  lease.captured && digestOf(lease.before) === digestOf(before);

/** A retry. Throws StateChanged if someone else made the change before this action could. */
async function continued(
  { before, actionId }: Action,
  { subject, mechanism }: Job,
  { begun, applies }: Lease,
): Promise<State> {
  if (!begun) {
    const found = mechanism.alreadyInPlace(await mechanism.driver.capture(subject));
    if (found !== mechanism.alreadyInPlace(before))
      throw new StateChanged('not applied: someone else changed the target after the capture', {
        actionId,
      });
  }
  return { before, isShared: begun && !applies.some(({ by }) => by === actionId) };
}

/** The state that a living holder stands behind; null if it must be captured. */
async function sharedBefore(
  deps: ExecuteDeps,
  { actionId }: Action,
  effectKey: string,
  lease: Lease,
): Promise<State | null> {
  if (!lease.captured || !lease.begun) return null;
  switch (await captureStatus(deps, effectKey, actionId, lease)) {
    case 'valid':
      return { before: lease.before, isShared: true };
    case 'nothing':
      return null;
    case 'ending':
      throw new Conflict('the effect is about to be undone for another action', { effectKey });
    case 'unproven':
      throw new Denied('not applied: the before-state of the shared effect is not proven', {
        effectKey,
      });
  }
}

/** Null if another holder has begun to apply meanwhile. */
async function captured(
  { store, keys, now }: ExecuteDeps,
  { subject, mechanism }: Job,
  { effectKey, lease }: { effectKey: string; lease: Lease },
): Promise<State | null> {
  const { actionId } = subject;
  const before = await mechanism.driver.capture(subject);
  if (lease.captured && !lease.begun && digestOf(before) === digestOf(lease.before))
    return { before: lease.before, isShared: false };
  const claims = { effectKey, actionId, before: digestOf(before), at: now().toISOString() };
  const capture = await prove(keys.evidence, 'capture', claims);
  const saved = await store.leases.recordBefore(effectKey, actionId, { before, capture }, lease);
  return saved && { before: saved.before, isShared: false };
}
