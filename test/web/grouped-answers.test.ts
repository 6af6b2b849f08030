// All open requests of one incident: one page, one answer for each.
import { beforeEach, describe, expect, test } from 'vitest';
import { proven } from '../../functions/authority/claims.ts';
import type { Action } from '../../functions/domain/action.ts';
import { transition, withEntry } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import { alertWith, INCIDENT_ID, incidentWith, NOW } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { startStores } from '../store/stores.ts';
import { ben, createPages, mei, minute, put, requestWith, waiting } from './approval-pages.ts';

const db = startStores();
let store: Store;
let three: Action[];
beforeEach(async () => {
  store = await db.fresh();
  three = [await put(store, waiting()), await another(2), await another(3)];
});

/** Another request of the same incident, with another target and token. */
async function another(n: number, change: Partial<Action> = {}): Promise<Action> {
  const action = waiting({
    actionId: `act-0123456789abcdef-${n}`,
    approval: requestWith({ taskToken: `token-${n}` }),
    ...change,
  });
  await store.records.createAction(action);
  return action;
}
const pick = ({ actionId, digest }: Action) => `${actionId} ${digest}`;
const answer = (verdict: string, ticked: readonly Action[] = [], all = three) => {
  const form = new URLSearchParams({ verdict, digest: three[0]!.digest });
  for (const one of all) form.append('all', pick(one));
  for (const one of ticked) form.append('ticked', pick(one));
  return form.toString();
};
const statuses = async () => (await store.records.actions(INCIDENT_ID)).map(({ status }) => status);
const posting = async (body: string, person?: string) => {
  const { app, pathOf, nonceOf, did } = createPages(store);
  const path = await pathOf(three[0]!, person ? { person } : {});
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'null' };
  const response = await app.request(path, {
    method: 'POST',
    headers,
    body: `nonce=${await nonceOf(path)}&${body}`,
  });
  return { page: await response.text(), status: response.status, did };
};

const pageOf = async (action: Action, at = minute(1)) => {
  const { app, pathOf, clock } = createPages(store);
  clock.now = at;
  return (await app.request(await pathOf(action))).text();
};
/** The headlines of the requests on the page, in order, and whether each is ticked. */
const picksIn = (page: string) =>
  [...page.matchAll(/name="ticked" value="(\S+) [^"]*"( checked)?/g)].map(([, id, checked]) => ({
    id,
    checked: checked !== undefined,
  }));

