// Asking approvers: the escalation step that is due, the links, and the expiry.

import { beforeEach, describe, expect, test } from 'vitest';
import { approve } from '../../functions/approve/approve.ts';
import type { ApproveDeps } from '../../functions/approve/deps.ts';
import type { Action } from '../../functions/domain/action.ts';
import type { ApprovalRequest, Approver } from '../../functions/domain/approval.ts';
import { NotFound, Unavailable } from '../../functions/domain/errors.ts';
import { readLink } from '../../functions/links/link.ts';
import { asText } from '../../functions/messaging/channels/channel.ts';
import { Message } from '../../functions/messaging/message.ts';
import type { Channels } from '../../functions/policy/schemas/channels.ts';
import { transition, withEntry } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import {
  alertWith,
  attacker,
  INCIDENT_ID,
  incidentWith,
  NOW,
  POLICY,
  theAlertItself,
} from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';
import {
  ana,
  BASE_URL,
  ben,
  createPages,
  mac,
  mei,
  minute,
  put,
  requestWith,
  waiting,
} from '../web/approval-pages.ts';

const db = startStores();
let store: Store;
let sent: Message[];
let called: string[];
let logged: string[];
let unreachable: string[];
let notBy: string[];
/** People who have reached the hourly page limit. */
let atPageLimit: string[];
beforeEach(async () => {
  store = await db.fresh();
  [sent, called, logged, unreachable, notBy, atPageLimit] = [[], [], [], [], [], []];
});

const deps = (at: Date, change: Partial<ApproveDeps> = {}): ApproveDeps => ({
  store,
  policy: POLICY,
  mac,
  send: async (message) => {
    const { to } = Message.parse(message);
    if (to.kind === 'person' && unreachable.includes(to.id)) throw new Unavailable('bounced');
    if (to.kind === 'person' && atPageLimit.includes(to.id)) return { notBy, held: true };
    sent.push(message);
    return { notBy };
  },
  callback: async (token, { verdict }) => void called.push(`${token} ${verdict}`),
  webBaseUrl: BASE_URL,
  now: () => at,
  log: (...line) => void logged.push(JSON.stringify(line)),
  ...change,
});
const fresh = (change: Partial<Action> = {}) =>
  put(store, waiting({ approval: requestWith({ askedRungs: 0, taskToken: null }), ...change }));
const ask = (step: number, taskToken = `token-${step}`) => ({
  incidentId: INCIDENT_ID,
  actionId: 'act-0123456789abcdef-1',
  rung: step,
  taskToken,
});
const load = () => store.records.action(INCIDENT_ID, 'act-0123456789abcdef-1');
const recipients = () => sent.map(({ to }) => (to.kind === 'person' ? to.id : 'team'));

