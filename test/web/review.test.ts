// P4: a named person keeps, extends or undoes an action in force.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { overdueAt } from '../../functions/platform/schedules.ts';
import { withEntry } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import { attacker, INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';
import { createPages, inForce, minute, put } from './approval-pages.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const load = ({ actionId }: Action) => store.records.action(INCIDENT_ID, actionId);
const form = (action: Action, review: string) => ({
  review,
  digest: action.digest,
  extensions: String(action.extensions),
});

describe('the review page', () => {
  test('the review page has the commands to undo an action manually whose undo failed', async () => {
    const action = await put(store, inForce({ status: 'reversal-failed' }));
    const { app, reviewPathOf } = createPages(store);
    const page = await (await app.request(await reviewPathOf(action))).text();
    expect(page).toContain('<summary>Manual commands</summary>');
    expect(page).toContain('aws wafv2 update-ip-set');
  });

  test('the review page shows the start, the end, the approver, and the activity since', async () => {
    const action = await put(store, inForce());
    await store.records.changeIncident(INCIDENT_ID, (current) => ({
      ...current,
      version: current.version + 1,
      alerts: [
        { ...current.alerts[0]!, repeats: 7 },
        { ...current.alerts[0]!, alertId: 'al-2', receivedAt: minute(20).toISOString() },
      ],
    }));
    const { app, clock, reviewPathOf } = createPages(store);
    clock.now = minute(33);
    const page = await (await app.request(await reviewPathOf(action))).text();
    expect(page).toContain('Undo in 30 min');
    expect(page).toContain('Ana Silva approved this at 03:02 UTC.');
    expect(page).toContain(
      '1 new alert joined the incident, and its alerts were repeated 7 times in total. The activity may continue.',
    );
    expect(page).toContain('Extend until 05:03 UTC');
  });

  test("the review page shows the reminder's newest observation of the target, as text", async () => {
    const action = await put(store, inForce());
    for (const [at, text] of [
      [minute(20), 'No web requests from this address'],
      [minute(33), 'At least 3 web requests from it: “GET /<script>\u202E”'],
    ] as const)
      await store.records.changeAction(INCIDENT_ID, action.actionId, (current) =>
        withEntry(current, { at, by: 'remind', event: 'looked', text }),
      );
    const { app, clock, reviewPathOf } = createPages(store);
    clock.now = minute(34);
    const page = await (await app.request(await reviewPathOf(action))).text();
    const [since = ''] = page.match(/<section aria-labelledby="since">[\s\S]*?<\/section>/) ?? [];
    expect(since).toContain('Checked at 03:33 UTC: <bdi>At least 3 web requests');
    expect(since).toContain('&lt;script&gt;');
    expect(since).not.toMatch(/<script|\u202E|No web request/);
  });

  test('shows "Being undone" after the order, until the record says what AWS showed', async () => {
    const action = await put(store, inForce());
    const { app, clock, post, reviewPathOf } = createPages(store);
    const path = await reviewPathOf(action);
    const shown = async () => (await app.request(path)).text();
    expect(await shown()).toContain('Undo now');
    await post(path, form(action, 'reverse'));
    const [heading = ''] = (await shown()).match(/<h1[^>]*>[^<]*/) ?? [];
    expect(heading).toContain('Being undone');
    expect(await shown()).not.toContain('Undo now');
    clock.now = new Date(clock.now.getTime() + 6 * 60_000);
    expect(await shown(), 'the reversal never began').toContain('Undo now');
  });

  test('opening the review page changes nothing', async () => {
    const action = await put(store, inForce());
    const { app, did, kept, reviewPathOf } = createPages(store);
    await app.request(await reviewPathOf(action));
    expect(await load(action)).toEqual(action);
    expect([did, [...kept]]).toEqual([[], []]);
  });
});

describe('a review decision', () => {
  test('keeps the action in the name of the person and removes its schedules', async () => {
    const action = await put(store, inForce());
    const { kept, post, reviewPathOf } = createPages(store);
    for (const name of [`reverse-${action.actionId}`, `remind-${action.actionId}`])
      kept.set(name, { name, at: minute(63), target: { kind: 'remind', input: action } });
    expect((await post(await reviewPathOf(action), form(action, 'keep'))).status).toBe(200);
    const kept_ = await load(action);
    expect(kept_).toMatchObject({
      status: 'kept',
      dueAt: null,
      reviewAt: minute(30 * 24 * 60 + 1).toISOString(),
    });
    expect(kept_.history.at(-1)).toMatchObject({ by: 'person:ana.silva', event: 'kept' });
    // No schedule ends it any longer. Only its review remains.
    expect([...kept.values()].map(({ target, at }) => [target.kind, at.toISOString()])).toEqual([
      ['remind', kept_.reviewAt],
    ]);
  });

  test('keeps the action when its schedules cannot be removed', async () => {
    const action = await put(store, inForce());
    const { post, reviewPathOf } = createPages(store, {
      schedules: { put: async () => {}, remove: () => Promise.reject(new Error('down')) },
    });
    expect((await post(await reviewPathOf(action), form(action, 'keep'))).status).toBe(200);
    expect((await load(action)).status).toBe('kept');
  });

  test('extends the action by its duration and moves its schedules and the sweeper', async () => {
    const action = await put(store, inForce());
    const { kept, post, reviewPathOf } = createPages(store);
    const answer = await post(await reviewPathOf(action), form(action, 'extend'));
    expect(await answer.text()).toContain('Undo is now scheduled for 05:03 UTC');
    expect(await load(action)).toMatchObject({
      status: 'in-force',
      dueAt: minute(123).toISOString(),
      extensions: 1,
      attentionAt: overdueAt(minute(123).toISOString()),
    });
    expect(kept.get(`reverse-${action.actionId}`)?.at).toEqual(minute(123));
    expect(kept.get(`remind-${action.actionId}`)?.at.getTime()).toBeLessThan(minute(123).getTime());
  });

  test('extends the action once for two clicks', async () => {
    const action = await put(store, inForce());
    const { post, reviewPathOf } = createPages(store);
    const path = await reviewPathOf(action);
    const clicks = [post(path, form(action, 'extend')), post(path, form(action, 'extend'))];
    const statuses = (await Promise.all(clicks)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 409]);
    expect((await load(action)).extensions).toBe(1);
  });

  test('does not extend the action beyond the limit of policy', async () => {
    const { maxExtensions } = POLICY.limits;
    const action = await put(store, inForce({ extensions: maxExtensions }));
    const { app, post, reviewPathOf } = createPages(store);
    const path = await reviewPathOf(action);
    expect(await (await app.request(path)).text()).not.toContain('value="extend"');
    expect((await post(path, form(action, 'extend'))).status).toBe(409);
    expect((await load(action)).dueAt).toBe(action.dueAt);
  });

  test('starts one reversal for simultaneous clicks, in the name of the person', async () => {
    const action = await put(store, inForce());
    const { did, post, reviewPathOf } = createPages(store);
    const path = await reviewPathOf(action);
    await post(path, form(action, 'reverse'));
    await post(path, form(action, 'reverse'));
    expect(new Set(did).size).toBe(1);
    expect(did[0]).toContain(
      JSON.stringify({
        incidentId: INCIDENT_ID,
        actionId: action.actionId,
        scope: 'waf',
        cause: 'person',
        by: 'person:ana.silva',
      }),
    );
  });

  test('a reversal that did not run can be requested again a minute later', async () => {
    const action = await put(store, inForce());
    const { clock, did, post, reviewPathOf } = createPages(store);
    const path = await reviewPathOf(action);
    await post(path, form(action, 'reverse'));
    clock.now = minute(2);
    await post(path, form(action, 'reverse'));
    expect(new Set(did).size, 'a name that was used starts nothing').toBe(2);
  });

  test('says that the undo could not be started', async () => {
    const action = await put(store, inForce());
    const { post, reviewPathOf } = createPages(store, {
      startReverse: () => Promise.reject(new Error('down')),
    });
    const answer = await post(await reviewPathOf(action), form(action, 'reverse'));
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('could not be started');
  });

  test.each(['keep', 'extend', 'reverse'])(
    'rejects the decision to %s of the person the action is about',
    async (review) => {
      const target = { ...attacker, kind: 'iam-user' as const, value: 'ana.silva', ref: 'user-1' };
      const action = await put(store, inForce({ target }));
      const { did, post, reviewPathOf } = createPages(store);
      expect((await post(await reviewPathOf(action), form(action, review))).status).toBe(403);
      expect(await load(action)).toEqual(action);
      expect(did).toEqual([]);
    },
  );

  test.each(['keep', 'extend', 'reverse'])(
    'rejects the decision to %s after the action was undone',
    async (review) => {
      const action = await put(store, inForce({ status: 'reversed' }));
      const { did, post, reviewPathOf } = createPages(store);
      const answer = await post(await reviewPathOf(action), form(action, review));
      expect(answer.status).toBe(409);
      expect(await answer.text()).toContain('Undone at');
      expect(did).toEqual([]);
    },
  );

  test('an expired review link decides nothing, even if the action was extended', async () => {
    const action = await put(store, inForce({ dueAt: minute(123).toISOString(), extensions: 1 }));
    const { clock, did, post, reviewPathOf } = createPages(store);
    clock.now = minute(70);
    for (const review of ['keep', 'extend', 'reverse']) {
      const answer = await post(await reviewPathOf(action), form(action, review));
      expect(answer.status).toBe(410);
      expect(await answer.text()).toContain('Your answer was not counted');
    }
    expect(await load(action)).toEqual(action);
    expect(did).toEqual([]);
  });

  test('rejects a review decision through an approval link', async () => {
    const action = await put(store, inForce());
    const { pathOf, post } = createPages(store);
    const path = (await pathOf(action)).replace('/approve/', '/review/');
    expect((await post(path, form(action, 'keep'))).status).toBe(403);
    expect((await load(action)).status).toBe('in-force');
  });

  test('P4: offers undo and keep after a failed undo, and can retry', async () => {
    const action = await put(store, inForce({ status: 'reversal-failed' }));
    const { app, did, post, reviewPathOf } = createPages(store);
    const path = await reviewPathOf(action);
    const page = await (await app.request(path)).text();
    expect(page).toContain('value="keep"');
    expect((await post(path, form(action, 'reverse'))).status).toBe(200);
    expect(did[0]).toContain('"cause":"person"');
  });

  test('P4: keeps an action whose undo failed, so that other actions can hold its effect', async () => {
    const action = await put(store, inForce({ status: 'reversal-failed', attentionAt: null }));
    const [key, id] = [action.effectKey!, action.actionId];
    const first = { by: 'first', now: minute(1) };
    await store.leases.acquire(key, id, minute(1));
    await store.leases.release(key, id, first, async () => []);
    await store.leases.pause(key, first, { isStuck: true });
    const { post, reviewPathOf } = createPages(store);
    expect((await post(await reviewPathOf(action), form(action, 'keep'))).status).toBe(200);
    expect(await load(action)).toMatchObject({ status: 'kept', dueAt: null });
    const joined = await store.leases.acquire(key, 'act-0123456789abcdef-2', minute(2));
    expect(joined.holders).toEqual([id, 'act-0123456789abcdef-2']);
  });
});
