// The reminder: only for what is still in force, to who approved it, with what was seen since and a link to decide.

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
import { attacker, INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { startStores } from '../store/dynamo.ts';
import { approvedByAna, BASE_URL, inForce, mac, minute, put } from '../web/desk.ts';

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

describe('what an address asked for on the web since', () => {
  const textOf = (message: Message | undefined) => (message ? asText(message) : '');
  const looked = async () =>
    (await store.records.actions(INCIDENT_ID))[0]?.history.find(({ event }) => event === 'looked');

  test('is in the reminder, and on the record for the page behind its link', async () => {
    await remind(deps(), about(await put(store, inForce())));
    expect(textOf(sent[0])).toContain('At least 1 web request from it');
    expect(textOf(sent[0])).toContain('“GET /.env”');
    expect((await looked())?.text).toContain('“GET /.env”');
  });

  test('is said to be unknown where AWS WAF does not answer, and the reminder goes out', async () => {
    const silent = { getSampledRequests: () => Promise.reject(new Error('no')) };
    const waf = { REGIONAL: silent, CLOUDFRONT: silent } as unknown as RemindDeps['waf'];
    await remind(deps({ waf }), about(await put(store, inForce())));
    expect(textOf(sent[0])).toContain(
      'Recent web requests from it are unknown: AWS WAF did not answer',
    );
  });

  test('is not spoken of where policy names no web ACL, nor for what is no address', async () => {
    await remind(deps({ policy: { ...POLICY, webAcls: [] } }), about(await put(store, inForce())));
    expect(textOf(sent[0])).not.toContain('web request');
    expect(await looked()).toBeUndefined();
  });
});

describe('a reminder', () => {
  test('tells who approved it what it is, since when, until when, and what was seen since', async () => {
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
      'Block web requests from 203.0.113.7/32',
      'In force since: 03:03 UTC on 24 Nov',
      'undone at 04:03 UTC on 24 Nov',
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
    'is not sent for what is %s',
    async (status) => {
      const action = await put(store, inForce({ status }));
      expect(await remind(deps(), about(action))).toMatchObject({ reminded: 0 });
      expect(sent).toEqual([]);
    },
  );

  test.each([
    ['ran without a person', null],
    ['was approved by somebody who has left', approvedBy('left.us')],
  ])('goes to the on-call analyst for what %s', async (_, approval) => {
    await remind(deps(), about(await put(store, inForce({ approval }))));
    expect(reminded()).toEqual(['ana.silva']);
  });

  test('never goes to the person whom the action is about', async () => {
    const target = { ...attacker, kind: 'iam-user' as const, ref: 'user-1', value: 'ana.silva' };
    await remind(deps(), about(await put(store, inForce({ approval: null, target }))));
    expect(reminded()).toEqual(['ben.okafor']);
  });

  test('says in the record by which channel it did not arrive', async () => {
    notBy = ['Slack'];
    const action = await put(store, inForce());
    await remind(deps(), about(action));
    const { history } = await store.records.action(INCIDENT_ID, action.actionId);
    expect(history.at(-1)?.text).toBe('Reminded Ana Silva; not delivered: Slack to Ana Silva');
  });

  test('wakes nobody: it is undone by itself', async () => {
    await remind(deps(), about(await put(store, inForce())));
    expect(sent).toMatchObject([{ urgency: 'inform', ends: [] }]);
  });

  test('is tried again when it could not be sent', async () => {
    const action = await put(store, inForce());
    const send = () => Promise.reject(new Error('bounced'));
    await expect(remind(deps({ send }), about(action))).rejects.toThrow(Unavailable);
  });

  test('after an extension is another message', async () => {
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
