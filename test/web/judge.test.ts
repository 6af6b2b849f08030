// A person judges an observed action. The last judgement counts.
import { beforeEach, describe, expect, test } from 'vitest';
import { Action } from '../../functions/domain/action.ts';
import { chainFault } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import { judge } from '../../functions/web/judge.ts';
import { attacker, INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import {
  BASE_URL,
  ben,
  createPages,
  inForce,
  mei,
  minute,
  put,
  waiting,
} from './approval-pages.ts';

let store: Store;
beforeEach(() => {
  store = storeOn(memoryTable());
});

const observed = (change: Partial<Action> = {}) =>
  waiting({ status: 'observed', disposition: 'observe', approval: null, ...change });
const load = () => store.records.action(INCIDENT_ID, observed().actionId);
/** Opens the link as this person and sends its form. */
async function judging(action: Action, form: Record<string, string>, person = mei.id) {
  const { app, pathOf } = createPages(store);
  const claims = { purpose: 'judge', person, expires: minute(60).getTime() / 1000 } as const;
  const path = await pathOf(action, claims);
  const page = await (await app.request(path)).text();
  const hidden = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(
    ([, name = '', value = '']): [string, string] => [name, value],
  );
  const response = await app.request(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: BASE_URL },
    body: new URLSearchParams([...hidden, ...Object.entries(form)]).toString(),
  });
  return {
    page,
    status: response.status,
    answer: await response.text(),
    headers: response.headers,
  };
}

describe('the page of an observed action', () => {
  test('the page asks whether an observed action would have been right, and says that nothing was changed', async () => {
    const { page, headers } = await judging(await put(store, observed()), {});
    expect(page).toContain('Nothing was changed.');
    expect(page).toMatch(/value="right".*\n.*value="wrong"/);
    expect(page).not.toContain('<script');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  test('opening the page of an observed action records nothing', async () => {
    const action = await put(store, observed());
    await judging(action, {});
    expect(await load()).toEqual(action);
  });

  test.each(['right', 'wrong'] as const)(
    'records the judgement %s with the person and the note',
    async (verdict) => {
      const action = await put(store, observed());
      const { status } = await judging(action, { judgement: verdict, note: 'A partner’s scanner' });
      expect(status).toBe(200);
      const after = await load();
      expect(after).toMatchObject({
        status: 'observed',
        judgement: {
          verdict,
          by: mei.id,
          note: 'A partner’s scanner',
          at: minute(1).toISOString(),
        },
      });
      expect(after.history.at(-1)).toMatchObject({ by: `person:${mei.id}`, event: 'judged' });
      expect(after.history.at(-1)?.text).toContain(verdict);
      expect(chainFault(after.actionId, after.history)).toBeNull();
    },
  );

  test('replaces an earlier judgement and keeps all of them in the history', async () => {
    const action = await put(store, observed());
    await judging(action, { judgement: 'right' });
    await judging(action, { judgement: 'wrong', note: 'It was ours' });
    const { page } = await judging(action, { judgement: 'wrong' }, ben.id);
    expect(page).toContain(
      'Mei Tanaka judged this wrong at 03:01 UTC, with the note “It was ours”.',
    );
    const { judgement, history } = await load();
    expect(judgement).toMatchObject({ verdict: 'wrong', by: ben.id, note: '' });
    expect(history.filter(({ event }) => event === 'judged')).toHaveLength(3);
  });

  test('accepts a note as long as the page allows, whose line breaks the browser sends as two characters', async () => {
    const action = await put(store, observed());
    const note = `${'x'.repeat(297)}\r\ny`;
    expect((await judging(action, { judgement: 'right', note })).status).toBe(200);
    expect((await load()).judgement?.note).toBe(note.replace('\r', ''));
  });

  test('records a repeated judgement once', async () => {
    const action = await put(store, observed());
    for (let i = 0; i < 2; i++) {
      const { status } = await judging(action, { judgement: 'right' });
      expect(status).toBe(200);
    }
    expect((await load()).history.filter(({ event }) => event === 'judged')).toHaveLength(1);
  });

  test.each([
    ['of a person that policy does not name', observed(), 'someone.else', 403],
    ['on an action that was carried out', inForce(), mei.id, 409],
  ] as const)('rejects a judgement %s', async (_what, given, person, expected) => {
    const action = await put(store, given);
    const { app, pathOf } = createPages(store);
    const { status } = await judging(action, { judgement: 'right' }, person);
    // The page shows no form, so the test posts a forged one, which is rejected first.
    expect([expected, 400]).toContain(status);
    expect((await load()).judgement).toBeNull();
    expect((await app.request(await pathOf(action, { purpose: 'judge', person }))).status).toBe(
      200,
    );
  });

  test('opens only with a judge link, and a judge link opens no other page', async () => {
    const action = await put(store, observed());
    const { app, pathOf } = createPages(store);
    const asApproval = (await pathOf(action)).replace('/approve/', '/judge/');
    expect((await app.request(asApproval)).status).toBe(403);
    const asJudgement = (await pathOf(action, { purpose: 'judge' })).replace('/judge/', '/review/');
    expect((await app.request(asJudgement)).status).toBe(403);
  });
});

test.each([
  ['a person that policy does not name', observed(), 'someone.else', 'not-yours'],
  [
    'the person who is its target',
    observed({ target: { ...attacker, kind: 'iam-user', value: 'mei.tanaka' } }),
    mei.id,
    'not-yours',
  ],
  ['anyone, for an action in force', inForce(), mei.id, 'settled'],
])('rejects the judgement of %s', (_who, action, person, because) => {
  const { people } = POLICY.escalation;
  const word = { judgement: 'right' as const, note: '' };
  expect(judge(action, { person, people, now: minute(1), ...word })).toMatchObject({ because });
});

test('reads an action from before judgements existed as not judged', () => {
  const { judgement: _judgement, ...before } = observed();
  expect(Action.parse(before).judgement).toBeNull();
});
