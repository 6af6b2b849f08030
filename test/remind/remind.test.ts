// Reminders of actions in force, with recent activity and a link to decide.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { Unavailable } from '../../functions/domain/errors.ts';
import { readLink } from '../../functions/links/link.ts';
import { asText } from '../../functions/messaging/channels/channel.ts';
import { Message } from '../../functions/messaging/message.ts';
import type { RemindDeps } from '../../functions/remind/deps.ts';
import { remind } from '../../functions/remind/remind.ts';
import type { Store } from '../../functions/store/store.ts';
import { createWafSamples } from '../../local/aws/waf-samples.ts';
import { alertWith, attacker, INCIDENT_ID, incidentWith, POLICY } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { startStores } from '../store/stores.ts';
import { approvedByAna, BASE_URL, inForce, mac, minute, put } from '../web/approval-pages.ts';

const db = startStores();
let store: Store;
let sent: Message[];
let notBy: string[];
beforeEach(async () => {
  store = await db.fresh();
  [sent, notBy] = [[], []];
});

const samples = (clientIp: string = attacker.value) =>
  createWafSamples(
    [{ minutesAgo: 2, clientIp, method: 'GET', path: '/.env', metric: 'shop-default' }],
    () => minute(33),
  );
const deps = (change: Partial<RemindDeps> = {}): RemindDeps => ({
  store,
  policy: POLICY,
  mac,
  send: async (message) => {
    sent.push(Message.parse(message));
    return { notBy };
  },
  webBaseUrl: BASE_URL,
  waf: { REGIONAL: samples(), CLOUDFRONT: samples() },
  readDeadline: () => AbortSignal.timeout(5_000),
  now: () => minute(33),
  log: () => {},
  ...change,
});
const about = ({ incidentId, actionId }: Action) => ({ incidentId, actionId });
const reminded = () => sent.map(({ to }) => (to.kind === 'person' ? to.id : 'team'));
const approvedBy = (by: string) => ({
  ...approvedByAna,
  decision: { ...approvedByAna.decision!, by },
});

describe('recent web requests from an address', () => {
  const textOf = (message: Message | undefined) => (message ? asText(message) : '');
  const looked = async () =>
    (await store.records.actions(INCIDENT_ID))[0]?.history.find(({ event }) => event === 'looked');

  test('names recent web requests in the reminder, and records them for the page', async () => {
    await remind(deps(), about(await put(store, inForce())));
    expect(textOf(sent[0])).toContain('At least 1 web request from this address');
    expect(textOf(sent[0])).toContain('“GET /.env”');
    expect((await looked())?.text).toContain('“GET /.env”');
  });

  test('says that recent web requests are unknown when AWS WAF does not answer', async () => {
    const silent = { getSampledRequests: () => Promise.reject(new Error('no')) };
    const waf = { REGIONAL: silent, CLOUDFRONT: silent } as unknown as RemindDeps['waf'];
    await remind(deps({ waf }), about(await put(store, inForce())));
    expect(textOf(sent[0])).toContain('Unknown: its recent web requests (AWS WAF did not answer');
  });

  test('does not mention web requests when policy names no web ACL', async () => {
    await remind(deps({ policy: { ...POLICY, webAcls: [] } }), about(await put(store, inForce())));
    expect(textOf(sent[0])).not.toContain('web request');
    expect(await looked()).toBeUndefined();
  });
});

