// The hourly limit on pages, at the point where they are sent.
import { beforeEach, describe, expect, test } from 'vitest';
import { Conflict, Unavailable } from '../../functions/domain/errors.ts';
import type { Delivery, Message } from '../../functions/messaging/message.ts';
import { type RateLimitDeps, rateLimited } from '../../functions/messaging/rate-limited-send.ts';
import type { Store } from '../../functions/store/store.ts';
import { NOW, POLICY } from '../fixtures/case.ts';
import { PAGE_KEY } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { messageWith, TEAM } from './channels/message.ts';

let sent: Message[];
let store: Store;
let logged: string[];
beforeEach(() => {
  [sent, logged, store] = [[], [], storeOn(memoryTable())];
});

const limits = {
  pages: {
    ...POLICY.limits.pages,
    perPersonPerHour: 2,
    reservedForSevere: 0,
    digestAfterMinutes: 5,
  },
};
const send = (change: Partial<RateLimitDeps> = {}) =>
  rateLimited(
    async (message) => {
      sent.push(message);
      return { notBy: [] };
    },
    {
      store,
      policy: { limits, escalation: POLICY.escalation },
      pageKey: PAGE_KEY,
      now: () => NOW,
      log: (...line) => void logged.push(line.join(' ')),
      ...change,
    },
  );
const page = (key: string, change: Partial<Message> = {}) =>
  messageWith({ key, urgency: 'page', ...change });

