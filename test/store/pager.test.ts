// The hourly page limit of a person, and the digest of held messages.
import { beforeEach, describe, expect, test } from 'vitest';
import type { SeverityLabel } from '../../functions/domain/alert.ts';
import { signClaims } from '../../functions/links/signed-claims.ts';
import { digestOf } from '../../functions/store/hash-chain.ts';
import type { Held } from '../../functions/store/page-limit.ts';
import type { Store } from '../../functions/store/store.ts';
import type { Item } from '../../functions/store/table.ts';
import { INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { PAGE_KEY } from '../fixtures/proofs.ts';
import { startStores } from './stores.ts';

const db = startStores();
let store: Store;
beforeEach(async () => {
  store = await db.fresh();
});

const ANA = 'person:ana.silva';
const bounds = {
  ...POLICY.limits.pages,
  perPersonPerHour: 3,
  reservedForSevere: 0,
  digestAfterMinutes: 5,
};
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const paging = (minutes: number) => ({ pageKey: PAGE_KEY, bounds, now: at(minutes) });
const text = { subject: 'Approve?', incidentId: INCIDENT_ID, actionId: null };
const page = (key: string, change = {}) => ({ key, always: false, text, ...change });
const admit = (key: string, minutes: number, change = {}, to = ANA) =>
  store.pager.admit(to, page(key, change), paging(minutes));
const isPaged = async (...given: Parameters<typeof admit>) => (await admit(...given)).pages;
/** The item with the proof of a function that sends pages. */
const signed = async (item: Item, recipient = ANA): Promise<Item> => {
  const { woken, held, more, dueAt } = item;
  const claims = { recipient, state: digestOf({ woken, held, more, dueAt }) };
  return { ...item, proof: await signClaims(PAGE_KEY, 'countermand pages v1', claims) };
};
const keys = (held: readonly Held[]) => held.map(({ key }) => key);
const heldAt = (key: string, minutes = 1) => ({ key, at: at(minutes).toISOString() });

describe('pages of a person', () => {
  test('pages never exceed the limit in any 60 minutes, and the digest holds the other messages', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => isPaged(`p${n}`, 0)));
    expect(answers.filter(Boolean)).toHaveLength(3);
    const { held, more } = await store.pager.find(ANA, paging(0));
    expect(held.length + more).toBe(27);
  });

  test('allows another page 60 minutes after an earlier one, not at the full hour', async () => {
    for (const n of [0, 1, 2]) expect(await isPaged(`p${n}`, 50)).toBe(true);
    expect(await isPaged('late', 61)).toBe(false);
    expect(await isPaged('later', 110)).toBe(true);
  });

  test('counts a message once, however often it is sent', async () => {
    for (let n = 0; n < 10; n++) expect(await isPaged('same', n)).toBe(true);
    expect(await isPaged('second', 11)).toBe(true);
    for (let n = 0; n < 5; n++) await admit(`p${n}`, 12);
    for (let n = 0; n < 5; n++) expect(await isPaged('p4', 13)).toBe(false);
    expect(keys((await store.pager.find(ANA, paging(0))).held)).toEqual(['p1', 'p2', 'p3', 'p4']);
  });

  test('counts pages separately for each person and for the team', async () => {
    for (const n of [0, 1, 2]) await admit(`p${n}`, 0);
    expect(await isPaged('p3', 1)).toBe(false);
    expect(await isPaged('p3', 1, {}, 'person:ben.okafor')).toBe(true);
    expect(await isPaged('p3', 1, {}, 'team')).toBe(true);
  });

  test('always pages for a message that must not be held, and counts it', async () => {
    for (const n of [0, 1, 2, 3, 4]) expect(await isPaged(`p${n}`, 0, { always: true })).toBe(true);
    expect(await isPaged('p5', 1)).toBe(false);
  });

  test('counts pages after a rollback from a later version, and keeps the fields that it added', async () => {
    for (const n of [0, 1, 2, 3]) await admit(`p${n}`, 0);
    const key = { pk: `PAGER#${ANA}`, sk: 'PAGER' };
    const { held, ...item } = (await store.table.get(key)) as Item & { held: object[] };
    const fromLater = held.map((one) => ({ ...one, later: 'unknown here' }));
    await store.table.put(await signed({ ...item, held: fromLater }));
    expect(await isPaged('p4', 1)).toBe(false);
    expect((await store.pager.find(ANA, paging(0))).held).toMatchObject([
      { key: 'p3', later: 'unknown here' },
      { key: 'p4' },
    ]);
  });

  test('returns the time of the next possible page with the last one', async () => {
    expect(await admit('p0', 0)).toMatchObject({ pages: true, nextAt: null });
    await admit('p1', 7);
    expect(await admit('p2', 8)).toMatchObject({ pages: true, nextAt: at(60).toISOString() });
  });
});