describe('a reminder', () => {
  test('reminds the approver of the action, its times, and what was seen since', async () => {
    const action = await put(store, inForce({ approval: approvedBy('ben.okafor') }));
    await store.records.changeIncident(INCIDENT_ID, (current) => ({
      ...current,
      version: current.version + 1,
      alerts: current.alerts.map((alert) => ({ ...alert, repeats: 3 })),
    }));
    expect(await remind(deps(), about(action))).toMatchObject({ reminded: 1 });
    expect(reminded()).toEqual(['ben.okafor']);
    const text = [sent[0]!.subject, asText(sent[0]!)].join('\n');
    for (const part of [
      'Blocked web requests from 203.0.113.7; it is undone at 04:03 UTC',
      'In force since: 03:03 UTC\n',
      'Undo is scheduled for 04:03 UTC.\n',
      'repeated 3 times',
    ])
      expect(text).toContain(part);
    const token = sent[0]!.links[0]!.url.slice(`${BASE_URL}/review/`.length);
    expect(await readLink(mac, token, 'review', minute(33))).toMatchObject({
      ok: true,
      claims: { person: 'ben.okafor', expires: minute(63).getTime() / 1000 },
    });
    const { history } = await store.records.action(INCIDENT_ID, action.actionId);
    expect(history.at(-1)).toMatchObject({ event: 'reminded', text: 'Reminded Ben Okafor' });
  });

  test.each(['reversing', 'reversed', 'reversal-failed'] as const)(
    'sends no reminder of an action that is %s',
    async (status) => {
      const action = await put(store, inForce({ status }));
      expect(await remind(deps(), about(action))).toMatchObject({ reminded: 0 });
      expect(sent).toEqual([]);
    },
  );

  const WATCH = { name: 'add_ip_to_watchlist', approval: null } as const;
  const unseen = { ...attacker, value: '198.51.100.77' };
  test('sends none about an automatic watch of an address that was not seen since, and records it', async () => {
    const action = await put(store, inForce({ ...WATCH, target: unseen }));
    expect(await remind(deps(), about(action))).toMatchObject({ reminded: 0 });
    expect(sent).toEqual([]);
    const { history } = await store.records.action(INCIDENT_ID, action.actionId);
    expect(history.at(-1)?.text).toBe('Reminded no one: the target stayed quiet');
  });

  const silent = { getSampledRequests: () => Promise.reject(new Error('no')) };
  test.each([
    ['was seen in web traffic', {}, {}],
    ['may have been seen', { target: unseen }, { waf: { REGIONAL: silent, CLOUDFRONT: silent } }],
    ['is blocked', { name: 'block_ip_at_firewall', target: unseen }, {}],
    ['a person approved to watch', { target: unseen, approval: approvedBy('ana.silva') }, {}],
    ['a person keeps on the list', { target: unseen, extensions: 1 }, {}],
  ] as const)('is sent about an address that %s', async (_what, change, given) => {
    const action = await put(store, inForce({ ...WATCH, ...change }));
    await remind(deps(given as Partial<RemindDeps>), about(action));
    expect(sent).toHaveLength(1);
  });

  test('is sent about few of the automatic watches of one incident, and about each that was seen or approved', async () => {
    const hex = (n: number) => n.toString(16).padStart(16, '0');
    const reminders = async (change: Partial<Action>) => {
      sent = [];
      store = storeOn(memoryTable());
      const alerts = Array.from({ length: 20 }, (_, n) => alertWith({ alertId: `al-${hex(n)}` }));
      const [first = alertWith()] = alerts;
      await store.records.createIncident({
        ...incidentWith(first),
        alerts: alerts.flatMap((alert) =>
          incidentWith(alert).alerts.map((one) => ({ ...one, repeats: 1 })),
        ),
      });
      for (const [n, { alertId }] of alerts.entries()) {
        const watch = { ...WATCH, target: unseen, actionId: `act-${hex(n)}-1`, alertId };
        await store.records.createAction(inForce({ ...watch, ...change }));
        await remind(deps({ store, now: () => minute(33 + n) }), {
          incidentId: INCIDENT_ID,
          actionId: watch.actionId,
        });
      }
      return sent.length;
    };
    expect(await reminders({})).toBe(3);
    expect(await reminders({ target: attacker })).toBe(20);
    expect(await reminders({ approval: approvedBy('ana.silva') })).toBe(20);
  });

  test('is sent about a watched address when the alert was repeated', async () => {
    const action = await put(store, inForce({ ...WATCH, target: unseen }));
    await store.records.changeIncident(INCIDENT_ID, (current) => ({
      ...current,
      version: current.version + 1,
      alerts: current.alerts.map((alert) => ({ ...alert, repeats: 1 })),
    }));
    await remind(deps(), about(action));
    expect(sent).toHaveLength(1);
  });

  test.each([
    ['ran automatically', null],
    ['was approved by someone who has left', approvedBy('left.us')],
  ])('reminds the on-call analyst of an action that %s', async (_, approval) => {
    await remind(deps(), about(await put(store, inForce({ approval }))));
    expect(reminded()).toEqual(['ana.silva']);
  });

  test('never reminds the person who is the target of the action', async () => {
    const target = { ...attacker, kind: 'iam-user' as const, ref: 'user-1', value: 'ana.silva' };
    await remind(deps(), about(await put(store, inForce({ approval: null, target }))));
    expect(reminded()).toEqual(['ben.okafor']);
  });

  test('records a channel that failed', async () => {
    notBy = ['Slack'];
    const action = await put(store, inForce());
    await remind(deps(), about(action));
    const { history } = await store.records.action(INCIDENT_ID, action.actionId);
    expect(history.slice(-2)).toMatchObject([
      { event: 'slack-failed', text: 'Not delivered: Slack to Ana Silva', people: ['ana.silva'] },
      { event: 'reminded', text: 'Reminded Ana Silva' },
    ]);
  });

  test('does not page anyone, because the action is undone automatically', async () => {
    await remind(deps(), about(await put(store, inForce())));
    expect(sent).toMatchObject([{ urgency: 'inform', ends: [] }]);
  });

  test('throws Unavailable when the reminder could not be sent', async () => {
    const action = await put(store, inForce());
    const send = () => Promise.reject(new Error('bounced'));
    await expect(remind(deps({ send }), about(action))).rejects.toThrow(Unavailable);
  });

  test('sends another message after an extension', async () => {
    const action = await put(store, inForce());
    await remind(deps(), about(action));
    await store.records.changeAction(INCIDENT_ID, action.actionId, (current) => ({
      ...current,
      version: current.version + 1,
      extensions: 1,
    }));
    await remind(deps(), about(action));
    expect(new Set(sent.map(({ key }) => key)).size).toBe(2);
  });
});
