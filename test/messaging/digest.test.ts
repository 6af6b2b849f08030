// The digest: the state of each page that was held back, and its link.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { Unavailable } from '../../functions/domain/errors.ts';
import { readLink } from '../../functions/links/link.ts';
import { asText } from '../../functions/messaging/channels/channel.ts';
import { Message, notificationKey } from '../../functions/messaging/message.ts';
import { IN_TICKET } from '../../functions/messaging/texts/delivery.ts';
import type { NotifyDeps } from '../../functions/notify/deps.ts';
import { notify } from '../../functions/notify/notify.ts';
import { collectedKey, type Page } from '../../functions/store/page-limit.ts';
import type { Store } from '../../functions/store/store.ts';
import { alertWith, INCIDENT_ID, incidentWith, POLICY } from '../fixtures/case.ts';
import { PAGE_KEY } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { ana, BASE_URL, mac, mei, minute, requestWith, waiting } from '../web/approval-pages.ts';

const pages = {
  ...POLICY.limits.pages,
  perPersonPerHour: 2,
  reservedForSevere: 0,
  digestAfterMinutes: 5,
};
const policy = { ...POLICY, limits: { ...POLICY.limits, pages } };
const ANA = `person:${ana.id}`;

let store: Store;
let sent: Message[];
let deaf: boolean;
beforeEach(async () => {
  [store, sent, deaf] = [storeOn(memoryTable()), [], false];
  await store.records.createIncident(incidentWith());
  await store.records.putAlert(INCIDENT_ID, alertWith(), {});
  for (const key of ['woken-1', 'woken-2']) await hold(key, null, 0);
});

const deps = (at: number): NotifyDeps => ({
  store,
  policy,
  send: async (message) => {
    if (deaf) throw new Unavailable('no channel took it');
    sent.push(Message.parse(message));
    return { notBy: [] };
  },
  openTicket: async () => 'oi-1',
  mac,
  pageKey: PAGE_KEY,
  webBaseUrl: BASE_URL,
  now: () => minute(at),
  log: () => {},
});
/** A page at this minute. The first two of the hour page the recipient. */
const hold = (key: string, actionId: string | null, at: number, to = ANA) =>
  store.pager.admit(
    to,
    {
      key,
      always: false,
      text: { subject: `Subject of ${key}`, incidentId: INCIDENT_ID, actionId },
    },
    { pageKey: PAGE_KEY, bounds: pages, now: minute(at) },
  );
const idOf = (n: number) => `act-0123456789abcdef-${n}`;
const holdAction = async (n: number, change: Partial<Action> = {}, to = ANA) => {
  const action = waiting({ actionId: idOf(n), ...change });
  await store.records.createAction(action);
  await hold(`held-${n}`, action.actionId, 1, to);
  return action;
};
const digestAt = (at: number, digestFor = ANA) => notify(deps(at), { digestFor });
const text = (index = 0) => [sent[index]!.subject, asText(sent[index]!)].join('\n');

