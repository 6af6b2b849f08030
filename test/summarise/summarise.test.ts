// Summaries of incidents: their contents, concurrent writes, and lists.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { isOpen, type Summary, stateOf } from '../../functions/domain/summary.ts';
import { plainTitle } from '../../functions/messaging/texts/reason.ts';
import type { Store } from '../../functions/store/store.ts';
import { backfill, summarise } from '../../functions/summarise/summarise.ts';
import { toyAction } from '../execute/toy.ts';
import {
  ALERT_ID,
  alertWith,
  INCIDENT_ID,
  incidentWith,
  leakedKey,
  NOW,
} from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { startStores } from '../store/stores.ts';

const db = startStores();
let store: Store;
let revisions = 0;
const deps = () => ({ store, newId: () => `revision-${++revisions}` });
const MONTH = '2026-11';
const DUE = '2026-11-24T04:00:00.000Z';
const later = (days: number) => new Date(NOW.getTime() + days * 24 * 3_600_000);
const ana = { id: 'ana.silva', name: 'Ana Silva', email: 'ana.silva@example.org' };
const ben = { id: 'ben.okafor', name: 'Ben Okafor', email: 'ben.okafor@example.org' };

beforeEach(async () => {
  store = await db.fresh();
});

async function opened(...actions: Action[]): Promise<void> {
  await store.records.createIncident(incidentWith());
  await store.records.putAlert(INCIDENT_ID, alertWith(), {});
  for (const action of actions) await store.records.createAction(action);
}
async function closedAs(outcome: 'handed-off' | 'acted' | 'no-action', state = 'active' as const) {
  await store.records.changeIncident(INCIDENT_ID, (current) => ({
    ...current,
    ...{ status: 'closed', outcome, closedAt: NOW.toISOString(), version: current.version + 1 },
    alerts: current.alerts.map((alert) => ({ ...alert, outcome, state })),
  }));
}
const summaryNow = async (): Promise<Summary> => {
  await summarise(deps(), [INCIDENT_ID]);
  const found = await store.summaries.find(incidentWith());
  expect(found).not.toBeNull();
  return found!;
};
const request = (change: Partial<Action> = {}) =>
  toyAction({
    disposition: 'approve',
    status: 'awaiting-approval',
    approval: {
      requestedAt: NOW.toISOString(),
      expiresAt: '2026-11-24T03:15:00.000Z',
      rungs: [
        { at: NOW.toISOString(), ask: [ana] },
        { at: '2026-11-24T03:05:00.000Z', ask: [ben] },
      ],
      managers: [],
      notes: [],
      required: 1,
      roles: ['analyst'],
      declineEnds: true,
      moreTimeMinutes: 0,
      moreTime: null,
      acknowledged: null,
      handedTo: [],
      askedRungs: 1,
      taskToken: 'secret-token',
      votes: [],
      declineReasons: [],
      decision: null,
    },
    ...change,
  });

describe('a summary', () => {
  test('names the people who were asked, the deadline and the order, and no task token', async () => {
    await opened(request());
    const summary = await summaryNow();
    expect(summary.requests).toMatchObject([
      { asked: ['ana.silva'], expiresAt: '2026-11-24T03:15:00.000Z', required: 1, approvals: 0 },
    ]);
    expect(summary.requests[0]?.order).toMatch(/^block .*203\.0\.113\.7/);
    expect(summary.people).toEqual([{ id: 'ana.silva', name: 'Ana Silva' }]);
    expect(JSON.stringify(summary)).not.toContain('secret-token');
    expect(stateOf(summary, NOW)).toBe('waiting');
    expect(stateOf(summary, later(1))).toBe('assessing');
  });

  test('puts a failed undo before the earliest undo, and both before an open request', async () => {
    await opened(
      toyAction({ status: 'in-force', dueAt: DUE, actionId: 'act-0123456789abcdef-1' }),
      toyAction({ status: 'reversal-failed', dueAt: DUE, actionId: 'act-0123456789abcdef-2' }),
      request({ actionId: 'act-0123456789abcdef-3' }),
    );
    const summary = await summaryNow();
    expect(summary.effects.map(({ status }) => status)).toEqual(['reversal-failed', 'in-force']);
    expect(stateOf(summary, NOW)).toBe('undo-failed');
  });

  test('has the title of the alert that people decide about, and the severity of the most severe', async () => {
    await opened(request());
    const check = alertWith({
      alertId: 'al-ffffffffffffffff',
      type: 'Inspector:PACKAGE_VULNERABILITY',
      severity: { ...alertWith().severity, label: 'critical' },
    });
    await store.records.putAlert(INCIDENT_ID, check, {});
    await store.records.changeIncident(INCIDENT_ID, (current) => ({
      ...current,
      version: current.version + 1,
      alerts: [
        ...current.alerts,
        { ...current.alerts[0]!, alertId: check.alertId, severity: 'critical' },
      ],
    }));
    const summary = await summaryNow();
    expect(summary.title).toBe(plainTitle(alertWith()));
    expect(summary.severity).toBe('critical');
  });

  test('keeps the entities of alerts that it has read, and adds those of a new alert', async () => {
    await opened();
    expect((await summaryNow()).entities).toEqual([{ kind: 'ip', value: '203.0.113.7' }]);
    const second = alertWith({ alertId: 'al-ffffffffffffffff', entities: [leakedKey] });
    await store.records.putAlert(INCIDENT_ID, second, {});
    await store.records.changeIncident(INCIDENT_ID, (current) => ({
      ...current,
      version: current.version + 1,
      alerts: [
        ...current.alerts,
        { ...current.alerts[0]!, alertId: second.alertId, severity: 'critical' },
      ],
    }));
    const summary = await summaryNow();
    expect(summary.entities.map(({ value }) => value)).toEqual(['203.0.113.7', leakedKey.value]);
    expect(summary.severity).toBe('critical');
    expect(summary.readAlerts).toEqual([ALERT_ID, second.alertId]);
  });

  test('names the key of an unreadable action and shows the readable one', async () => {
    await opened(toyAction({ status: 'in-force', dueAt: DUE }));
    const key = { pk: `INCIDENT#${INCIDENT_ID}`, sk: 'ACTION#act-0123456789abcdef-7' };
    await store.table.put({ ...key, record: { status: 'nonsense' }, version: 4 });
    const summary = await summaryNow();
    expect(summary.unreadable).toEqual([`${key.pk} ${key.sk}`]);
    expect(summary.effects).toHaveLength(1);
  });

  test('lists the key of an incident that cannot be read itself', async () => {
    const key = { pk: `INCIDENT#${INCIDENT_ID}`, sk: 'INCIDENT' };
    await store.table.put({ ...key, record: {}, version: 1 });
    await summarise(deps(), [INCIDENT_ID]);
    expect((await store.summaries.readOpen(NOW)).keys).toEqual([`${key.pk} ${key.sk}`]);
  });
});

