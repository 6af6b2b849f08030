// The list and the changes in force: filters, pages, limits and polls.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Summary } from '../../../functions/domain/summary.ts';
import type { Store } from '../../../functions/store/store.ts';
import { isShown, SUMMARISED_PREFIXES } from '../../../functions/store/summarised.ts';
import type { Key } from '../../../functions/store/table.ts';
import { summarise } from '../../../functions/summarise/summarise.ts';
import { listed, needingPerson } from '../../../functions/web/console/list/filter.ts';
import { readQuery } from '../../../functions/web/console/list/query.ts';
import { nextOf } from '../../../functions/web/console/list/sentences.ts';
import { stateName } from '../../../functions/web/console/list/texts.ts';
import { createConsole } from '../../../functions/web/console/site.ts';
import { MODE, SWITCH } from '../../../functions/web/console/texts.ts';
import { INCIDENT_ID, POLICY } from '../../fixtures/case.ts';
import { asking, holding, manySummaries, summaryWith } from '../../fixtures/summaries.ts';
import { resume } from '../../fixtures/switch.ts';
import { memoryTable, storeOn } from '../../store/memory-table.ts';
import { BASE_URL, inForce, mac, minute, pages, put, waiting } from '../approval-pages.ts';

const NOW = minute(4);
const MANY = manySummaries(NOW);
const SAID = { by: 'person:ana.silva', at: minute(2).toISOString(), why: 'attack on us' };

describe('a filter', () => {
  const found = (query: Record<string, string>, summaries: readonly Summary[] = MANY) =>
    listed(summaries, readQuery(query).query, NOW);

  test('shows 20 incidents a page, the open ones first and the worst of them first', () => {
    const first = found({});
    expect(first.open).toHaveLength(20);
    expect(first.total).toBe(500);
    expect(first.pages).toHaveLength(25);
    const rank = ['critical', 'high', 'medium', 'low', 'informational'];
    const ranks = first.open.map(({ severity }) => rank.indexOf(severity));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
  });

  test('shows every incident exactly once over all pages, the closed ones newest first', () => {
    const all = found({}).pages.flatMap((after) => {
      const { open, closed } = found(after ? { after } : {});
      return [...open, ...closed];
    });
    expect(new Set(all.map(({ incidentId }) => incidentId)).size).toBe(500);
    const closed = found({ view: 'closed' }).closed.map(({ updatedAt }) => updatedAt);
    expect(closed).toEqual(closed.toSorted().toReversed());
  });

  test.each<[Record<string, string>, (one: Summary) => boolean]>([
    [{ severity: 'high' }, ({ severity }) => ['critical', 'high'].includes(severity)],
    [{ type: 'Recon' }, ({ types }) => types[0]!.startsWith('Recon:')],
    [{ by: 'ben.okafor' }, ({ people }) => people.some(({ id }) => id === 'ben.okafor')],
    [{ entity: 'ip' }, () => true],
    [{ entity: 'bucket' }, () => false],
    [{ time: '24h' }, ({ updatedAt }) => Date.parse(updatedAt) >= NOW.getTime() - 86_400_000],
    [{ q: 'BASTION-1' }, ({ title }) => title.includes('bastion-1')],
    [{ q: 'bastion-1 guessed or mining' }, ({ title }) => /bastion-1|mining/.test(title)],
    [{ q: '203.0.113.7' }, (one) => /^203\.0\.113\.7\d?$/.test(one.entities[0]!.value)],
    [{ view: 'waiting' }, ({ requests }) => requests.length > 0],
    [{ view: 'handed-off' }, ({ outcome }) => outcome === 'handed-off'],
  ])('%j keeps exactly the incidents that it names', (query, isKept) => {
    expect(found(query).total).toBe(MANY.filter(isKept).length);
  });

  test('counts in each view what the other filters leave', () => {
    const { counts } = found({ q: 'bastion-1', view: 'waiting' });
    const named = MANY.filter(({ title }) => title.includes('bastion-1'));
    expect(counts.all).toBe(named.length);
    expect(counts.waiting).toBe(named.filter(({ requests }) => requests.length > 0).length);
  });

  test('leaves out a request whose time is over', () => {
    const late = [summaryWith(1, NOW, asking(1, NOW, -1))];
    expect(found({ view: 'waiting' }, late).total).toBe(0);
    expect(needingPerson(late, NOW)).toEqual([]);
  });

  test('puts a failed undo before a question of the same severity, and the worst before both', () => {
    const three = [
      summaryWith(1, NOW, { ...asking(1, NOW), severity: 'high' }),
      summaryWith(2, NOW, { ...holding(2, NOW, 'reversal-failed'), severity: 'high' }),
      summaryWith(3, NOW, { ...asking(3, NOW), severity: 'critical' }),
    ];
    const order = needingPerson(three, NOW).map(({ severity, effects }) => [
      severity,
      effects.length,
    ]);
    expect(order).toEqual([
      ['critical', 0],
      ['high', 1],
      ['high', 0],
    ]);
  });
});

