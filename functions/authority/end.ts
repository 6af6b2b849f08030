// When an action ends, from the executor's evidence and people's orders alone.

import type { Action } from '../domain/action.ts';
import { isSameEffect } from '../domain/effect-key.ts';
import type { Instant } from '../domain/reference.ts';
import { minutesAfter } from '../domain/time.ts';
import { REVERSAL_LEAD_MS } from '../platform/schedules.ts';
import { digestOf } from '../store/hash-chain.ts';
import { type Evidence, isAbout, type Order, proven, type Verifier } from './claims.ts';

export type End = {
  /** Null if nothing proves that we applied the action. */
  evidence: Evidence | null;
  /** When it is undone; null while it is kept. */
  dueAt: Instant | null;
  /** The person who ordered the undo; null if no one did, or if a later order keeps the action. */
  undoneBy: string | null;
};

export type EndKeys = { evidence: Verifier; votes: Verifier };

/**
 * The proven end. The record's own status and due time are not read.
 *
 * @param carried Evidence that came with the schedule, for a record that lost its own.
 */
export async function readEnd(
  keys: EndKeys,
  action: Action,
  carried: string | null = null,
): Promise<End> {
  const evidence =
    (await evidenceOf(keys.evidence, action, action.evidence)) ??
    (await evidenceOf(keys.evidence, action, carried));
  const orders = await Promise.all(
    action.orders.map(({ proof }) => proven(keys.votes, 'order', proof)),
  );
  return {
    evidence,
    ...endOf(
      evidence,
      orders
        .filter((one) => one !== null)
        .filter((one) => isAbout(one, action))
        // An order on an earlier execution of the action doesn't count for this one.
        .filter(({ at }) => evidence === null || at >= evidence.at),
    ),
  };
}

/** Whether the evidence is about this before-state. */
export const provesBefore = (evidence: Pick<Evidence, 'before'>, before: unknown): boolean =>
  before !== undefined && evidence.before === digestOf(before);

/** The due time has come, or a person ordered the undo. */
export const isOver = ({ dueAt, undoneBy }: Omit<End, 'evidence'>, now: Date): boolean =>
  undoneBy !== null || (dueAt !== null && Date.parse(dueAt) - REVERSAL_LEAD_MS <= now.getTime());

/**
 * Longer than the timeout of an executor in infra/mechanism-functions.ts. A change that is due sooner is not put back:
 * its reversal could otherwise end before the change arrives.
 */
const PUT_BACK_MINUTES = 3;

/** Whether it is too late to put back a change that someone removed: its end has passed or is near. */
export const isTooLateToReturn = (end: Omit<End, 'evidence'>, now: Date): boolean =>
  isOver(end, new Date(minutesAfter(now, PUT_BACK_MINUTES)));

/** Longer than an execution takes from its evidence to its end, with all retries. */
const EXECUTES_FOR_MINUTES = 20;

/**
 * Whether a change in place must stay for now. Before its proven end, only the execution that failed undoes a change.
 * Later, another execution would have failed: a planted record can start one.
 */
export const mustStay = (end: End, { cause }: { cause: string }, now: Date): boolean =>
  end.evidence !== null &&
  !isOver(end, now) &&
  !(
    cause === 'execution-failed' &&
    minutesAfter(end.evidence.at, EXECUTES_FOR_MINUTES) > now.toISOString()
  );

async function evidenceOf(
  mac: Verifier,
  action: Action,
  proof: string | null,
): Promise<Evidence | null> {
  const evidence = await proven(mac, 'evidence', proof);
  return evidence && isAbout(evidence, action) && isSameEffect(action.effectKey, evidence.effectKey)
    ? evidence
    : null;
}

/** The last order counts, by its signed time. An extension only ever moves the due time back. */
export function endOf(
  evidence: Pick<Evidence, 'dueAt'> | null,
  orders: readonly Order[],
): Omit<End, 'evidence'> {
  let end: Omit<End, 'evidence'> = { dueAt: evidence?.dueAt ?? null, undoneBy: null };
  for (const order of [...orders].sort((a, b) => a.at.localeCompare(b.at))) {
    if (order.kind === 'keep') end = { dueAt: null, undoneBy: null };
    if (order.kind === 'undo') end = { ...end, undoneBy: order.by };
    if (order.kind === 'extend' && end.dueAt !== null && order.dueAt > end.dueAt)
      end = { ...end, dueAt: order.dueAt };
  }
  return end;
}
