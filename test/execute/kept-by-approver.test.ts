// Actions that only a person undoes are kept by their approver (P4).
import { beforeEach, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { Vote } from '../../functions/domain/approval.ts';
import { Denied } from '../../functions/domain/errors.ts';
import type { ExecuteDeps } from '../../functions/execute/deps.ts';
import { execute } from '../../functions/execute/execute.ts';
import { decidedText } from '../../functions/messaging/texts/asked.ts';
import type { Scheduled } from '../../functions/platform/schedules.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import type { Store } from '../../functions/store/store.ts';
import { statusNotice } from '../../functions/web/texts/status.ts';
import { attacker, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { orderUndo } from '../fixtures/proofs.ts';
import { startStores } from '../store/stores.ts';
import { approvedByAna } from '../web/approval-pages.ts';
import { schedulesIn, toy, toyAction, toyDeps, toyMechanisms, type World } from './toy.ts';

const DAYS = 90;
const REVIEW = new Date(NOW.getTime() + DAYS * 86_400_000);

const block = POLICY.actions.block_ip_at_firewall;
if (block.tier === 3) throw new Error('expected an action that runs');
/** The toy's action, with the lifetime under test. */
const policy: Policy = {
  ...POLICY,
  actions: {
    ...POLICY.actions,
    block_ip_at_firewall: { ...block, lifetime: { undo: 'by-a-person', reviewAfterDays: DAYS } },
  },
};

const db = startStores();
let store: Store;
let world: World;
let scheduled: Map<string, Scheduled>;
beforeEach(async () => {
  store = await db.fresh();
  world = new Map();
  scheduled = new Map();
});

const deps = (change: Partial<ExecuteDeps> = {}): ExecuteDeps =>
  toyDeps(store, world, { schedules: schedulesIn(scheduled), policy, ...change });
const put = async (change: Partial<Action> = {}) => {
  const action = toyAction({
    status: 'approved',
    disposition: 'approve',
    approval: approvedByAna,
    durationMinutes: DAYS * 24 * 60,
    ...change,
  });
  await store.records.createAction(action);
  return { incidentId: action.incidentId, actionId: action.actionId };
};
const load = ({ actionId }: { actionId: string }) => store.records.action(INCIDENT_ID, actionId);

/** An execution that makes its change and dies before it records it. */
const dieBeforeTheRecord = (ids: object) => {
  const saveAction = async () => {
    throw new Error('the process died');
  };
  const dying: Store = { ...store, records: { ...store.records, saveAction } };
  return expect(execute(deps({ store: dying }), ids)).rejects.toThrow('the process died');
};

test('keeps the action for its approver at once, and schedules the review', async () => {
  const ids = await put();
  expect(await execute(deps(), ids)).toMatchObject({ status: 'kept' });
  expect(world.get(attacker.value)).toBe('ours');
  const action = await load(ids);
  expect(action).toMatchObject({ dueAt: null, reviewAt: REVIEW.toISOString() });
  expect(action.history.at(-1)).toMatchObject({ event: 'kept', by: 'person:ana.silva' });
  expect([...scheduled.values()]).toMatchObject([{ at: REVIEW, target: { kind: 'remind' } }]);
});

test('undoes the action only when a person requests it', async () => {
  const ids = await put();
  await execute(deps(), ids);
  for (const cause of ['due', 'sweeper'] as const)
    expect(await reverse(deps(), { ...ids, cause, by: 'sweep' })).toMatchObject({
      status: 'not-due',
    });
  expect(world.size).toBe(1);
  await orderUndo(store, ids, NOW);
  const undone = await reverse(deps(), { ...ids, cause: 'person', by: 'person:ana.silva' });
  expect(undone).toMatchObject({ status: 'reversed' });
  expect(world.size).toBe(0);
});

test('refuses an action without an approver before it is applied', async () => {
  const ids = await put({
    status: 'proposed',
    disposition: 'auto',
    approval: null,
    name: 'block_ip_at_firewall',
    mechanism: toy.id,
  });
  await expect(execute(deps(), ids)).rejects.toThrow(Denied);
  expect(world.size).toBe(0);
});

test('leaves one kept action with one review after a crash between the change and its record', async () => {
  const ids = await put();
  await dieBeforeTheRecord(ids);
  expect(world.size).toBe(1);
  expect(await execute(deps(), ids)).toMatchObject({ status: 'kept' });
  expect(scheduled.size).toBe(1);
});

test('reverts a failed execution, because it never came into force', async () => {
  const ids = await put();
  const blind = new Map(
    [...toyMechanisms(world)].map(([id, one]) => [
      id,
      { ...one, driver: { ...one.driver, verify: async () => ({ holds: false, found: '' }) } },
    ]),
  );
  await expect(execute(deps({ mechanisms: blind }), ids)).rejects.toThrow(
    'verification failed after apply',
  );
  const failure = { Error: 'NotVerified' };
  const compensation = { ...ids, cause: 'execution-failed', by: 'respond', failure };
  expect(await reverse(deps(), compensation)).toMatchObject({ status: 'failed' });
  expect(world.size).toBe(0);
});

test('refuses an action that was approved with a due time before policy had a person undo it', async () => {
  const ids = await put({ durationMinutes: 60 });
  await expect(execute(deps(), ids)).rejects.toThrow('policy changed how the action ends');
  expect(world.size).toBe(0);
});

test('keeps the action and its review when policy changes during the execution', async () => {
  const ids = await put();
  await dieBeforeTheRecord(ids);
  await execute(deps({ policy: POLICY }), ids);
  const action = await load(ids);
  expect(action).toMatchObject({ status: 'kept', reviewAt: REVIEW.toISOString() });
  expect(action.history.at(-1)).toMatchObject({ event: 'kept', by: 'person:ana.silva' });
});

test('records the second of two approvers as the keeper', async () => {
  const ana = approvedByAna.decision;
  if (!ana) throw new Error('expected a decision');
  const ben = { ...ana, by: 'ben.okafor' };
  const approval = {
    ...approvedByAna,
    required: 2,
    votes: [Vote.parse(ana), Vote.parse(ben)],
    decision: ben,
  };
  const ids = await put({ approval });
  await execute(deps(), ids);
  expect((await load(ids)).history.at(-1)).toMatchObject({ by: 'person:ben.okafor' });
});

test('names the review date on the page and in the message, and says that a person can undo the action', async () => {
  const ids = await put();
  await execute(deps(), ids);
  const action = await load(ids);
  expect(statusNotice(action, { 'ana.silva': 'Ana Silva' }, NOW).text).toContain(
    'This stays until someone undoes it. Its next review is at 03:00 UTC on 22 Feb 2027.',
  );
  expect(decidedText(action).paragraphs.join('\n')).toContain(
    'This stays until someone undoes it. Its next review is at 03:00 UTC on 22 Feb 2027.',
  );
});