describe('the words of a row', () => {
  test('claim no change in force while the only change waits to be applied', () => {
    const { effects } = holding(1, NOW);
    const waits = effects?.map((one) => ({ ...one, status: 'executing' as const })) ?? [];
    const waiting = summaryWith(1, NOW, { ...holding(1, NOW), effects: waits });
    expect(stateName(waiting, 0, NOW)).toBe('Being applied');
    expect(nextOf(waiting, NOW)).toBe('Being applied; the rate limit may delay it');
  });

  test('claim nothing about other actions of an incident whose last request expired', () => {
    const ended = {
      ...{ actionId: 'act-1', name: 'revoke_api_key' as const, order: 'deactivate it' },
      ...{ status: 'expired' as const, at: NOW.toISOString(), by: null },
    };
    const expired = summaryWith(1, NOW, { outcome: 'recommended-not-executed', ended });
    expect(nextOf(expired, NOW)).toBe('No one decided in time');
  });
});

describe('the pages', () => {
  let store: Store;
  let reads: string[];
  beforeEach(() => {
    store = storeOn(memoryTable());
    reads = [];
  });

  const site = () => {
    const { table } = store;
    const counted = storeOn({
      ...table,
      get: (key) => {
        reads.push(key.pk);
        return table.get(key);
      },
      query: (pk, options) => {
        reads.push(pk);
        return table.query(pk, options);
      },
      due: (list, until, limit) => {
        reads.push(list);
        return table.due(list, until, limit);
      },
    });
    return createConsole({
      ...{ store: counted, policy: POLICY, mac, pages, actsAs: 'ana.silva' },
      ...{ newId: () => 'id', webBaseUrl: BASE_URL, now: () => NOW, log: () => {} },
    });
  };
  const text = async (path: string) => (await site().request(path)).text();
  async function putAll(summaries: readonly Summary[]): Promise<void> {
    for (const one of summaries) {
      await store.summaries.put(one);
      await store.table.put({ pk: 'LIST', sk: `${one.openedAt}#${one.incidentId}` });
    }
    await store.summaries.setRevision('1');
  }

  test('name each part of the address that is not valid, and show the rest', async () => {
    await putAll(MANY.slice(0, 30));
    const page = await text('/console?severity=huge&time=1h&q=bastion-1');
    expect(page).toContain('Severity: expected critical, high, medium or low');
    expect(page).toContain('Time: expected 24h, 7d, 30d or 90d');
    expect(page).toContain('SSH passwords are being guessed on bastion-1');
  });

  test('do not say that no question is open while the summary of an incident is missing', async () => {
    const none = 'No question is open';
    expect(await text('/console')).toContain(none);
    await put(store, waiting());
    const behind = await text('/console');
    expect(behind).toContain('This list is not up to date: a question is open');
    expect(behind).not.toContain(none);
  });

  test('say what to do when nothing matches, and when there is no incident at all', async () => {
    expect(await text('/console')).toContain('No incidents yet');
    await putAll(MANY.slice(0, 30));
    expect(await text('/console?q=nowhere')).toContain('No incident matches');
  });

  test('answer a poll with 304 after one read, and again in full when the revision differs', async () => {
    await putAll(MANY.slice(0, 30));
    const app = site();
    const first = await app.request('/console');
    const headers = { 'If-None-Match': first.headers.get('etag') ?? '' };
    reads.length = 0;
    const second = await app.request('/console', { headers });
    expect([second.status, await second.text(), reads]).toEqual([304, '', ['REVISION']]);
    await store.summaries.setRevision('2');
    expect((await app.request('/console', { headers })).status).toBe(200);
    expect((await app.request('/console?view=waiting', { headers })).status).toBe(200);
  });

  test.each<[string, (store: Store) => Promise<unknown>]>([
    ['halts', ({ killSwitch }) => killSwitch.halt(POLICY.account, { mode: 'halt', ...SAID })],
    ['resumes', (all) => resume(all, POLICY.account, NOW)],
    [
      'trips the breaker',
      ({ table }) => table.put({ pk: `BREAKER#${POLICY.account}`, sk: 'BREAKER' }),
    ],
  ])('show a reader of an open page at once that something %s', async (_, act) => {
    await store.killSwitch.halt(POLICY.account, { mode: 'ask', ...SAID });
    const written: Key[] = [];
    const { table } = store;
    const put: typeof table.put = (item, condition) => {
      written.push(item);
      return table.put(item, condition);
    };
    await act(storeOn({ ...table, put }));
    expect(written.filter(isShown)).toHaveLength(1);
    const prefixes = SUMMARISED_PREFIXES.filter((prefix) => written[0]!.pk.startsWith(prefix));
    expect(prefixes, 'the stream delivers it').toHaveLength(1);
  });

  test('do not say that Countermand acts while it is halted', async () => {
    const acts = MODE.live.means;
    expect(await text('/console')).toContain(acts);
    await store.killSwitch.halt(POLICY.account, { mode: 'halt', ...SAID });
    const halted = await text('/console');
    expect(halted).toContain(MODE.halted.means);
    expect(halted).not.toContain(acts);
    await resume(store, POLICY.account, NOW);
    expect(await text('/console')).toContain(SWITCH.run.means);
  });

  test('read the list and what is outstanding once per revision, and no record of an incident', async () => {
    await putAll(MANY);
    const app = site();
    const readBy = async (path: string) => {
      reads.length = 0;
      await app.request(path);
      return reads.filter((pk) => /SUMMARY|INCIDENT|MEMBER|ACTION|attention/.test(pk));
    };
    await readBy('/console');
    expect(await readBy('/console?q=bastion-1')).toEqual([]);
    await store.summaries.setRevision('2');
    expect(await readBy('/console?q=bastion-1')).toContain('attention');
  });

  test('say how far a search went when there are more than 1,000 incidents, and go on', async () => {
    await putAll(Array.from({ length: 1_100 }, (_, i) => summaryWith(i, NOW)));
    const page = await text('/console');
    expect(page).toContain('1–20 of 1000 incidents');
    const [, older = ''] = /href="([^"]*older=[^"]*)"/.exec(page) ?? [];
    expect(page).toMatch(/Searched the incidents that opened since 2026-10-\d\d\./);
    expect(await text(older.replaceAll('&amp;', '&'))).toContain('of 100 incidents');
  });

  test('escape the title of an incident', async () => {
    await putAll([summaryWith(1, NOW, { ...asking(1, NOW), title: '<img src=x>' })]);
    const page = await text('/console');
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;img src=x&gt;');
  });

  test('name a record that cannot be read', async () => {
    await putAll([summaryWith(1, NOW, { unreadable: ['2/ACTION#inc act-1'] })]);
    expect(await text('/console')).toContain('2/ACTION#inc act-1');
  });

  test('list a change in force with its undo, its incident and the way to decide', async () => {
    const action = await put(store, inForce());
    await summarise({ store, newId: () => '1' }, [INCIDENT_ID]);
    const page = await text('/console/in-force');
    expect(page).toContain('Blocked web requests from 203.0.113.7');
    expect(page).toContain(`/console/incident/${INCIDENT_ID}/decide/${action.actionId}`);
    expect(page).toMatch(/data-until="2026-11-24T04:/);
  });

  test('allow only the console’s own script', async () => {
    const answer = await site().request('/console');
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect((await site().request('/console/script.js')).status).toBe(200);
    expect(await answer.text()).not.toMatch(/<script(?! src="\/console\/script\.js" defer>)/);
  });
});