describe('the page of an incident with several open requests', () => {
  test('starts three requests unticked, ticks two, and shows one without a tick', async () => {
    const ticks = async () => picksIn(await pageOf(three[0]!)).map(({ checked }) => checked);
    const decline = ({ actionId }: Action) =>
      store.records.changeAction(INCIDENT_ID, actionId, (current) =>
        transition(current, 'declined', { at: NOW, by: 'test', text: '' }),
      );
    expect(await ticks()).toEqual([false, false, false]);
    await decline(three[1]!);
    expect(await ticks()).toEqual([true, true]);
    await decline(three[2]!);
    expect(await ticks()).toEqual([]);
    expect(await pageOf(three[0]!)).toContain('value="approve"');
  });

  test('accepts the longest form: all ticked, a time for each, and a long reason', async () => {
    for (let n = 4; n <= 60; n++)
      three.push(await another(n, { actionId: `act-0123456789abcdef-${n}b` }));
    const form = new URLSearchParams(answer('decline-ticked', three));
    for (const { actionId } of three) form.append('duration', `${actionId} 60`);
    form.append('to', 'mei.tanaka');
    form.append('reason', '\u8aa4'.repeat(300));
    expect((await posting(form.toString())).status).toBe(200);
  });

  test('shows as many requests as one form can decide, and the others after them', async () => {
    for (let n = 4; n <= 70; n++) three.push(await another(n));
    const { app, pathOf } = createPages(store);
    const shown = async () => {
      const page = await (await app.request(await pathOf(three[0]!))).text();
      return three.filter((one) => page.includes(pick(one)));
    };
    const first = await shown();
    const { page, status } = await posting(answer('approve-all', first, first));
    expect(status).toBe(200);
    expect(first).toHaveLength(60);
    expect(await statuses()).toContain('awaiting-approval');
    const rest = three.filter((one) => page.includes(pick(one)));
    expect(rest).toEqual(three.filter((one) => !first.includes(one)));
    await posting(answer('decline-all', rest, rest));
    expect(await statuses()).not.toContain('awaiting-approval');
  });

  test('lists the request of the link first, then the most severe', async () => {
    const severe = alertWith({
      alertId: 'al-fedcba9876543210',
      severity: { score: 8, label: 'high' },
    });
    await store.records.putAlert(INCIDENT_ID, severe, {});
    await store.records.changeIncident(INCIDENT_ID, (current) => ({
      ...withEntry(current, { at: NOW, by: 'test', event: 'joined', text: '' }),
      alerts: [...current.alerts, ...incidentWith(severe).alerts],
    }));
    await another(4, { alertId: severe.alertId, name: 'disable_user_account_temporarily' });
    const ids = picksIn(await pageOf(three[1]!)).map(({ id }) => id?.split('-').at(-1));
    expect(ids).toEqual(['2', '4', '1', '3']);
  });

  test('offers to approve all three only with every fact of each unfolded', async () => {
    const page = await pageOf(three[0]!);
    expect(page).toContain('Approve all 3');
    const unfolded = page.replace(/<details>[\s\S]*?<\/details>/g, '');
    expect(unfolded.match(/Will add 203\.0\.113\.7\/32 to the block list/g)).toHaveLength(3);
  });

  test('omits requests to other people, decided requests and requests past their deadline', async () => {
    await another(4, { approval: requestWith({ rungs: [{ at: NOW.toISOString(), ask: [mei] }] }) });
    await another(5, { status: 'declined' });
    await another(6, { approval: requestWith({ expiresAt: minute(1).toISOString() }) });
    expect(picksIn(await pageOf(three[0]!))).toHaveLength(3);
  });
});

test('approves every request and answers every state machine on approve-all', async () => {
  const { page, did } = await posting(answer('approve-all'));
  expect(page).toContain('3 approved');
  expect(await statuses()).toEqual(['approved', 'approved', 'approved']);
  expect(did.sort()).toEqual([1, 2, 3].map((n) => `callback token-${n} approved`));
});

test('shows the steps of every action that the form approved, unfolded', async () => {
  const { page } = await posting(answer('approve-all'));
  const unfolded = page.replace(/<details(?! class="inner" open)[^>]*>[\s\S]*?<\/details>/g, '');
  expect(unfolded.match(/Approved by Ana Silva/g)).toHaveLength(3);
  expect(page).toContain('http-equiv="refresh"');
});

test('names the one action that was decided above its steps', async () => {
  const { page } = await posting(answer('approve-ticked', three.slice(0, 1)));
  const [decided = ''] = page.split('<h2>Still open</h2>');
  expect(decided).toMatch(/<h2>[^<]+203\.0\.113/);
});

test('declines the ticked requests and still offers the others', async () => {
  const { page } = await posting(answer('decline-ticked', three.slice(0, 2)));
  expect(page).toContain('2 declined');
  expect(page).toContain('<h2>Still open</h2>');
  expect(picksIn(page)).toEqual([{ id: three[2]!.actionId, checked: true }]);
  expect(await statuses()).toEqual(['declined', 'declined', 'awaiting-approval']);
});

test('decides nothing when no request is ticked, and says so', async () => {
  expect((await posting(answer('approve-ticked'))).page).toContain(
    'Nothing was decided: no action was ticked. Tick at least one, then approve or decline.',
  );
  expect(await statuses()).toEqual(Array(3).fill('awaiting-approval'));
});

test('does not count requests that were decided in the meantime, and says how many', async () => {
  await store.records.changeAction(INCIDENT_ID, three[1]!.actionId, (current) =>
    transition(current, 'declined', { at: NOW, by: `person:${ben.id}`, text: 'no' }),
  );
  const { page } = await posting(answer('approve-all'));
  expect(page).toContain('2 of 3 approved');
  expect(await statuses()).toEqual(['approved', 'declined', 'approved']);
});