describe('the digest', () => {
  test('sends the digest once, without a page, soon after the hourly limit is reached', async () => {
    for (const n of [1, 2, 3]) await holdAction(n);
    expect(await digestAt(5)).toMatchObject({ told: 0 });
    expect(sent).toEqual([]);
    await digestAt(6);
    expect(sent).toMatchObject([{ urgency: 'inform', to: { kind: 'person', id: ana.id } }]);
    expect(sent[0]?.subject).toBe('3 messages without a page, 3 still open');
  });

  test("the digest has a link for each open request, in the recipient's name", async () => {
    const action = await holdAction(1);
    await digestAt(6);
    const { url } = sent[0]!.links[0]!;
    const token = url.slice(`${BASE_URL}/approve/`.length);
    expect(await readLink(mac, token, 'approve', minute(6))).toMatchObject({
      ok: true,
      claims: { person: ana.id, actionId: action.actionId, digest: action.digest },
    });
    expect(text()).toContain('waiting for approval until 03:15 UTC');
  });

  test('the digest shows the outcome of decided requests, without a link', async () => {
    await holdAction(1, { status: 'declined' });
    await holdAction(2, { status: 'in-force', dueAt: minute(60).toISOString() });
    await holdAction(3, { status: 'expired' });
    await digestAt(6);
    expect(sent[0]?.subject).toBe('3 messages without a page, 1 still open');
    expect(sent[0]?.links).toEqual([]);
    expect(sent[0]?.lists, 'if the email bounces').toEqual([
      { incidentId: INCIDENT_ID, actionId: idOf(3) },
    ]);
    for (const part of [
      ': declined',
      ': in force until 04:00 UTC',
      ': expired. Nothing was changed; the incident’s ticket has the next steps',
    ])
      expect(text()).toContain(part);
  });

  test('names each collected request and no message that waited for the morning, in case the email bounces', async () => {
    for (const n of [1, 2]) await store.records.createAction(waiting({ actionId: idOf(n) }));
    await store.records.createAction(waiting({ actionId: idOf(3), status: 'expired' }));
    const admit = (page: Pick<Page, 'key' | 'collects'>, actionId: string) =>
      store.pager.admit(
        ANA,
        {
          ...page,
          always: false,
          until: minute(5).toISOString(),
          text: { subject: 'Subject', incidentId: INCIDENT_ID, actionId },
        },
        { pageKey: PAGE_KEY, bounds: pages, now: minute(1) },
      );
    await admit({ key: collectedKey(INCIDENT_ID), collects: true }, idOf(2));
    await admit({ key: 'morning' }, idOf(3));
    await digestAt(6);
    expect(sent[0]?.lists?.map(({ actionId }) => actionId)).toEqual([idOf(1), idOf(2)]);
  });

  test('says that a ticket was opened although its request expired', async () => {
    await holdAction(1, { status: 'expired', name: 'create_alert_ticket', description: null });
    await digestAt(6);
    expect(text()).toContain('Open a ticket for this incident: not approved in time');
    expect(text()).not.toContain('Nothing was changed');
  });

  test('does not call a request waiting after its deadline', async () => {
    await holdAction(1);
    await digestAt(16);
    expect(text()).toContain(': expired');
    expect(text()).not.toContain('waiting for approval');
  });

  test('the digest lists a page as open, with its subject, while its state is current', async () => {
    const about = async (n: number, change: Partial<Action>, status: Action['status']) => {
      const action = waiting({ actionId: idOf(n), ...change });
      await store.records.createAction(action);
      await hold(`${status}-${action.actionId}-3-${ana.id}`, action.actionId, 1);
    };
    await about(1, { status: 'in-force', dueAt: minute(60).toISOString() }, 'in-force');
    await about(2, { status: 'reversed', name: 'revoke_api_key' }, 'reversed');
    await about(3, { status: 'kept' }, 'in-force');
    await digestAt(6);
    expect(sent[0]?.subject).toBe('3 messages without a page, 2 still open');
    const [open = '', over = ''] = text().split('These need no answer:');
    for (const part of [`Subject of in-force-${idOf(1)}`, `Subject of reversed-${idOf(2)}`])
      expect(open).toContain(part);
    expect(over).toContain(': kept');
  });

  test('the digest names the alert of a notification that paged no one, as open', async () => {
    const action = waiting({
      status: 'kept',
      name: 'send_analyst_notification',
      description: null,
    });
    await store.records.createAction(action);
    const key = notificationKey(action.actionId, ana.id);
    await hold(key, action.actionId, 1);
    await digestAt(6);
    expect(sent[0]?.subject).toBe('1 message without a page, 1 still open');
    expect(text()).toContain(`- Subject of ${key}; the incident’s ticket has the next steps`);
  });

  test('the digest has a link with which a manager can request an expired action again', async () => {
    for (const key of ['mei-1', 'mei-2']) await hold(key, null, 0, `person:${mei.id}`);
    await holdAction(1, { status: 'expired' }, `person:${mei.id}`);
    await digestAt(6, `person:${mei.id}`);
    expect(sent[0]?.links[0]?.url).toContain('/ask-anew/');
  });

  test('the digest shows the subject of messages about the incident', async () => {
    await hold('close', null, 1);
    await digestAt(6);
    expect(text()).toContain(`Subject of close (${INCIDENT_ID})`);
  });

  test('the digest says how many pages are not listed', async () => {
    for (let n = 0; n < 30; n++) await hold(`held-${n}`, null, 1);
    await digestAt(6);
    expect(sent[0]?.subject).toBe('30 messages without a page, 25 still open');
    expect(text()).toContain('5 more are not listed');
  });

  test('sends the digest again after a crash before it was cleared, and not after that', async () => {
    await holdAction(1);
    deaf = true;
    await expect(digestAt(6)).rejects.toThrow(Unavailable);
    deaf = false;
    await digestAt(7);
    await digestAt(8);
    expect(sent).toHaveLength(1);
  });

  test('pages again with the digest once the hourly limit allows it and an entry still needs a person', async () => {
    await holdAction(1, { status: 'handed-off' });
    await holdAction(2);
    await digestAt(6);
    await store.records.changeAction(INCIDENT_ID, idOf(2), (current) => ({
      ...current,
      status: 'declined',
      version: current.version + 1,
    }));
    await digestAt(59);
    expect(sent).toHaveLength(1);
    await digestAt(60);
    expect(sent[1]).toMatchObject({ urgency: 'page', always: true });
    expect(sent[1]?.subject).toBe('2 messages without a page, 1 still open');
    await digestAt(200);
    expect(sent).toHaveLength(2);
  });

  test('sends no second digest if no entry still needs a person', async () => {
    await holdAction(1, { approval: requestWith({ expiresAt: minute(15).toISOString() }) });
    await digestAt(6);
    await digestAt(60);
    expect(sent).toHaveLength(1);
    expect((await store.pager.find(ANA, { pageKey: PAGE_KEY, now: minute(0) })).dueAt).toBeNull();
  });

  test('drops the digest of a person who left policy', async () => {
    const gone = 'person:someone.else';
    for (const key of ['a', 'b', 'c']) await hold(key, null, 1, gone);
    await digestAt(6, gone);
    expect(sent).toEqual([]);
    expect((await store.pager.find(gone, { pageKey: PAGE_KEY, now: minute(0) })).dueAt).toBeNull();
  });
});

