// P2: one decision per request, by an eligible approver, before the deadline.
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { Conflict } from '../../functions/domain/errors.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { transition } from '../../functions/store/hash-chain.ts';
import { retryOnConflict } from '../../functions/store/retry.ts';
import type { Store } from '../../functions/store/store.ts';
import { decide } from '../../functions/web/decision.ts';
import { toyAction } from '../execute/toy.ts';
import { alertWith, attacker, INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';
import {
  ana,
  BASE_URL,
  ben,
  createPages,
  inForce,
  mei,
  minute,
  put,
  requestWith,
  waiting,
} from './approval-pages.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const load = ({ actionId }: Action) => store.records.action(INCIDENT_ID, actionId);
const yes = (action: Action) => ({ verdict: 'approve', reason: '', digest: action.digest });
const no = (action: Action, reason = '') => ({ verdict: 'decline', reason, digest: action.digest });

describe('the page of an approval link', () => {
  test.each(['GET', 'HEAD', 'OPTIONS'])(
    'a %s request to an approval link changes nothing',
    async (method) => {
      const action = await put(store, waiting());
      const { app, did, pathOf } = createPages(store);
      for (let i = 0; i < 3; i++) await app.request(await pathOf(action), { method });
      expect(await load(action)).toEqual(action);
      expect(did).toEqual([]);
    },
  );

  test('shows the facts before the buttons, and the reasoning of the model last, folded and marked', async () => {
    const action = await put(store, waiting());
    const { app, pathOf } = createPages(store);
    const page = await (await app.request(await pathOf(action))).text();
    const order = [
      '</svg>Medium</span>',
      '14 min left',
      '<h1>Block web requests from 203.0.113.7?</h1>',
      'An address is targeting one of your resources.',
      'several people may share it',
      '<i>Undo</i> Removes exactly the added entry<',
      '<option value="act-0123456789abcdef-1 60">after 1 h</option>',
      'value="approve"',
      'value="decline"',
      'If no one decides by 03:15 UTC, nothing changes.',
      'Will add 203.0.113.7/32 to the block list, so that AWS WAF blocks its requests',
      '<h2 id="evidence">Evidence</h2>',
      '<details>\n<summary>Reasoning of the model',
      'Written by a model. The attacker may have influenced it.',
      'It probes a port that nobody should probe.',
    ].map((text) => page.indexOf(text));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  test('says that fixed rules wrote the reasoning when no model did', async () => {
    const action = await put(store, waiting());
    await store.records.putAssessment(INCIDENT_ID, action.alertId, {
      ...(await store.records.findAssessment(INCIDENT_ID, action.alertId))!,
      origin: 'playbook',
    });
    const { app, pathOf } = createPages(store);
    const page = await (await app.request(await pathOf(action))).text();
    expect(page).toContain('Written by fixed rules');
    expect(page).not.toContain('Written by a model');
  });

  test("escapes the attacker's text and removes invisible characters", async () => {
    const hostile =
      '</dd><script>alert(1)</script>\u202Eevil\u200B&"\'<img src=x onerror=alert(1)>';
    const alert = alertWith({ title: hostile, notes: [hostile] });
    const action = await put(
      store,
      waiting({
        recommendation: { ...waiting().recommendation, reasoning: hostile },
        reasons: [{ code: 'x', text: hostile }],
        target: { ...attacker, foundAt: [hostile] },
      }),
      alert,
    );
    const { app, pathOf } = createPages(store);
    const page = await (await app.request(await pathOf(action))).text();
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toMatch(/<script|<img|\u202E|\u200B/);
  });

  test('sends headers that forbid scripts, framing, caching and referrers', async () => {
    const action = await put(store, waiting());
    const { app, pathOf, post } = createPages(store);
    const path = await pathOf(action);
    for (const answer of [
      await app.request(path),
      await app.request('/approve/nothing'),
      await app.request('/elsewhere'),
      await post(path, { verdict: 'maybe' }),
      await post(path, yes(action), { Origin: 'https://evil.example' }),
    ]) {
      const header = (name: string) => answer.headers.get(name);
      expect(header('Content-Security-Policy')).toBe(
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      expect(header('Cache-Control')).toBe('no-store');
      expect(header('Referrer-Policy')).toBe('no-referrer');
      expect(header('X-Content-Type-Options')).toBe('nosniff');
      expect(header('X-Robots-Tag')).toContain('noindex');
    }
  });
});

describe('P2: a decision on an approval request', () => {
  test('records the approver and the time, then answers the state machine', async () => {
    const action = await put(store, waiting());
    const { did, pathOf, post } = createPages(store);
    const answer = await post(await pathOf(action), { ...yes(action), reason: 'I saw it too' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('You approved this at 03:01 UTC.');
    const decided = await load(action);
    expect(decided).toMatchObject({
      status: 'approved',
      approval: { decision: { verdict: 'approved', by: 'ana.silva', reason: 'I saw it too' } },
    });
    expect(decided.history.at(-1)).toMatchObject({ by: 'person:ana.silva', event: 'approved' });
    expect(did).toEqual(['callback token-1 approved']);
  });

  test("adds a decline to the target's history", async () => {
    const action = await put(store, waiting());
    const { did, pathOf, post } = createPages(store);
    const answer = await post(await pathOf(action), no(action, 'Our own scanner'));
    expect(await answer.text()).toContain('Declined');
    expect(await load(action)).toMatchObject({
      status: 'declined',
      attentionAt: minute(21).toISOString(),
    });
    expect(await store.entityHistory.read(attacker)).toMatchObject([{ event: 'declined' }]);
    expect(did).toEqual(['callback token-1 declined']);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'a network that is down'])(
    'keeps the decision when the callback fails with %s, and leaves it to the sweeper',
    async (name) => {
      const action = await put(store, waiting());
      const { logged, pathOf, post } = createPages(store, {
        callback: () => Promise.reject(Object.assign(new Error(name), { name })),
      });
      expect((await post(await pathOf(action), yes(action))).status).toBe(200);
      expect(await load(action)).toMatchObject({
        status: 'approved',
        attentionAt: minute(16).toISOString(),
      });
      expect(logged.join()).toContain('callback failed');
    },
  );

  test('tells the second approver who decided, what and when', async () => {
    const action = await put(store, waiting());
    const { did, clock, pathOf, post } = createPages(store);
    await post(await pathOf(action), no(action, 'Our own scanner'));
    clock.now = minute(2);
    const answer = await post(await pathOf(action, { person: ben.id }), yes(action));
    expect(answer.status).toBe(409);
    const page = await answer.text();
    expect(page).toContain('Your answer was not counted');
    expect(page).toContain(
      'Ana Silva declined this at 03:01 UTC, with the reason “Our own scanner”',
    );
    expect((await load(action)).status).toBe('declined');
    expect(did).toEqual(['callback token-1 declined']);
  });

  test('answers the state machine when the response of the table was lost', async () => {
    const action = await put(store, waiting());
    const records: Store['records'] = {
      ...store.records,
      changeAction: (incidentId, actionId, derive) =>
        retryOnConflict(store.table, async () => {
          const current = await records.action(incidentId, actionId);
          const next = await derive(current);
          if (!next) return current;
          await store.records.saveAction(current, next);
          throw new Conflict('it was written, and the answer was lost', { pk: 'INCIDENT#inc' });
        }),
    };
    const { did, pathOf, post } = createPages({ ...store, records });
    const answer = await post(await pathOf(action), yes(action));
    expect([answer.status, (await load(action)).status]).toEqual([200, 'approved']);
    expect(did).toEqual(['callback token-1 approved']);
  });

  test('counts a decline in the breaker', async () => {
    const action = await put(store, waiting());
    const { pathOf, post } = createPages(store);
    await post(await pathOf(action), no(action));
    expect((await store.breaker.find(POLICY.account))?.counted).toMatchObject([
      { mishap: 'declines', actionId: action.actionId },
    ]);
  });

  test("keeps a decline when the target's history and the breaker cannot be written", async () => {
    const action = await put(store, waiting());
    const down = () => Promise.reject(new Conflict('down'));
    const { did, logged, pathOf, post } = createPages({
      ...store,
      entityHistory: { ...store.entityHistory, note: down },
      killSwitch: { ...store.killSwitch, note: down },
    });
    expect((await post(await pathOf(action), no(action))).status).toBe(200);
    expect((await load(action)).status).toBe('declined');
    expect(did).toEqual(['callback token-1 declined']);
    expect(logged.join()).toContain('history not recorded');
    expect(logged.join()).toContain('decline not counted');
  });

  test('repeats a lost callback on the second click until the action is carried out', async () => {
    const action = await put(store, waiting());
    const calls: string[] = [];
    const { pathOf, post } = createPages(store, {
      callback: async (_, { verdict }) => {
        calls.push(verdict);
        if (calls.length === 1) throw new Error('network');
      },
    });
    const path = await pathOf(action);
    await post(path, yes(action));
    await post(path, yes(action));
    expect(calls).toEqual(['approved', 'approved']);
    await store.records.changeAction(INCIDENT_ID, action.actionId, (current) =>
      transition(current, 'executing', { at: minute(3), by: 'execute', text: '' }),
    );
    await post(path, yes(action));
    expect(calls).toHaveLength(2);
  });

  test('records one decision for two clicks, and gives both the same answer', async () => {
    const action = await put(store, waiting());
    const { did, clock, pathOf, post } = createPages(store);
    const path = await pathOf(action);
    await post(path, yes(action));
    clock.now = minute(2);
    const again = await post(path, yes(action));
    expect(again.status).toBe(200);
    expect(await again.text()).toContain('You approved this at 03:01 UTC');
    expect(new Set(did).size).toBe(1);
  });

  test('rejects a decision after the deadline before the expiry is recorded', async () => {
    const action = await put(store, waiting());
    const { did, clock, pathOf, post } = createPages(store);
    clock.now = minute(15);
    for (const expires of [minute(15), minute(99)]) {
      const path = await pathOf(action, { expires: expires.getTime() / 1000 });
      const answer = await post(path, yes(action));
      expect(answer.status).toBe(410);
      expect(await answer.text()).toContain('No one decided by 03:15 UTC');
    }
    expect((await load(action)).status).toBe('awaiting-approval');
    expect(did).toEqual([]);
  });

  test('rejects the decision of a person who was not asked but has a valid link', async () => {
    const action = await put(store, waiting());
    const { pathOf, post } = createPages(store);
    const answer = await post(await pathOf(action, { person: 'mei.tanaka' }), yes(action));
    expect(answer.status).toBe(403);
    expect((await load(action)).status).toBe('awaiting-approval');
  });

  test('rejects the decision of the person the action is about, even if the escalation policy names them', async () => {
    const target = { ...attacker, kind: 'iam-user' as const, value: 'Ana.Silva', ref: 'user-1' };
    const action = await put(store, waiting({ target }));
    const { app, pathOf, post } = createPages(store);
    const path = await pathOf(action);
    expect(await (await app.request(path)).text()).not.toContain('<form');
    const answer = await post(path, yes(action));
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('This action is about you, so someone else must decide.');
    expect((await load(action)).status).toBe('awaiting-approval');
  });

  test('rejects the decision of an approver that the policy no longer names', async () => {
    const left = { id: 'left.us', name: 'Lea Ft', email: 'left.us@example.com' };
    const rungs = [{ at: minute(0).toISOString(), ask: [left] }];
    const action = await put(store, waiting({ approval: requestWith({ rungs }) }));
    const { pathOf, post } = createPages(store);
    const answer = await post(await pathOf(action, { person: left.id }), yes(action));
    expect(answer.status).toBe(403);
  });

  const demoted = (id: string): Policy => {
    const { escalation } = POLICY;
    const person = { ...escalation.people[id]!, roles: ['manager' as const] };
    return {
      ...POLICY,
      escalation: { ...escalation, people: { ...escalation.people, [id]: person } },
    };
  };

  test('rejects the decision of an approver who lost the role after being asked', async () => {
    const action = await put(store, waiting({ approval: requestWith({ roles: ['analyst'] }) }));
    const { pathOf, post, did } = createPages(store, { policy: demoted(ana.id) });
    const answer = await post(await pathOf(action), yes(action));
    expect(answer.status).toBe(403);
    expect((await load(action)).approval?.votes).toEqual([]);
    expect(did).toEqual([]);
  });

  test.each(['took the role', 'no longer names'])(
    'does not count the earlier approval of an approver after policy %s',
    async (how) => {
      const action = await put(
        store,
        waiting({ approval: requestWith({ required: 2, roles: ['analyst'] }) }),
      );
      const first = createPages(store);
      await first.post(await first.pathOf(action), yes(action));
      const { [ana.id]: _left, ...people } = POLICY.escalation.people;
      const without = { ...POLICY, escalation: { ...POLICY.escalation, people } };
      const later = createPages(store, {
        policy: how === 'took the role' ? demoted(ana.id) : without,
      });
      await later.post(await later.pathOf(action, { person: ben.id }), yes(action));
      const { status, approval } = await load(action);
      expect(status).not.toBe('approved');
      expect(approval?.votes).toHaveLength(2);
    },
  );

  test('rejects a decision on another action than the one of the link', async () => {
    const action = await put(store, waiting());
    const { pathOf, post } = createPages(store);
    const digest = 'b'.repeat(64);
    expect((await post(await pathOf(action), { ...yes(action), digest })).status).toBe(400);
    expect((await post(await pathOf(action, { digest }), yes(action))).status).toBe(403);
    expect((await load(action)).status).toBe('awaiting-approval');
  });

  test('rejects a decision on a record that no longer matches its digest', async () => {
    const action = await put(store, waiting());
    await store.records.saveAction(action, {
      ...action,
      target: { ...attacker, value: '198.51.100.9' },
      version: 2,
    });
    const { logged, pathOf, post } = createPages(store);
    expect((await post(await pathOf(action), yes(action))).status).toBe(403);
    expect((await load(action)).status).toBe('awaiting-approval');
    expect(logged.join()).toContain('does not match the recorded action');
  });

  test.each([
    ['of another site', { Origin: 'https://evil.example' }, 403],
    ['of another site, by fetch metadata', { 'Sec-Fetch-Site': 'cross-site' }, 403],
    ['of a sister site', { 'Sec-Fetch-Site': 'same-site' }, 403],
    ['as JSON', { 'Content-Type': 'application/json' }, 415],
    ['as multipart', { 'Content-Type': 'multipart/form-data; boundary=x' }, 415],
  ])('rejects a form %s', async (_, headers, status) => {
    const action = await put(store, waiting());
    const { pathOf, post } = createPages(store);
    const answer = await post(await pathOf(action), yes(action), headers);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain('Nothing was decided');
    expect((await load(action)).status).toBe('awaiting-approval');
  });

  test('accepts a form from the same origin, and from a browser that sends no origin', async () => {
    for (const headers of [{ Origin: BASE_URL }, { Origin: '' }, {}]) {
      const fresh = await db.fresh();
      const action = await put(fresh, waiting());
      const { pathOf, nonceOf, app } = createPages(fresh);
      const path = await pathOf(action);
      const answer = await app.request(path, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/x-www-form-urlencoded',
          ...Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== '')),
        },
        body: new URLSearchParams({ ...yes(action), nonce: await nonceOf(path) }).toString(),
      });
      expect(answer.status).toBe(200);
    }
  });

  test.each([
    [{ verdict: 'maybe' }],
    [{ reason: 'x'.repeat(301) }],
    [{ extra: 'field' }],
    [{ verdict: '' }],
  ])('rejects a form with invalid fields (%o)', async (change) => {
    const action = await put(store, waiting());
    const { pathOf, post } = createPages(store);
    expect((await post(await pathOf(action), { ...yes(action), ...change })).status).toBe(400);
    expect((await load(action)).status).toBe('awaiting-approval');
  });

  test('rejects a form above the size limit without reading it', async () => {
    const action = await put(store, waiting());
    const { pathOf, post } = createPages(store);
    const answer = await post(await pathOf(action), yes(action), { 'Content-Length': '40000' });
    const large = await post(await pathOf(action), { ...yes(action), reason: 'x'.repeat(40_000) });
    expect([answer.status, large.status]).toEqual([413, 413]);
  });

  test('tells the approver to open the link again when the site failed', async () => {
    const action = await put(store, waiting());
    const records = {
      ...store.records,
      changeAction: () => Promise.reject(new Error('gone')),
    } as Store['records'];
    const { pathOf, post } = createPages({ ...store, records });
    const answer = await post(await pathOf(action), yes(action));
    expect(answer.status).toBe(500);
    expect(await answer.text()).toContain(
      'Open the link again to see whether your answer was counted.',
    );
  });
});

describe('an invalid link', () => {
  test('shows the same text for every kind of invalid link', async () => {
    const action = await put(store, waiting());
    const { app, clock, pathOf, reviewPathOf } = createPages(store);
    const path = await pathOf(action);
    const wrong = [
      `${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`,
      path.slice(0, -3),
      '/approve/x',
      `/approve/${'A'.repeat(4000)}`,
      (await reviewPathOf(action)).replace('/review/', '/approve/'),
      path.replace('/approve/', '/review/'),
      await pathOf(action, { actionId: 'act-0123456789abcdef-9' }),
      await pathOf(action, { digest: 'c'.repeat(64) }),
    ];
    const answers = await Promise.all(wrong.map((one) => app.request(one)));
    clock.now = minute(15 + 24 * 60);
    answers.push(await app.request(path));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    const texts = new Set(await Promise.all(answers.map((answer) => answer.text())));
    expect(texts.size).toBe(1);
    expect([...texts][0]).not.toContain('203.0.113.7');
  });

  test('writes neither links nor tokens to the log', async () => {
    const action = await put(store, waiting());
    const { app, logged, pathOf, post } = createPages(store, {
      callback: () => Promise.reject(new Error('TaskTimedOut')),
    });
    const path = await pathOf(action);
    await app.request(path);
    await post(path, yes(action));
    await app.request(await pathOf(action, { digest: 'c'.repeat(64) }));
    expect(logged.length).toBeGreaterThan(1);
    const [payload = ''] = path.replace('/approve/', '').split('.');
    expect(logged.join()).not.toMatch(new RegExp(`token-1|${payload.slice(0, 40)}`));
  });
});

describe('an approval link opened after the decision', () => {
  test.each(['approve', 'ask-anew'] as const)(
    'shows the commands to carry an expired action out manually: %s',
    async (purpose) => {
      const action = await put(store, waiting({ status: 'expired' }));
      const { app, pathOf } = createPages(store);
      const page = await (
        await app.request(await pathOf(action, { purpose, person: mei.id }))
      ).text();
      expect(page).toContain('Manual commands');
      expect(page).toContain('aws wafv2 update-ip-set');
    },
  );

  test('shows no commands while the request is open', async () => {
    const action = await put(store, waiting());
    const { app, pathOf } = createPages(store);
    expect(await (await app.request(await pathOf(action))).text()).not.toContain('update-ip-set');
  });

  const states: [string, Action, string][] = [
    [
      'expired',
      waiting({ status: 'expired' }),
      'Nothing was changed. The request was to block web requests from 203.0.113.7. No one decided by 03:15 UTC.',
    ],
    [
      'expired, and about a ticket',
      waiting({ status: 'expired', name: 'create_alert_ticket' }),
      'No one decided by 03:15 UTC, so Countermand tries to open the ticket anyway. The message about the expiry names it.',
    ],
    [
      'in force',
      inForce(),
      'Ana Silva approved this at 03:02 UTC. Blocked web requests from 203.0.113.7 at 03:03 UTC. Undo is scheduled for 04:03 UTC.',
    ],
    [
      'reversed',
      transition(
        transition(inForce(), 'reversing', { at: minute(63), by: 'schedule', text: '' }),
        'reversed',
        { at: minute(64), by: 'schedule', text: '' },
      ),
      'Blocked web requests from 203.0.113.7 at 03:03 UTC. Undone at 04:04 UTC, on schedule.',
    ],
    [
      'kept',
      transition(inForce(), 'kept', { at: minute(9), by: 'person:ben.okafor', text: '' }),
      'Kept at 03:09 UTC, by Ben Okafor. This stays until someone undoes it.',
    ],
    [
      'not undone',
      inForce({ status: 'reversal-failed' }),
      'The undo failed at 03:03 UTC. The on-call analyst has the commands to undo it manually.',
    ],
    [
      'stopped',
      inForce({
        status: 'failed',
        before: null,
        appliedAt: null,
        failure: 'Stopped after approval: it is protected',
      }),
      'Nothing was changed. The request was to block web requests from 203.0.113.7. Stopped after approval: it is protected.',
    ],
    [
      'failed',
      inForce({ status: 'failed', failure: 'WAF refused' }),
      'Could not block web requests from 203.0.113.7. Every partial change was undone. WAF refused.',
    ],
  ];
  test.each(states)('shows the current status: %s', async (_, action, text) => {
    await put(store, action);
    const { app, clock, pathOf } = createPages(store);
    clock.now = minute(70);
    const answer = await app.request(await pathOf(action));
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain(text);
    expect(page).not.toContain('<form');
  });
});

/** Records whose reads and writes run in the order that `turn` decides. */
const inTurns = (records: Store['records'], turn: () => Promise<void>): Store['records'] => ({
  ...records,
  changeAction: async (incidentId, actionId, derive) => {
    for (;;) {
      await turn();
      const current = await records.action(incidentId, actionId);
      const next = await derive(current);
      if (!next) return current;
      await turn();
      const saved = await records.saveAction(current, next).catch((error: Error) => error);
      if (!(saved instanceof Error)) return saved;
      if (saved.name !== 'Conflict') throw saved;
    }
  },
});

describe('P2: concurrent decisions', () => {
  test('records exactly one outcome and gives each person the correct answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const fresh = await db.fresh();
        const action = await put(fresh, waiting());
        const records = inTurns(fresh.records, () => scheduler.schedule(Promise.resolve()));
        const { did, pathOf, post } = createPages({ ...fresh, records });
        const approving = pathOf(action).then((path) => post(path, yes(action)));
        const declining = pathOf(action, { person: ben.id }).then((path) => post(path, no(action)));
        const expiring = records.changeAction(INCIDENT_ID, action.actionId, (current) =>
          current.status === 'awaiting-approval'
            ? transition(current, 'expired', { at: minute(15), by: 'approve', text: '' })
            : null,
        );
        const all = Promise.all([approving, declining, expiring]);
        await scheduler.waitFor(all);
        const [approve, decline] = await all;
        const { status, history } = await fresh.records.action(INCIDENT_ID, action.actionId);
        const outcomes = history.filter(({ event }) =>
          ['approved', 'declined', 'expired'].includes(event),
        );
        expect(outcomes.map(({ event }) => event)).toEqual([status]);
        expect(approve.status).toBe(status === 'approved' ? 200 : 409);
        expect(decline.status).toBe(status === 'declined' ? 200 : 409);
        expect(did).toEqual(status === 'expired' ? [] : [`callback token-1 ${status}`]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('accepts a decision in no state except awaiting approval', () => {
    const statuses = [
      'approved',
      'declined',
      'expired',
      'executing',
      'in-force',
      'reversed',
      'failed',
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...statuses),
        fc.constantFrom('approve' as const, 'decline' as const),
        fc.constantFrom(ana.id, ben.id, 'mei.tanaka', 'no.such.person'),
        fc.integer({ min: -60, max: 120 }),
        (status, verdict, person, minutes) => {
          const action = toyAction({ status, disposition: 'approve', approval: requestWith() });
          const { people } = POLICY.escalation;
          const result = decide(action, verdict, {
            person,
            people,
            reason: '',
            way: 'page',
            shownAt: minute(minutes),
            now: minute(minutes),
          });
          expect(result).toHaveProperty('refused');
        },
      ),
    );
  });
});