test('decides nothing with a digest that differs from the recorded one', async () => {
  const altered = {
    ...three[1]!,
    digest: three[0]!.digest.replace(/./, (c) => (c === '0' ? '1' : '0')),
  };
  await posting(answer('approve-ticked', [altered]));
  expect(await statuses()).toEqual(Array(3).fill('awaiting-approval'));
});

test('decides no request that the person of the link was not asked about', async () => {
  const others = await another(4, {
    approval: requestWith({ rungs: [{ at: NOW.toISOString(), ask: [mei] }] }),
  });
  const { page } = await posting(answer('approve-ticked', [others]));
  expect(page).toContain('0 of 1 approved');
  expect((await store.records.action(INCIDENT_ID, others.actionId)).status).toBe(
    'awaiting-approval',
  );
});

test('decides requests for different actions together', async () => {
  const other = await another(4, { name: 'add_ip_to_watchlist' });
  const { did } = await posting(answer('approve-ticked', [three[0]!, other]));
  expect(await statuses()).toEqual([
    'approved',
    'awaiting-approval',
    'awaiting-approval',
    'approved',
  ]);
  expect(did.sort()).toEqual(['callback token-1 approved', 'callback token-4 approved']);
});

test('decides only the action of the link with the form of an earlier page, which has no ticks', async () => {
  const { did } = await posting(`verdict=approve&digest=${three[0]!.digest}`);
  expect(await statuses()).toEqual(['approved', 'awaiting-approval', 'awaiting-approval']);
  expect(did).toEqual(['callback token-1 approved']);
});

describe('the time that an approver chooses', () => {
  const chosen = (minutes: number, one = three[1]!) => `duration=${one.actionId}+${minutes}`;
  const votesOf = async ({ actionId }: Action) =>
    (await store.records.action(INCIDENT_ID, actionId)).approval?.votes;

  test('is at most the time that was approved for the action, and each choice is shorter', async () => {
    const options = [...(await pageOf(three[0]!)).matchAll(/<option value="(\S+) (\d+)"/g)];
    const ofFirst = options.filter(([, id]) => id === three[0]!.actionId);
    expect(ofFirst.map(([, , minutes]) => minutes)).toEqual(['60', '30', '15', '5']);
  });

  test('counts for its action, and the signature of the vote covers it', async () => {
    await posting(`${answer('approve-ticked', three.slice(0, 2))}&${chosen(15)}`);
    const [first, second] = [await votesOf(three[0]!), await votesOf(three[1]!)];
    expect([first?.[0]?.durationMinutes, second?.[0]?.durationMinutes]).toEqual([60, 15]);
    const proof = await proven(KEYS.votes, 'vote', second?.[0]?.proof);
    expect(proof).toMatchObject({ actionId: three[1]!.actionId, durationMinutes: 15 });
  });

  test.each([61, 100_000, 0])(
    'a time outside of the allowed one decides nothing: %i min',
    async (minutes) => {
      await posting(`verdict=approve&digest=${three[0]!.digest}&${chosen(minutes, three[0])}`);
      expect(await statuses()).toEqual(Array(3).fill('awaiting-approval'));
    },
  );

  test('is not offered to a later approver for longer than an earlier one agreed to', async () => {
    const two = await another(4, { approval: requestWith({ required: 2, taskToken: 'token-4' }) });
    await posting(`${answer('approve-ticked', [two])}&${chosen(15, two)}`);
    const page = await pageOf(two, minute(2));
    expect(page).not.toContain(`value="${two.actionId} 30"`);
    const { app, pathOf } = createPages(store);
    const bens = await (await app.request(await pathOf(two, { person: ben.id }))).text();
    expect(bens).toContain(`<option value="${two.actionId} 15">after 15 min</option>`);
    expect(bens).not.toContain(`value="${two.actionId} 30"`);
  });

  test('is not offered for an action that only a person undoes, and can’t be sent for one', async () => {
    const kept = await another(4, { name: 'disable_function_url' });
    expect(await pageOf(three[0]!)).not.toContain(`<option value="${kept.actionId} `);
    await posting(`${answer('approve-ticked', [kept])}&${chosen(5, kept)}`);
    expect((await store.records.action(INCIDENT_ID, kept.actionId)).status).toBe(
      'awaiting-approval',
    );
  });
});