describe('messages that wait for the morning', () => {
  const MORNING = 300;
  const wait = async (n: number) => {
    const action = waiting({ actionId: idOf(n), status: 'handed-off' });
    await store.records.createAction(action);
    await store.pager.admit(
      ANA,
      {
        key: `waiting-${n}`,
        always: false,
        severity: 'low',
        until: minute(MORNING).toISOString(),
        text: { subject: `Subject ${n}`, incidentId: INCIDENT_ID, actionId: action.actionId },
      },
      { pageKey: PAGE_KEY, bounds: pages, now: minute(1) },
    );
  };

  test('are in one digest in the morning, which does not page, and in none before or after', async () => {
    for (const n of [1, 2, 3]) await wait(n);
    expect(await digestAt(MORNING - 1)).toMatchObject({ told: 0 });
    expect(sent).toEqual([]);
    await digestAt(MORNING);
    await digestAt(MORNING + 61);
    expect(sent).toMatchObject([{ urgency: 'inform', to: { kind: 'person', id: ana.id } }]);
    expect(sent[0]?.subject).toBe('3 messages outside your working hours, 3 still open');
    expect(text()).toContain('came outside your working hours, so they waited');
    expect(text()).not.toContain('Policy limits your pages');
  });

  test('neither delay nor join a digest of the night, and are not crowded out by it', async () => {
    for (const n of [1, 2]) await wait(n);
    for (let n = 3; n < 30; n++) await hold(`page-${n}`, null, 2);
    await digestAt(7);
    expect(sent).toHaveLength(1);
    expect(text()).toContain('Subject of page-3 ');
    expect(text()).not.toContain('Subject 1');
    expect(text()).toContain('2 more are not listed');
    expect(sent[0]?.subject).toMatch(/^27 messages without a page/);
    const { held } = await store.pager.find(ANA, {
      pageKey: PAGE_KEY,
      now: minute(8),
    });
    expect(held.filter(({ key }) => key.startsWith('waiting'))).toHaveLength(2);
    await digestAt(MORNING);
    expect(sent.at(-1)?.paragraphs.join()).toContain(IN_TICKET);
  });
});
