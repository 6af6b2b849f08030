// After a decline: the reason in one tap, recorded as the same person's.
import { beforeEach, describe, expect, test } from 'vitest';
import { faultsIn } from '../../functions/archive/change.ts';
import { proven } from '../../functions/authority/claims.ts';
import type { Action } from '../../functions/domain/action.ts';
import { incidentKey } from '../../functions/store/layout.ts';
import type { Store } from '../../functions/store/store.ts';
import { INCIDENT_ID } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { ben, createPages, minute, put, requestWith, waiting } from './approval-pages.ts';

let store: Store;
beforeEach(() => {
  store = storeOn(memoryTable());
});
const load = ({ actionId }: Action) => store.records.action(INCIDENT_ID, actionId);
const itemOf = async ({ actionId }: Action) => {
  const item = await store.table.get(incidentKey('action', INCIDENT_ID, actionId));
  if (!item) throw new Error('expected the stored action');
  return item;
};
const pick = ({ actionId, digest }: Action) => `${actionId} ${digest}`;
const reason = (action: Action, why: string, note = '') => ({
  verdict: 'give-reason',
  why,
  reason: note,
  digest: action.digest,
});
const decline = (action: Action) => ({ verdict: 'decline', digest: action.digest });
const REASONS = /name="why" value="([a-z-]+)"/g;

test('a decline counts at once, and the next page asks for one of six reasons', async () => {
  const action = await put(store, waiting());
  const { pathOf, post, did } = createPages(store);
  const page = await (await post(await pathOf(action), decline(action))).text();
  expect((await load(action)).status).toBe('declined');
  expect(did).toEqual(['callback token-1 declined']);
  expect([...page.matchAll(REASONS)].map(([, why]) => why)).toEqual([
    'false-alarm',
    'expected-work',
    'too-much-impact',
    'wrong-target',
    'not-enough-evidence',
    'something-else',
  ]);
});

test('records the reason beside the vote, which keeps its proof, and shows it', async () => {
  const action = await put(store, waiting());
  const { app, pathOf, post } = createPages(store);
  const path = await pathOf(action);
  await post(path, decline(action));
  const before = await load(action);
  await post(path, reason(action, 'expected-work', 'The quarterly scan'));
  const after = await load(action);
  expect(after.approval).toEqual({
    ...before.approval,
    declineReasons: [
      {
        by: 'ana.silva',
        at: minute(1).toISOString(),
        why: 'expected-work',
        note: 'The quarterly scan',
      },
    ],
  });
  expect(after.history.at(-1)).toMatchObject({
    by: 'person:ana.silva',
    event: 'decline-reason',
    text: 'Expected work: The quarterly scan',
  });
  expect(await proven(KEYS.votes, 'vote', after.approval?.votes[0]?.proof)).not.toBeNull();
  const page = await (await app.request(path)).text();
  expect(page).toContain('Reason: expected work, “The quarterly scan”.');
  expect(page).not.toMatch(REASONS);
});

test('the archive finds no fault in a reason that follows a decline', async () => {
  const action = await put(store, waiting());
  const { pathOf, post } = createPages(store);
  const path = await pathOf(action);
  await post(path, decline(action));
  const before = await itemOf(action);
  await post(path, reason(action, 'false-alarm'));
  const after = await itemOf(action);
  expect(faultsIn({ pk: after.pk, sk: after.sk }, { before, after })).toEqual([]);
});

test('records one reason for each action that the person declined together', async () => {
  const one = await put(store, waiting());
  const two = waiting({ actionId: 'act-0123456789abcdef-2' });
  await store.records.createAction(two);
  const { app, pathOf, nonceOf } = createPages(store);
  const path = await pathOf(one);
  const posting = async (fields: [string, string][]) => {
    const all: [string, string][] = [one, two].map((each) => ['all', pick(each)]);
    const form: [string, string][] = [
      ['nonce', await nonceOf(path)],
      ['digest', one.digest],
      ...all,
      ...fields,
    ];
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'null' };
    const body = new URLSearchParams(form).toString();
    return (await app.request(path, { method: 'POST', headers, body })).text();
  };
  const page = await posting([['verdict', 'decline-all']]);
  expect(page.match(/name="all"/g)).toHaveLength(2);
  await posting([
    ['verdict', 'give-reason'],
    ['why', 'wrong-target'],
  ]);
  for (const each of [one, two])
    expect((await load(each)).approval?.declineReasons).toMatchObject([{ why: 'wrong-target' }]);
});

describe('a reason is not recorded', () => {
  test.each([
    ['from a person who did not decline', ben.id, 409],
    ['with a word that is not a reason', 'ana.silva', 400],
  ])('%s', async (_, person, status) => {
    const action = await put(store, waiting({ approval: requestWith({ declineEnds: false }) }));
    const { pathOf, post } = createPages(store);
    await post(await pathOf(action), decline(action));
    const why = status === 400 ? 'because' : 'false-alarm';
    const answer = await post(await pathOf(action, { person }), reason(action, why));
    expect(answer.status).toBe(status);
    expect((await load(action)).approval?.declineReasons).toEqual([]);
  });

  test('twice after a second tap, and a later reason replaces the first', async () => {
    const action = await put(store, waiting());
    const { pathOf, post } = createPages(store);
    const path = await pathOf(action);
    await post(path, decline(action));
    for (const why of ['false-alarm', 'false-alarm', 'wrong-target'])
      expect((await post(path, reason(action, why))).status).toBe(200);
    const { approval, history } = await load(action);
    expect(approval?.declineReasons.map(({ why }) => why)).toEqual(['wrong-target']);
    expect(history.filter(({ event }) => event === 'decline-reason')).toHaveLength(2);
  });
});