describe('the hourly limit on pages', () => {
  test('sends as many pages as policy allows and holds the rest for the digest', async () => {
    const answers: Delivery[] = [];
    for (const key of ['a', 'b', 'c', 'd']) answers.push(await send()(page(key)));
    expect(sent.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(answers.map(({ held }) => held ?? false)).toEqual([false, false, true, true]);
  });

  test('says in the last page that it is the last one, and until when', async () => {
    await send()(page('a'));
    await send()(page('b'));
    expect(sent[0]!.paragraphs.join()).not.toContain('last page');
    expect(sent[1]!.paragraphs.at(-1)).toContain('your last page before 04:00 UTC');
  });

  test('P12: never pages about a low alert, and does not count it', async () => {
    for (const key of ['a', 'b', 'c']) await send()(page(key, { severity: 'low' }));
    expect(sent.map(({ urgency }) => urgency)).toEqual(['inform', 'inform', 'inform']);
    expect(await send()(page('d', { severity: 'critical' }))).toEqual({ notBy: [] });
    expect(sent.at(-1)?.urgency).toBe('page');
  });

  test('does not send a second page with the same `once` to the same person', async () => {
    await send()(page('a', { once: 'inc-1' }));
    expect(await send()(page('b', { once: 'inc-1' }))).toEqual({ notBy: [] });
    expect(sent.map(({ key }) => key)).toEqual(['a']);
  });

  test('counts the team as one recipient', async () => {
    for (const key of ['a', 'b', 'c']) await send()(page(key, { to: TEAM, links: [] }));
    expect(sent).toHaveLength(2);
    await send()(page('d'));
    expect(sent).toHaveLength(3);
  });

  test('does not limit messages without a page, nor pages that are always sent', async () => {
    for (const key of ['a', 'b', 'c']) await send()(page(key));
    await send()(page('d', { urgency: 'inform' }));
    await send()(page('e', { always: true }));
    expect(sent.map(({ key }) => key)).toEqual(['a', 'b', 'd', 'e']);
  });

  test('sends the page when the count cannot be read, and logs the error', async () => {
    const unreadable = { ...store.pager, admit: () => Promise.reject(new Unavailable('no table')) };
    const sending = send({ store: { pager: unreadable } });
    for (const key of ['a', 'b', 'c']) await sending(page(key));
    expect(sent).toHaveLength(3);
    expect(logged[0]).toContain('page not counted');
  });

  test('throws Conflict after a lost race, so that the sender retries', async () => {
    const busy = {
      ...store.pager,
      admit: () => Promise.reject(new Conflict('others were faster')),
    };
    await expect(send({ store: { pager: busy } })(page('a'))).rejects.toThrow(Conflict);
    expect(sent).toEqual([]);
  });
});

describe('a message that a digest may collect', () => {
  const later = (change: Partial<Message> = {}) =>
    messageWith({
      ...{ urgency: 'inform', severity: 'medium' },
      collectUntil: new Date(NOW.getTime() + 6 * 60_000).toISOString(),
      ...change,
    });

  test('joins the digest entry of its incident', async () => {
    for (const key of ['a', 'b'])
      expect(await send()(later({ key }))).toEqual({ notBy: [], collected: true });
    expect(sent).toEqual([]);
    const paging = { pageKey: PAGE_KEY, bounds: limits.pages, now: NOW };
    const { held, dueAt } = await store.pager.find('person:ana.silva', paging);
    expect(held).toMatchObject([{ incidentId: later().incidentId, collects: true }]);
    expect(dueAt).toBe(new Date(NOW.getTime() + 5 * 60_000).toISOString());
  });

  test('P12: moves the entry forward to the next minute if it is about a high alert', async () => {
    const paging = { pageKey: PAGE_KEY, bounds: limits.pages, now: NOW };
    for (const severity of ['medium', 'high', 'medium'] as const)
      await send()(later({ key: severity, severity }));
    const { held, dueAt } = await store.pager.find('person:ana.silva', paging);
    const until = new Date(NOW.getTime() + 60_000).toISOString();
    expect(dueAt).toBe(until);
    expect(held).toMatchObject([{ severity: 'high', until }]);
  });

  test('P12: is sent at once if it pages, is for the team, or the digest may come too late', async () => {
    const now = [
      later({ key: 'a', urgency: 'page' }),
      later({ key: 'b', to: TEAM, links: [] }),
      later({ key: 'c', collectUntil: new Date(NOW.getTime() + 5 * 60_000).toISOString() }),
      later({ key: 'd', collectUntil: undefined }),
    ];
    for (const message of now) await send()(message);
    expect(sent.map(({ key }) => key)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('P12: is sent at once when the digest cannot be written', async () => {
    const unreadable = { ...store.pager, admit: () => Promise.reject(new Unavailable('no table')) };
    await send({ store: { pager: unreadable } })(later());
    expect(sent).toHaveLength(1);
  });
});

describe('a message that may wait for the morning', () => {
  const bySeverity = { ...limits.pages.bySeverity, low: 'morning' } as const;
  const workingHours = {
    timeZone: 'UTC',
    days: ['mon', 'tue', 'wed', 'thu', 'fri'] as const,
    from: '08:00',
    to: '18:00',
  };
  const { escalation } = POLICY;
  const policyWith = (timeZone?: string) => ({
    limits: {
      pages: {
        ...limits.pages,
        bySeverity,
        workingHours: { ...workingHours, days: [...workingHours.days] },
      },
    },
    escalation: {
      ladder: escalation.ladder,
      people: {
        ...escalation.people,
        'ana.silva': { ...escalation.people['ana.silva']!, ...(timeZone && { timeZone }) },
      },
    },
  });
  const policy = policyWith();
  const minor = (change: Partial<Message> = {}) =>
    messageWith({
      key: 'a',
      urgency: 'inform',
      severity: 'low',
      canWait: true,
      links: [],
      ...change,
    });
  const paging = (now: string) => ({
    pageKey: PAGE_KEY,
    bounds: policy.limits.pages,
    now: new Date(now),
  });

  test('waits at night for the working hours of its recipient, once however often it is sent', async () => {
    for (let n = 0; n < 3; n++)
      expect(await send({ policy })(minor())).toEqual({ notBy: [], waits: true });
    expect(sent).toEqual([]);
    const { held, dueAt } = await store.pager.find(
      'person:ana.silva',
      paging('2026-11-24T03:00:00Z'),
    );
    expect(held.map(({ key }) => key)).toEqual(['a']);
    expect(dueAt).toBe('2026-11-24T08:00:00.000Z');
  });

  test('waits until the morning in the time zone of the person', async () => {
    await send({ policy: policyWith('America/New_York') })(minor());
    const { dueAt } = await store.pager.find('person:ana.silva', paging('2026-11-24T03:00:00Z'));
    expect(dueAt).toBe('2026-11-24T13:00:00.000Z');
  });

  test('waits until the morning in the time zone of the hours in which policy asks the person', async () => {
    const hours = {
      person: 'ana.silva',
      timeZone: 'America/New_York',
      days: ['mon', 'tue', 'wed', 'thu', 'fri'] as ('mon' | 'tue' | 'wed' | 'thu' | 'fri')[],
      from: '08:00',
      to: '20:00',
    };
    const ladder = [{ atMinutes: 0, ask: [hours] }];
    await send({ policy: { ...policy, escalation: { ...policy.escalation, ladder } } })(minor());
    const { dueAt } = await store.pager.find('person:ana.silva', paging('2026-11-24T03:00:00Z'));
    expect(dueAt).toBe('2026-11-24T13:00:00.000Z');
  });

  test('P12: is sent at once if it decides, ends a page, is severe, is for the team, or reports an effect', async () => {
    const now = [
      minor({ links: messageWith().links }),
      minor({ ends: ['ask-1'] }),
      minor({ severity: 'high' }),
      minor({ severity: 'critical', urgency: 'page' }),
      minor({ severity: undefined }),
      minor({ to: TEAM }),
      minor({ always: true, urgency: 'page' }),
      minor({ canWait: undefined }),
    ].map((message, n) => ({ ...message, key: `k${n}` }));
    for (const message of now) await send({ policy })(message);
    expect(sent.map(({ key }) => key)).toEqual(now.map(({ key }) => key));
  });

  test('is sent at once during working hours, without a page', async () => {
    const noon = () => new Date('2026-11-24T12:00:00Z');
    await send({ policy, now: noon })(minor({ urgency: 'page' }));
    expect(sent.map(({ urgency }) => urgency)).toEqual(['inform']);
  });

  test('is sent at once, with an error in the log, when the working hours cannot be read', async () => {
    await send({ policy: policyWith('Mars/Olympus') })(minor());
    expect(sent).toHaveLength(1);
    expect(logged[0]).toContain('working hours not read');
  });

  test('is sent at once when it cannot be noted that it waits', async () => {
    const unreadable = { ...store.pager, admit: () => Promise.reject(new Unavailable('no table')) };
    await send({ policy, store: { pager: unreadable } })(minor());
    expect(sent).toHaveLength(1);
  });
});