describe('a count of pages that nothing proves', () => {
  const key = { pk: `PAGER#${ANA}`, sk: 'PAGER' };
  const stored = async () => (await store.table.get(key)) as Item & { woken: object[] };
  const others = (n: number) => ({ at: at(0).toISOString(), key: `other-${n}` });
  const full = Array.from({ length: 100 }, (_, n) => others(n));

  test('holds back no page', async () => {
    const planted = { ...key, woken: full, held: [], more: 0, dueAt: null, version: 1 };
    for (const proof of [undefined, null, 'x.y']) {
      await store.table.put({ ...planted, ...(proof !== undefined && { proof }) });
      expect(await isPaged('p0', 1), `proof: ${proof}`).toBe(true);
    }
  });

  test('holds back no page with the proof of another count, recipient or state', async () => {
    await admit('p0', 0);
    await store.table.put({ ...(await stored()), woken: full });
    expect(await isPaged('p1', 1)).toBe(true);
    for (const n of [0, 1, 2]) await admit(`t${n}`, 1, {}, 'team');
    const team = await store.table.get({ pk: 'PAGER#team', sk: 'PAGER' });
    await store.table.put({ ...team, ...key });
    expect(await isPaged('p2', 1)).toBe(true);
  });

  test('keeps the messages that it holds, and makes their digest due at once', async () => {
    for (const n of [0, 1, 2, 3]) await admit(`p${n}`, 0);
    await store.table.put({ ...(await stored()), proof: null, dueAt: at(600).toISOString() });
    expect(await store.pager.find(ANA, paging(1))).toMatchObject({
      woken: [],
      held: [{ key: 'p3' }],
      dueAt: at(1).toISOString(),
    });
  });

  test('limits pages again from the next count on', async () => {
    await store.table.put({ ...key, woken: full, held: [], more: 0, dueAt: null, version: 1 });
    for (const n of [0, 1, 2]) expect(await isPaged(`p${n}`, 1)).toBe(true);
    expect(await isPaged('p3', 1)).toBe(false);
  });
});

describe('the digest', () => {
  const dueAt = async () => (await store.pager.find(ANA, paging(0))).dueAt;
  const due = async (minutes: number) =>
    (await store.records.needingAttention(at(minutes))).digests;
  beforeEach(async () => {
    for (const n of [0, 1, 2]) await admit(`p${n}`, 0);
  });

  test('makes the digest due soon after the first held message, for the sweeper to find', async () => {
    expect(await dueAt()).toBeNull();
    await admit('first', 10);
    await admit('second', 13);
    expect(await dueAt()).toBe(at(15).toISOString());
    expect(await due(14.9)).toEqual([]);
    expect(await due(15)).toEqual([ANA]);
  });

  test('holds a limited number of messages in the digest, and counts the others', async () => {
    for (let n = 0; n < 60; n++) await admit(`held${n}`, 1);
    expect(await store.pager.find(ANA, paging(0))).toMatchObject({
      held: { length: 25 },
      more: 35,
    });
  });

  test('empties the digest once it is sent, and puts later messages into another one', async () => {
    await admit('first', 1);
    const said = { sent: [heldAt('first')], kept: [], more: 0 };
    await admit('meanwhile', 6);
    await store.pager.digestSent(ANA, said, paging(6));
    const { held } = await store.pager.find(ANA, paging(0));
    expect(keys(held)).toEqual(['meanwhile']);
    expect(await dueAt()).toBe(at(11).toISOString());
    await store.pager.digestSent(ANA, { ...said, sent: [heldAt('meanwhile', 6)] }, paging(11));
    expect(await dueAt()).toBeNull();
    expect(await due(1000)).toEqual([]);
  });

  test('keeps a message that still needs an answer until another page is possible', async () => {
    await admit('first', 1);
    await store.pager.digestSent(
      ANA,
      { sent: [heldAt('first')], kept: ['first'], more: 0 },
      paging(6),
    );
    expect(await store.pager.find(ANA, paging(0))).toMatchObject({
      held: [{ key: 'first', told: true }],
      dueAt: at(60).toISOString(),
    });
  });

  test('keeps one entry per incident, and a digest without its last message does not remove it', async () => {
    const collected = { until: at(6).toISOString(), collects: true };
    for (const minutes of [1, 2]) await admit('collected-inc-1', minutes, collected);
    const { held } = await store.pager.find(ANA, paging(2));
    expect(held).toMatchObject([{ ...heldAt('collected-inc-1', 2), ...collected }]);
    expect(await due(5)).toEqual([]);
    expect(await due(6)).toEqual([ANA]);
    const withoutLast = { sent: [heldAt('collected-inc-1', 1)], kept: [], more: 0 };
    await store.pager.digestSent(ANA, withoutLast, paging(6));
    expect(keys((await store.pager.find(ANA, paging(6))).held)).toEqual(['collected-inc-1']);
    await store.pager.digestSent(ANA, { ...withoutLast, sent: held }, paging(6));
    expect(await store.pager.find(ANA, paging(6))).toMatchObject({ held: [], dueAt: null });
  });

  test('P12: sends the message of a further incident at once when the digest is full', async () => {
    const collected = { until: at(6).toISOString(), collects: true };
    for (let n = 0; n < 25; n++)
      expect(await isPaged(`collected-inc-${n}`, 1, collected)).toBe(false);
    expect(await isPaged('collected-inc-25', 1, collected)).toBe(true);
    expect(await isPaged('collected-inc-0', 1, collected)).toBe(false);
  });

  test('removes a message from the digest when it can be paged after all', async () => {
    await admit('first', 1);
    expect(await isPaged('first', 61)).toBe(true);
    expect(await store.pager.find(ANA, paging(0))).toMatchObject({ held: [], dueAt: null });
  });
});

