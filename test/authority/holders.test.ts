// Whether the captured state of a lease still counts for one more holder.
import { expect, test } from 'vitest';
import { captureStatus } from '../../functions/authority/holders.ts';
import type { Action } from '../../functions/domain/action.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { Lease } from '../../functions/store/lease.ts';
import { toyAction } from '../execute/toy.ts';
import { NOW } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';

const EFFECT = 'toy:203.0.113.7';
const BEFORE = 'theirs';
const idOf = (n: number) => `act-${String(n).padStart(16, '0')}-1`;

const holder = (n: number, change: Partial<Action> = {}): Action =>
  toyAction({
    ...{ actionId: idOf(n), status: 'in-force', effectKey: EFFECT, before: BEFORE },
    ...{ appliedAt: NOW.toISOString(), dueAt: minutesAfter(NOW, 60), ...change },
  });

/** The answer for a new holder beside these, and how many of them were read. */
async function askedWith(holders: readonly Action[]) {
  const byId = new Map(holders.map((one) => [one.actionId, one]));
  let reads = 0;
  const findAction = async (_incident: string, actionId: string) => {
    reads++;
    return byId.get(actionId);
  };
  const lease = Lease.parse({
    ...{ holders: [...byId.keys()], captured: true, before: BEFORE, releasing: null, version: 1 },
    origins: Object.fromEntries(
      holders.map(({ actionId, incidentId }) => [actionId, { incidentId, proof: null }]),
    ),
  });
  const deps = { store: { records: { findAction } }, keys: KEYS, now: () => NOW };
  return { status: await captureStatus(deps as never, EFFECT, idOf(0), lease), reads };
}

test('the captured state is valid after one read when 100 actions hold the effect', async () => {
  const holders = Array.from({ length: 100 }, (_, i) => holder(i + 1));
  expect(await askedWith(holders)).toEqual({ status: 'valid', reads: 1 });
});

test('one holder with the captured state is enough beside newer ones with another state', async () => {
  const asked = await askedWith([holder(1), holder(2, { before: 'ours' })]);
  expect(asked.status).toBe('valid');
});

test('the captured state is unproven when every living holder has another one', async () => {
  const overdue = holder(2, { dueAt: minutesAfter(NOW, -60) });
  expect((await askedWith([holder(1, { before: 'ours' }), overdue])).status).toBe('unproven');
});

test('the captured state is ending when the undo of every holder is overdue', async () => {
  const overdue = holder(1, { dueAt: minutesAfter(NOW, -60) });
  expect((await askedWith([overdue])).status).toBe('ending');
});