describe('asking', () => {
  test('sends the people of an escalation step a link in their own name, valid until the request expires', async () => {
    const action = await fresh();
    await approve(deps(NOW), ask(0));
    expect(recipients()).toEqual([ana.id]);
    const { url } = sent[0]!.links[0]!;
    expect(url.startsWith(`${BASE_URL}/approve/`)).toBe(true);
    const token = url.slice(`${BASE_URL}/approve/`.length);
    expect(await readLink(mac, token, 'approve', NOW)).toMatchObject({
      ok: true,
      claims: { person: ana.id, digest: action.digest, expires: minute(15).getTime() / 1000 },
    });
  });

  test.each([
    ['a low severity', alertWith({ severity: { score: 2, label: 'low' } }), 'inform'],
    ['a medium severity', alertWith(), 'page'],
    [
      'posture',
      alertWith({
        severity: { score: 9.5, label: 'critical' },
        entities: [attacker, { ...theAlertItself, attributes: { posture: 'configuration' } }],
      }),
      'inform',
    ],
  ])('asks about %s with the right urgency', async (_what, alert, urgency) => {
    const approval = requestWith({ askedRungs: 0, taskToken: null });
    await put(store, waiting({ approval }), alert);
    await approve(deps(NOW), ask(0));
    expect(sent.map((message) => message.urgency)).toEqual([urgency]);
  });

  test('stores the task token before anyone can answer, and records who is asked', async () => {
    await fresh();
    let kept: string | null | undefined;
    const send = async () => {
      kept = (await load()).approval?.taskToken;
      return { notBy: [] };
    };
    await approve(deps(NOW, { send }), ask(0));
    expect(kept).toBe('token-0');
    expect(await load()).toMatchObject({
      approval: { askedRungs: 1 },
      status: 'awaiting-approval',
    });
    expect((await load()).history.at(-1)).toMatchObject({
      event: 'asked',
      text: 'Asking Ana Silva',
    });
  });

  test('says in the message what happens, why, to what, until when, and who was asked before', async () => {
    await fresh();
    await approve(deps(minute(5)), ask(1));
    const text = [sent[0]!.subject, asText(sent[0]!)].join('\n');
    for (const part of [
      'Approve? Block web requests from 203.0.113.7',
      'Approve to block web requests from 203.0.113.7.',
      'Will add 203.0.113.7/32 to the block list, so that AWS WAF blocks its requests',
      'Recon:EC2/PortProbeUnprotectedPort',
      'Would affect: Everyone who reaches your web applications from this address; several people may share it',
      'unless someone keeps it',
      'If no one decides by 03:15 UTC, nothing changes.',
      'Asked before you, no answer yet: Ana Silva',
    ])
      expect(text).toContain(part);
    expect(recipients()).toEqual([ben.id]);
  });

  test('says why an action that could run automatically needs approval', async () => {
    const rate = '10 automatic actions in the last minute in this account; the limit is 10';
    const reasons = [
      { code: 'tier', text: 'Tier 1: may run automatically' },
      { code: 'rate', text: rate },
    ];
    await fresh({ reasons });
    await approve(deps(NOW), ask(0));
    const text = asText(sent[0]!);
    expect(text).toContain(`Why a person decides: ${rate}.`);
    expect(text).not.toContain('Tier 1');
  });

  test('says that a ticket is opened even without an answer', async () => {
    await fresh({ name: 'create_alert_ticket' });
    await approve(deps(NOW), ask(0));
    const text = asText(sent[0]!);
    expect(text).toContain('If no one decides by 03:15 UTC, Countermand opens the ticket anyway.');
    expect(text).not.toContain('nothing changes');
  });

  test('replaces the task token when a step is asked again, and records the request once', async () => {
    await fresh();
    await approve(deps(NOW), ask(0, 'first'));
    await approve(deps(NOW), ask(0, 'second'));
    const { approval, history } = await load();
    expect(approval?.taskToken).toBe('second');
    expect(history.filter(({ event }) => event === 'asked')).toHaveLength(1);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
  });

  test('sends a person in two escalation steps a separate message for each', async () => {
    const at = NOW.toISOString();
    const rungs = [
      { at, ask: [ana] },
      { at, ask: [ana] },
    ];
    await fresh({ approval: requestWith({ rungs, askedRungs: 0 }) });
    await approve(deps(NOW), ask(0));
    await approve(deps(minute(5)), ask(1));
    expect(new Set(sent.map(({ key }) => key)).size).toBe(2);
  });

  test('asks the others in a step when one of them cannot be reached, and records it', async () => {
    unreachable = [ana.id];
    const rungs = [{ at: NOW.toISOString(), ask: [ana, ben] }];
    await fresh({ approval: requestWith({ rungs, askedRungs: 0 }) });
    await approve(deps(NOW), ask(0));
    expect(recipients()).toEqual([ben.id]);
    expect((await load()).history.at(-1)).toMatchObject({
      event: 'not-reached',
      text: 'Not reached: Ana Silva',
    });
  });

  test('records a failed channel, and asks no one else when another channel reached the person', async () => {
    notBy = ['Slack'];
    await fresh();
    await approve(deps(NOW), ask(0));
    expect(recipients()).toEqual([ana.id]);
    expect((await load()).history.at(-1)).toMatchObject({
      ...{ event: 'slack-failed', text: 'Not delivered: Slack to Ana Silva' },
      people: [ana.id],
    });
  });

  test('asks the next escalation step at once when no one in a step can be reached', async () => {
    unreachable = [ana.id];
    await fresh();
    await approve(deps(NOW), ask(0));
    expect(recipients()).toEqual([ben.id]);
    expect((await load()).approval?.askedRungs).toBe(2);
  });

  test('throws Unavailable when no one on the escalation policy can be reached, and asks again on the next attempt', async () => {
    unreachable = [ana.id, ben.id];
    await fresh();
    await expect(approve(deps(NOW), ask(0))).rejects.toThrow(Unavailable);
    await expect(approve(deps(NOW), ask(0, 'again'))).rejects.toThrow(Unavailable);
    unreachable = [];
    await approve(deps(NOW), ask(0, 'and again'));
    expect(recipients()).toEqual([ana.id]);
    const { history } = await load();
    expect(history.filter(({ event }) => event === 'not-reached')).toHaveLength(2);
  });

  test('logs neither links nor tokens', async () => {
    unreachable = [ana.id];
    await fresh();
    await approve(deps(NOW), ask(0, 'a-secret-token'));
    expect(logged).not.toHaveLength(0);
    expect(logged.join()).not.toMatch(/a-secret-token|\/approve\//);
  });
});

describe('a person at the page limit', () => {
  test('skips a person at the page limit at once, and records why', async () => {
    atPageLimit = [ana.id];
    await fresh();
    await approve(deps(NOW), ask(0));
    expect(recipients()).toEqual([ben.id]);
    const text = asText(sent[0]!);
    expect(text).toContain('Not reached or not paged before you: Ana Silva');
    expect(text).not.toContain('no answer yet: Ana Silva');
    const { approval, history } = await load();
    expect(approval?.askedRungs).toBe(2);
    expect(history.find(({ event }) => event === 'not-woken')?.text).toBe(
      'Not paged (hourly limit reached): Ana Silva',
    );
  });

  test('lets a person at the page limit open the request from the digest', async () => {
    atPageLimit = [ana.id, ben.id];
    const action = await fresh();
    await approve(deps(NOW), ask(0));
    expect((await load()).approval?.askedRungs).toBe(2);
    const { app, pathOf, clock } = createPages(store);
    clock.now = minute(6);
    const page = await (await app.request(await pathOf(action, { person: ben.id }))).text();
    expect(page).toContain('value="approve"');
  });

  test('the page says who was not paged, and who has not answered', async () => {
    atPageLimit = [ana.id];
    const action = await fresh({ approval: requestWith({ required: 2, askedRungs: 0 }) });
    await approve(deps(NOW), ask(0));
    const vote = { verdict: 'approved', by: mei.id, at: NOW.toISOString(), reason: '' } as const;
    await store.records.changeAction(INCIDENT_ID, action.actionId, (current) => ({
      ...current,
      approval: current.approval && {
        ...current.approval,
        votes: [{ ...vote, durationMinutes: null, proof: null }],
        handedTo: [{ to: mei, by: ben.id, at: NOW.toISOString() }],
      },
      version: current.version + 1,
    }));
    const { app, pathOf, clock } = createPages(store);
    const pageAt = async (minutes: number) => {
      clock.now = minute(minutes);
      return (await app.request(await pathOf(action, { person: mei.id }))).text();
    };
    const open = await pageAt(6);
    const inDigest = 'Ana Silva was not paged (hourly limit reached); the request is in a digest.';
    expect(open).toContain(`<li>${inDigest}</li>`);
    expect(open).toContain('<li>Ben Okafor has not answered yet.</li>');
    const over = await pageAt(30);
    expect(over).toContain('<li>Ana Silva was not paged (hourly limit reached).</li>');
    expect(over).toContain('<li>Ben Okafor did not answer.</li>');
  });

  test('keeps the request open until it expires when everyone is at the page limit', async () => {
    atPageLimit = [ana.id, ben.id];
    await fresh();
    await approve(deps(NOW), ask(0));
    await approve(deps(minute(5)), ask(1));
    expect(await load()).toMatchObject({ status: 'awaiting-approval' });
    await approve(deps(minute(15)), ask(2));
    expect((await load()).status).toBe('expired');
    expect(called).toEqual(['token-2 expired']);
  });

  test('asks a person again at a later escalation step once they are below the page limit', async () => {
    atPageLimit = [ana.id, ben.id];
    await fresh();
    await approve(deps(NOW), ask(0));
    atPageLimit = [];
    await approve(deps(minute(5)), ask(1));
    expect(recipients()).toEqual([ben.id]);
  });

  test('asks the next step when one person is at the page limit and the other cannot be reached', async () => {
    [atPageLimit, unreachable] = [[ana.id], [ben.id]];
    const at = NOW.toISOString();
    const rungs = [
      { at, ask: [ana, ben] },
      { at: minute(5).toISOString(), ask: [mei] },
    ];
    await fresh({ approval: requestWith({ rungs, askedRungs: 0 }) });
    await approve(deps(NOW), ask(0));
    expect(recipients()).toEqual([mei.id]);
  });
});

describe('an escalation step that becomes due', () => {
  const decided = (verdict: 'approved' | 'declined') =>
    store.records.changeAction(INCIDENT_ID, ask(0).actionId, (current) =>
      transition(
        current,
        verdict,
        { at: minute(2), by: 'person:ana.silva', text: verdict },
        {
          approval: {
            ...current.approval!,
            decision: { verdict, by: ana.id, at: minute(2).toISOString(), reason: '' },
          },
        },
      ),
    );

  test.each(['approved', 'declined'] as const)(
    'passes on a decision whose callback was lost: %s',
    async (verdict) => {
      await fresh();
      await decided(verdict);
      await approve(deps(minute(5)), ask(1));
      expect(called).toEqual([`token-1 ${verdict}`]);
      expect(sent).toEqual([]);
    },
  );

  test('expires the request after the last escalation step', async () => {
    await fresh();
    await approve(deps(minute(15)), ask(2));
    expect(await load()).toMatchObject({ status: 'expired' });
    expect((await load()).attentionAt, 'until people were notified').not.toBeNull();
    expect(called).toEqual(['token-2 expired']);
    await approve(deps(minute(15)), ask(2, 'repeated'));
    expect(called).toEqual(['token-2 expired', 'repeated expired']);
  });

  test('expires the request at any escalation step once its time is over', async () => {
    await fresh();
    await approve(deps(minute(15)), ask(0));
    expect((await load()).status).toBe('expired');
    expect(sent).toEqual([]);
  });

  test('does not expire a request that was decided just before', async () => {
    await fresh();
    await decided('approved');
    await approve(deps(minute(15)), ask(2));
    expect((await load()).status).toBe('approved');
    expect(called).toEqual(['token-2 approved']);
  });

  test('throws Unavailable when the state machine cannot be reached, and does nothing when it no longer waits', async () => {
    await fresh();
    const failing = (error: Error) => ({ callback: () => Promise.reject(error) });
    const down = approve(deps(minute(15), failing(new Error('network'))), ask(2));
    await expect(down).rejects.toThrow(Unavailable);
    await approve(deps(minute(15), failing(new NotFound('TaskTimedOut'))), ask(2));
  });
});

describe('changes to the escalation', () => {
  test('asks no one else once a person has acknowledged the request', async () => {
    const acknowledged = { by: 'ana.silva', at: NOW.toISOString() };
    await put(store, waiting({ approval: requestWith({ acknowledged }) }));
    await approve(deps(minute(5)), ask(1));
    expect(sent).toEqual([]);
    expect(await load()).toMatchObject({
      status: 'awaiting-approval',
      approval: { taskToken: 'token-1', askedRungs: 1 },
    });
  });

  test('waits for the time that was added, and then expires the request', async () => {
    const moreTime = { by: 'ana.silva', at: NOW.toISOString() };
    const expiresAt = minute(25).toISOString();
    await put(
      store,
      waiting({ approval: requestWith({ moreTimeMinutes: 10, moreTime, expiresAt }) }),
    );
    await approve(deps(minute(15)), ask(2));
    expect((await load()).status).toBe('awaiting-approval');
    await approve(deps(minute(25)), ask(3));
    expect((await load()).status).toBe('expired');
    expect(called).toEqual(['token-3 expired']);
  });

  test('sends a link only to the person who was handed the request', async () => {
    const handedTo = [{ to: mei, by: 'ana.silva', at: NOW.toISOString() }];
    const action = await put(store, waiting({ approval: requestWith({ handedTo }) }));
    const { incidentId, actionId } = action;
    await approve(deps(minute(2)), { incidentId, actionId, to: mei.id });
    await approve(deps(minute(2)), { incidentId, actionId, to: ben.id });
    expect(recipients()).toEqual([mei.id]);
    expect((await load()).approval?.taskToken).toBe('token-1');
  });
});

describe('a similar request from a later alert of the incident', () => {
  const later = 'act-fedcba9876543210-1';
  const urgencies = () => sent.map(({ to, urgency }) => [to.kind === 'person' && to.id, urgency]);
  const bring = async (change: Partial<Action> = {}) => {
    const alertId = 'al-fedcba9876543210';
    const alert = alertWith({ alertId });
    await store.records.changeIncident(INCIDENT_ID, (incident) => ({
      ...incident,
      alerts: [...incident.alerts, ...incidentWith(alert).alerts],
      version: incident.version + 1,
    }));
    await store.records.putAlert(INCIDENT_ID, alert, {});
    const approval = requestWith({
      requestedAt: minute(3).toISOString(),
      expiresAt: minute(18).toISOString(),
      askedRungs: 0,
      taskToken: null,
    });
    const createdAt = minute(3).toISOString();
    await store.records.createAction(
      waiting({ actionId: later, alertId, createdAt, approval, ...change }),
    );
  };
  const askLater = (at: Date, step = 0) =>
    approve(deps(at), { ...ask(step, `later-${step}`), actionId: later });

  test('does not page a person who was paged for the first request and can answer both on one page', async () => {
    await fresh();
    await approve(deps(NOW), ask(0));
    await bring();
    await askLater(minute(3));
    expect(urgencies()).toEqual([
      [ana.id, 'page'],
      [ana.id, 'inform'],
    ]);
    expect(sent[1]?.links).toHaveLength(1);
  });

  test.each([false, true])(
    'pages once for two requests made in the same millisecond (asked in reverse: %s)',
    async (isReversed) => {
      await fresh();
      await bring({ createdAt: (await load()).createdAt });
      const earlier = (at: Date) => approve(deps(at), ask(0));
      const [one, other] = isReversed ? [askLater, earlier] : [earlier, askLater];
      await one(NOW);
      await other(minute(1));
      expect(sent.map(({ urgency }) => urgency)).toEqual(['page', 'inform']);
    },
  );

  test('pages a person who was not yet asked about the first request', async () => {
    await fresh();
    await approve(deps(NOW), ask(0));
    await bring();
    await askLater(minute(8), 1);
    expect(urgencies()).toEqual([
      [ana.id, 'page'],
      [ben.id, 'page'],
    ]);
  });

  test('pages people for a second request after the decision on the first', async () => {
    await fresh();
    await approve(deps(NOW), ask(0));
    await store.records.changeAction(INCIDENT_ID, ask(0).actionId, (current) =>
      transition(current, 'declined', { at: NOW, by: 'person:ana.silva', text: 'no' }),
    );
    await bring();
    await askLater(minute(3));
    expect(urgencies()).toEqual([
      [ana.id, 'page'],
      [ana.id, 'page'],
    ]);
  });

  test('pages people when no one was paged for the first request', async () => {
    atPageLimit = [ana.id, ben.id];
    await fresh();
    await approve(deps(NOW), ask(0));
    atPageLimit = [];
    await bring();
    await askLater(minute(3));
    expect(urgencies()).toEqual([[ana.id, 'page']]);
  });
});

describe('several requests from one alert', () => {
  const second = 'act-0123456789abcdef-2';
  const watch = { name: 'add_ip_to_watchlist', actionId: second } as const;
  const two = async (request: Partial<ApprovalRequest> = {}) => {
    await fresh();
    const approval = requestWith({ askedRungs: 0, taskToken: null, ...request });
    await store.records.createAction(waiting({ ...watch, approval }));
  };
  const askSecond = () => approve(deps(NOW), { ...ask(0, 'token-b'), actionId: second });

  test('sends one message for all of them, and stores a task token for each', async () => {
    await two();
    await approve(deps(NOW), ask(0, 'token-a'));
    await askSecond();
    expect(recipients()).toEqual([ana.id]);
    expect(sent[0]?.subject).toMatch(/^Approve 2 actions\?/);
    const text = asText(sent[0]!);
    expect(text).toMatch(/Approve or decline 2 actions:\n1\. Block [^\n]*\n2\. /);
    for (const part of ['Will add 203.0.113.7/32', 'Would affect: ', 'Undo: '])
      expect(text.split(part), part).toHaveLength(3);
    expect((await store.records.action(INCIDENT_ID, second)).approval?.taskToken).toBe('token-b');
  });

  test('sends no buttons for several requests, because a button would answer only one of them', async () => {
    const channels: Channels = {
      ...POLICY.channels,
      slack: { token: 'slack', buttons: { signingSecret: 'signing', team: 'T012AB3CD' } },
      people: { 'ana.silva': { slack: 'U012AB3CDE' } },
    };
    await fresh();
    await approve(deps(NOW, { policy: { ...POLICY, channels, signIn: null } }), ask(0, 'token-a'));
    expect(sent[0]?.answerToken, 'a single request has buttons').toBeDefined();
    const approval = requestWith({ askedRungs: 0, taskToken: null });
    await store.records.createAction(waiting({ ...watch, approval }));
    await approve(deps(NOW, { policy: { ...POLICY, channels, signIn: null } }), ask(0, 'token-b'));
    expect(sent[1]?.links).toHaveLength(1);
    expect(sent[1]?.answerToken).toBeUndefined();
  });

  test('asks a person about the second request only if the first one does not ask them', async () => {
    const rungs = [{ at: NOW.toISOString(), ask: [ana, mei] }];
    await two({ rungs });
    await approve(deps(NOW), ask(0, 'token-a'));
    await askSecond();
    expect(recipients()).toEqual([ana.id, mei.id]);
    expect(sent[1]?.subject).toMatch(/^Approve\? /);
  });

  test('asks about a request that was made after the message about the first', async () => {
    await two({ expiresAt: minute(26).toISOString() });
    await approve(deps(NOW), ask(0, 'token-a'));
    await askSecond();
    const again = 'act-0123456789abcdef-3';
    const rungs = [{ at: minute(11).toISOString(), ask: [ana] }];
    const approval = requestWith({ rungs, expiresAt: minute(26).toISOString(), askedRungs: 0 });
    const createdAt = minute(11).toISOString();
    await store.records.createAction(waiting({ ...watch, actionId: again, createdAt, approval }));
    await approve(deps(minute(11)), { ...ask(0, 'token-c'), actionId: again });
    expect(recipients()).toEqual([ana.id, ana.id]);
    expect(sent[1]).toMatchObject({ actionId: again });
  });

  test('asks about both if the person who took the first one over cannot answer the second', async () => {
    await two({ rungs: [{ at: minute(5).toISOString(), ask: [ben] }] });
    const acknowledged = { by: ana.id, at: minute(1).toISOString() };
    await store.records.changeAction(INCIDENT_ID, ask(0).actionId, (one) => ({
      ...one,
      version: one.version + 1,
      approval: { ...one.approval!, acknowledged },
    }));
    await approve(deps(minute(5)), { ...ask(0, 'token-b'), actionId: second });
    expect(recipients()).toEqual([ben.id]);
  });

  test('asks about a request that was made after the first was taken over', async () => {
    await two();
    await approve(deps(NOW), ask(0, 'token-a'));
    const acknowledged = { by: ana.id, at: minute(1).toISOString() };
    for (const actionId of [ask(0).actionId, second])
      await store.records.changeAction(INCIDENT_ID, actionId, (one) => ({
        ...one,
        version: one.version + 1,
        approval: { ...one.approval!, acknowledged },
      }));
    const again = 'act-0123456789abcdef-3';
    const createdAt = minute(2).toISOString();
    const rungs = [
      { at: createdAt, ask: [ana] },
      { at: minute(7).toISOString(), ask: [ben] },
    ];
    const approval = requestWith({ rungs, askedRungs: 0 });
    await store.records.createAction(waiting({ ...watch, actionId: again, createdAt, approval }));
    for (const step of [0, 1])
      await approve(deps(minute(2 + 5 * step)), { ...ask(step, 'token-c'), actionId: again });
    expect(recipients()).toEqual([ana.id, ana.id, ben.id]);
  });

  test('names both deadlines, and its link is valid until the last one', async () => {
    await two({ expiresAt: minute(20).toISOString() });
    await approve(deps(NOW), ask(0, 'token-a'));
    expect(sent[0]?.paragraphs[0]).toContain(
      'The requests expire between 03:15 UTC and 03:20 UTC. If no one decides, nothing changes.',
    );
    const token = sent[0]!.links[0]!.url.slice(`${BASE_URL}/approve/`.length);
    expect(await readLink(mac, token, 'approve', minute(19))).toMatchObject({ ok: true });
    expect(await readLink(mac, token, 'approve', minute(20))).toMatchObject({ ok: false });
  });

  test('puts a request for a ticket behind those that page', async () => {
    await put(
      store,
      waiting({
        name: 'create_alert_ticket',
        approval: requestWith({ askedRungs: 0, taskToken: null }),
      }),
    );
    const createdAt = new Date(NOW.getTime() + 200).toISOString();
    const rungs = [{ at: createdAt, ask: [ana] }];
    const approval = requestWith({ rungs, askedRungs: 0, taskToken: null });
    await store.records.createAction(waiting({ actionId: second, createdAt, approval }));
    await approve(deps(NOW), ask(0, 'token-a'));
    expect(sent).toEqual([]);
    await askSecond();
    expect(sent).toMatchObject([{ urgency: 'page', to: { id: ana.id } }]);
  });

  test('sends a message for the second request when the first is already decided', async () => {
    await two();
    await store.records.changeAction(INCIDENT_ID, 'act-0123456789abcdef-1', (current) =>
      transition(current, 'declined', { at: NOW, by: 'person:ana.silva', text: 'no' }),
    );
    await askSecond();
    expect(recipients()).toEqual([ana.id]);
  });

  test('sends a message for the second request when no one could be reached about the first', async () => {
    await two();
    unreachable = [ana.id, ben.id];
    await expect(approve(deps(NOW), ask(0))).rejects.toThrow(Unavailable);
    unreachable = [];
    await askSecond();
    expect(recipients()).toEqual([ana.id]);
  });
});

describe('an email that did not arrive', () => {
  const bounced = (
    person: string,
    at = minute(1),
    change: Partial<ApproveDeps> = {},
    more: { digest?: true } = {},
  ) =>
    approve(deps(at, change), {
      ...more,
      incidentId: INCIDENT_ID,
      actionId: ask(0).actionId,
      bounced: person,
      why: 'bounced',
    });
  const entries = async () =>
    (await load()).history.filter(({ event }) => event === 'not-reached').map(({ text }) => text);

  test('moves the request to the next step at once, and not again when that step is due', async () => {
    await fresh();
    await approve(deps(NOW), ask(0));
    await bounced(ana.id);
    expect(recipients()).toEqual([ana.id, ben.id]);
    expect(asText(sent[1]!)).toContain('Not reached or not paged before you: Ana Silva');
    expect(await entries()).toEqual(['Not reached: Ana Silva; the mail server rejected the email']);
    await approve(deps(minute(5)), ask(1));
    expect(recipients()).toEqual([ana.id, ben.id]);
    expect((await load()).approval?.taskToken).toBe('token-1');
  });

  test('P12: pages the managers at once when the emails to everyone bounce, then the team, each once', async () => {
    await fresh();
    await approve(deps(NOW), ask(0));
    for (const person of [mei.id, ana.id, ben.id, ben.id]) await bounced(person);
    expect(recipients()).toEqual([ana.id, ben.id, mei.id]);
    for (const person of [mei.id, mei.id, ana.id]) await bounced(person);
    expect(recipients(), 'the team, once').toEqual([ana.id, ben.id, mei.id, 'team']);
    expect(sent[2]).toMatchObject({
      urgency: 'page',
      subject: expect.stringMatching(/No approver reached/),
    });
    expect(asText(sent[2]!)).toContain('The email to everyone who was asked did not arrive');
  });

  test('asks no one again when the event is repeated, or names a person who was not asked', async () => {
    await fresh();
    await approve(deps(NOW), ask(0));
    for (const person of [ben.id, 'eve', ana.id, ana.id, ana.id]) await bounced(person);
    expect(recipients()).toEqual([ana.id, ben.id]);
    expect(await entries()).toHaveLength(1);
  });

  test('asks the next step at its usual time when asking it at once failed', async () => {
    await fresh();
    await approve(deps(NOW), ask(0));
    unreachable = [ben.id];
    await expect(bounced(ana.id)).rejects.toThrow(Unavailable);
    unreachable = [];
    await approve(deps(minute(5)), ask(1));
    expect(recipients(), 'the manager meanwhile').toEqual([ana.id, mei.id, ben.id]);
  });

  test('asks no one else while another person of the step has the request', async () => {
    const rungs = [
      { at: NOW.toISOString(), ask: [ana, ben] },
      { at: minute(5).toISOString(), ask: [mei] },
    ];
    await fresh({ approval: requestWith({ rungs, askedRungs: 0 }) });
    await approve(deps(NOW), ask(0));
    await bounced(ana.id);
    expect(recipients()).toEqual([ana.id, ben.id]);
    await bounced(ben.id);
    expect(recipients()).toEqual([ana.id, ben.id, mei.id]);
  });

  test('asks no one else while the person has the link in a direct message', async () => {
    const slack = { token: 'slack', channel: 'C1' };
    const channels = {
      ...POLICY.channels,
      slack,
      people: { 'ana.silva': { slack: 'U1' } },
    } as Channels;
    const policy = { ...POLICY, channels };
    await fresh();
    await approve(deps(NOW), ask(0));
    await bounced(ana.id, minute(1), { policy });
    expect(recipients()).toEqual([ana.id]);
    expect(await entries()).toEqual([]);
    expect((await load()).history.at(-1)).toMatchObject({
      event: 'email-failed',
      text: 'Not delivered: email to Ana Silva; the mail server rejected the email',
    });
  });

  test.each([
    ['Slack failed, too', ['ana.silva'], 1],
    ['Slack failed for another person of a similar name', ['ana.silvano'], 0],
    ['an entry of an earlier version says so', undefined, 1],
  ])('asks the next person only if the person was not reached: %s', async (_what, ids, asked) => {
    const channels = {
      ...POLICY.channels,
      slack: { token: 'slack', channel: 'C1' },
      people: { 'ana.silva': { slack: 'U1' } },
    } as Channels;
    const text = 'Not delivered: Slack to Ana Silvano';
    const entry = ids
      ? { event: 'slack-failed', text, people: ids }
      : { event: 'not-reached', text, people: [] };
    await put(store, withEntry(waiting(), { at: NOW, by: 'approve', ...entry }));
    await bounced(ana.id, minute(1), { policy: { ...POLICY, channels } });
    expect(recipients()).toHaveLength(asked);
  });

  const acknowledged = { by: 'ana.silva', at: NOW.toISOString() };
  test.each([
    ['the decision', { status: 'declined' as const }],
    ['an acknowledgement', { approval: requestWith({ acknowledged }) }],
  ])('asks no one else after %s', async (_what, change) => {
    const entry = { event: 'not-reached', text: 'Not reached: Ana Silva' };
    await put(store, withEntry(waiting(change), { at: NOW, by: 'approve', ...entry }));
    await bounced(ana.id);
    expect(sent).toEqual([]);
  });

  const told: Partial<Action> = {
    ...{ name: 'send_analyst_notification', status: 'kept', disposition: 'auto' },
    ...{ target: theAlertItself, approval: null },
  };
  const severe = alertWith({ severity: { score: 9, label: 'critical' } });
  test.each<[string, Partial<Action>]>([
    ['a notification', told],
    ['a hand-off', { ...told, name: 'block_ip_at_firewall', status: 'handed-off' }],
  ])(
    'P12: pages the others at once, and once, when the email with %s does not arrive',
    async (_what, change) => {
      await put(store, waiting(change), severe);
      for (const person of [ana.id, ana.id, ben.id]) await bounced(person);
      expect(
        sent.map(({ to, urgency, severity }) => [to.kind === 'person' && to.id, urgency, severity]),
      ).toEqual([
        [ben.id, 'page', 'critical'],
        [mei.id, 'page', 'critical'],
      ]);
      expect(sent[0]?.subject).toMatch(/^No one on call reached: /);
      for (const person of [mei.id, mei.id, ana.id]) await bounced(person);
      expect(recipients(), 'the team, once').toEqual([ben.id, mei.id, 'team']);
      expect(sent[2]).toMatchObject({ urgency: 'page', severity: 'critical' });
      expect((await entries())[0]).toMatch(/^Not reached: Ana Silva;/);
    },
  );

  test('pages no one else about a low alert, or when the person has the direct message', async () => {
    await put(store, waiting(told), alertWith({ severity: { score: 2, label: 'low' } }));
    await bounced(ana.id);
    const slack = { token: 'slack', channel: 'C1' };
    const people = { 'ana.silva': { slack: 'U1' } };
    store = await db.fresh();
    await put(store, waiting(told), severe);
    const channels = { ...POLICY.channels, slack, people } as Channels;
    await bounced(ana.id, minute(1), { policy: { ...POLICY, channels } });
    store = await db.fresh();
    await put(store, waiting({ ...told, status: 'handed-off' }), severe);
    await bounced(ana.id, minute(1), { policy: { ...POLICY, channels } });
    expect(sent).toEqual([]);
  });

  test('P12: pages no one else while another person who was notified of the hand-off received it', async () => {
    const handedOff = waiting({ ...told, status: 'handed-off' });
    await put(store, withEntry(handedOff, paging(ana, ben)), severe);
    await bounced(ana.id);
    expect(sent).toEqual([]);
    await bounced(ben.id);
    expect(recipients()).toEqual([mei.id]);
    expect((await load()).history.at(-1)?.text).toBe(
      'Paged Mei Tanaka, because the emails to the people paged first were not delivered',
    );
  });

  const paging = (...people: Approver[]) => ({
    ...{ at: NOW, by: 'notify', event: 'told', text: 'Notified' },
    people: people.map(({ id }) => id),
  });

  test('P12: pages the others when the text of an entry names a person who was not paged', async () => {
    const handedOff = waiting({ ...told, status: 'handed-off' });
    const text = 'Notified Ana Silva; not reached: Ben Okafor';
    await put(store, withEntry(handedOff, { ...paging(ana), text }), severe);
    await bounced(ana.id);
    expect(recipients()).toEqual([ben.id, mei.id]);
  });

  test.each<[string, Partial<Action>, string]>([
    ['an expiry', { status: 'expired' }, 'Block web requests from 203.0.113.7: expired'],
    ['a failed undo', { status: 'reversal-failed', appliedAt: NOW.toISOString() }, 'undo failed'],
  ])(
    'P12: pages the team when the emails about %s reach no one, and not before',
    async (_what, change, state) => {
      await put(store, withEntry(waiting(change), paging(ana, ben, mei)), severe);
      for (const person of [mei.id, ana.id]) await bounced(person);
      expect(sent).toEqual([]);
      for (const person of [ben.id, ben.id]) await bounced(person);
      expect(recipients()).toEqual(['team']);
      expect(sent[0]).toMatchObject({ urgency: 'page', severity: 'critical' });
      expect(asText(sent[0]!)).toContain(state);
    },
  );

  test('pages no one when a message that paged no one does not arrive', async () => {
    await put(store, withEntry(waiting({ status: 'expired' }), paging()), severe);
    for (const person of [ana.id, ben.id, mei.id]) await bounced(person);
    expect(sent).toEqual([]);
  });

  test('P12: pages the next people when the digest that has the page does not arrive, and names who missed it', async () => {
    await put(store, withEntry(waiting({ status: 'expired' }), paging()), severe);
    for (const _ of [1, 2]) await bounced(ana.id, minute(1), {}, { digest: true });
    expect(recipients()).toEqual([ben.id, mei.id]);
    expect(await entries()).toEqual(['Not reached: Ana Silva; the mail server rejected the email']);
  });

  test('P12: asks the next step when the digest that has the request does not arrive', async () => {
    await fresh();
    await approve(deps(NOW), ask(0));
    await bounced(ana.id, minute(1), {}, { digest: true });
    expect(recipients()).toEqual([ana.id, ben.id]);
  });

  test('P12: an entry of an earlier version without people counts for everyone', async () => {
    const rungs = [
      { at: NOW.toISOString(), ask: [ana, ben] },
      { at: minute(5).toISOString(), ask: [mei] },
    ];
    await fresh({ approval: requestWith({ rungs, askedRungs: 0 }) });
    await approve(deps(NOW), ask(0));
    await store.records.changeAction(INCIDENT_ID, ask(0).actionId, (current) =>
      withEntry(current, { at: NOW, by: 'approve', event: 'not-reached', text: 'Not reached: B' }),
    );
    await bounced(ana.id);
    expect(recipients()).toEqual([ana.id, ben.id, mei.id]);
  });

  test('changes nothing when there is no such action', async () => {
    await approve(deps(NOW), {
      incidentId: INCIDENT_ID,
      actionId: 'act-fedcba9876543210-7',
      bounced: ana.id,
      why: 'delayed',
    });
    expect(sent).toEqual([]);
  });
});