describe('severity', () => {
  const bounds = { ...POLICY.limits.pages, perPersonPerHour: 4, reservedForSevere: 2 };
  const severe = (key: string, severity: SeverityLabel, more = {}) =>
    store.pager.admit(
      ANA,
      {
        key,
        severity,
        always: false,
        text: { subject: key, incidentId: `inc-${key}`, actionId: null },
        ...more,
      },
      { pageKey: PAGE_KEY, bounds, now: NOW },
    );

  test('P12: reserves pages for high alerts while medium ones reach their limit', async () => {
    const paged = async (key: string, severity: SeverityLabel) =>
      (await severe(key, severity)).pages;
    expect([await paged('m1', 'medium'), await paged('m2', 'medium')]).toEqual([true, true]);
    expect(await paged('m3', 'medium')).toBe(false);
    expect([await paged('h1', 'high'), await paged('h2', 'high')]).toEqual([true, true]);
    expect(await paged('h3', 'high')).toBe(false);
  });

  test('P12: the first page about a critical incident ignores the limit', async () => {
    for (const key of ['a', 'b', 'c', 'd']) await severe(key, 'high');
    const text = { subject: 'x', incidentId: 'inc-critical', actionId: null };
    expect((await severe('c1', 'critical', { text })).pages).toBe(true);
    expect((await severe('c2', 'critical', { text })).pages, 'the second one').toBe(false);
    expect((await severe('c3', 'critical')).pages, 'another incident').toBe(true);
    expect((await severe('digest', 'critical', { text: null })).pages, 'the digest').toBe(false);
  });

  test('P12: the first page about an incident that became critical ignores the limit', async () => {
    for (const key of ['a', 'b', 'c', 'd']) await severe(key, 'high');
    const text = { subject: 'x', incidentId: 'inc-a', actionId: null };
    expect((await severe('raised', 'critical', { text })).pages).toBe(true);
    expect((await severe('again', 'critical', { text })).pages).toBe(false);
  });

  test('P12: the digest lists high alerts before a flood of medium ones, and counts the others', async () => {
    for (const key of ['a', 'b', 'c', 'd']) await severe(key, 'high');
    for (let n = 0; n < 25; n++) await severe(`m${n}`, 'medium');
    for (const key of ['h', 'medium']) await severe(key, key === 'h' ? 'high' : 'medium');
    const { held, more } = await store.pager.find(ANA, paging(0));
    expect(keys(held)).toContain('h');
    expect([held.length, more]).toEqual([25, 2]);
  });

  test('sends one page about the same thing, and a repeat of it after a crash', async () => {
    const once = 'inc-1-critical';
    expect(await severe('a', 'critical', { once })).toMatchObject({ pages: true, isRepeat: false });
    expect(await severe('a', 'critical', { once })).toMatchObject({ pages: true, isRepeat: false });
    expect(await severe('b', 'critical', { once })).toMatchObject({ isRepeat: true });
  });
});