describe('the stored summary', () => {
  test('is not replaced by one that was derived from older records', async () => {
    await opened(toyAction({ status: 'in-force', dueAt: DUE }));
    const newer = await summaryNow();
    const older = { ...newer, basis: newer.basis - 1, title: 'older' };
    await expect(store.summaries.put(older)).rejects.toMatchObject({ name: 'Conflict' });
    expect((await store.summaries.find(newer))?.title).toBe(newer.title);
  });

  test('leaves the open list when its incident closes, and stays in its month', async () => {
    await opened();
    await summaryNow();
    expect((await store.summaries.readOpen(NOW)).found).toHaveLength(1);
    await closedAs('no-action');
    await summaryNow();
    expect((await store.summaries.readOpen(NOW)).found).toEqual([]);
    const { found } = await store.summaries.readMonth(MONTH, { limit: 10 });
    expect(found.map(({ outcome }) => outcome)).toEqual(['no-action']);
  });

  test('names the block of a hand-off, and neither the watched address nor the ticket', async () => {
    const names = ['add_ip_to_watchlist', 'block_ip_at_firewall', 'create_alert_ticket'] as const;
    await opened(
      ...names.map((name, i) =>
        toyAction({
          actionId: `act-aaaaaaaaaaaaaaa${i}-1`,
          name,
          status: 'handed-off',
          description: null,
        }),
      ),
    );
    await closedAs('handed-off');
    expect((await summaryNow()).ended?.name).toBe('block_ip_at_firewall');
  });

  test('keeps a hand-off open for seven days, or until its product closes the finding', async () => {
    await opened();
    await closedAs('handed-off');
    const summary = await summaryNow();
    expect(isOpen(summary, later(6.9))).toBe(true);
    expect(isOpen(summary, later(7.1))).toBe(false);
    expect((await store.summaries.readOpen(later(6.9))).found).toHaveLength(1);
    expect(isOpen({ ...summary, isActive: false }, later(1))).toBe(false);
  });

  test('sets a new revision with every change', async () => {
    await opened();
    await summaryNow();
    const first = await store.summaries.revision();
    await summarise(deps(), []);
    expect(first).not.toBe('');
    expect(await store.summaries.revision()).not.toBe(first);
  });
});

test('reads a month page by page, newest first', async () => {
  const summary = { ...(await opened().then(summaryNow)), basis: 1 };
  for (const day of ['01', '02', '03', '04'])
    await store.summaries.put({
      ...summary,
      incidentId: `inc-2${day.padStart(16, '0')}`,
      openedAt: `2026-10-${day}T00:00:00.000Z`,
    });
  const daysIn = (found: Summary[]) => found.map(({ openedAt }) => openedAt.slice(8, 10));
  const first = await store.summaries.readMonth('2026-10', { limit: 3 });
  expect(daysIn(first.found)).toEqual(['04', '03', '02']);
  const last = first.found.at(-1)!;
  const before = `${last.openedAt}#${last.incidentId}`;
  expect(daysIn((await store.summaries.readMonth('2026-10', { before, limit: 3 })).found)).toEqual([
    '01',
  ]);
});

test('summarises incidents of earlier versions in turns, and ends', async () => {
  store = storeOn(memoryTable());
  await opened();
  const ids = Array.from({ length: 150 }, (_, i) => `inc-${String(i).padStart(16, '0')}`);
  for (const [i, incidentId] of ids.entries())
    await store.records.createIncident({
      ...incidentWith(),
      incidentId,
      openedAt: new Date(NOW.getTime() - (i + 1) * 60_000).toISOString(),
    });
  expect(await backfill(deps())).toBe(true);
  expect((await store.summaries.readMonth(MONTH, { limit: 500 })).found).toHaveLength(100);
  expect(await backfill(deps())).toBe(true);
  expect((await store.summaries.readMonth(MONTH, { limit: 500 })).found).toHaveLength(151);
  expect(await backfill(deps())).toBe(false);
});
