// The sweeper continues unfinished alerts of incidents of layout 2 (P9).
import { beforeEach, describe, expect, test } from 'vitest';
import type { Member } from '../../functions/domain/incident.ts';
import { append } from '../../functions/store/hash-chain.ts';
import { incidentKey } from '../../functions/store/layout.ts';
import type { Store } from '../../functions/store/store.ts';
import type { SweepDeps } from '../../functions/sweep/deps.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { incidentWith, NOW } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';

const INCIDENT_ID = 'inc-20123456789abcdef';
const [FIRST, SECOND] = ['al-0123456789abcdef', 'al-ffffffffffffffff'] as const;
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
let store: Store;
let calls: string[];

const deps = (now: Date, change: Partial<SweepDeps> = {}) =>
  ({
    store,
    startRespond: async (name: string) => void calls.push(`respond ${name}`),
    send: async ({ key }: { key: string }) => {
      calls.push(`send ${key}`);
      return { notBy: [] };
    },
    now: () => now,
    log: () => {},
    ...change,
  }) as unknown as SweepDeps;

async function join(alertId: string, attentionAt = later(120).toISOString()): Promise<void> {
  const { alerts } = incidentWith();
  const history = append(alertId, [], { at: NOW, by: 'intake', event: 'alert-joined', text: '' });
  const ids = { incidentId: INCIDENT_ID, alertId };
  const open = { correlationKeys: [], summary: '', closedAt: null, attentionAt };
  await store.records.join({ ...alerts[0]!, ...ids, ...open, history, version: 1 });
}
const finish = (alertId: string) =>
  store.records.changeMember(
    INCIDENT_ID,
    alertId,
    (member): Member => ({
      ...member,
      outcome: 'ticketed',
      closedAt: later(1).toISOString(),
      attentionAt: null,
      version: member.version + 1,
    }),
  );
const incident = () => store.records.incident(INCIDENT_ID);

beforeEach(async () => {
  store = storeOn(memoryTable());
  calls = [];
  const { account, region, openedAt, history } = incidentWith();
  const opened = { incidentId: INCIDENT_ID, account, region, openedAt, history, version: 1 };
  await store.records.createIncident(opened);
  await join(FIRST);
});

describe('an unfinished alert', () => {
  test('P9: is restarted twice, and then ends as failed after a page', async () => {
    for (const hours of [1, 3, 5, 7, 9]) await sweep(deps(later(hours * 60)));
    expect(calls).toEqual([
      `respond ${FIRST}-restart-1`,
      `respond ${FIRST}-restart-2`,
      `send given-up-${INCIDENT_ID}`,
    ]);
    expect(await incident()).toMatchObject({ status: 'closed', outcome: 'failed' });
  });

  test('P9: shares one page with the other alerts of its incident that are given up', async () => {
    await join(SECOND);
    for (const hours of [3, 5, 7]) await sweep(deps(later(hours * 60)));
    expect(calls.filter((call) => call.startsWith('send'))).toHaveLength(1);
    expect((await incident()).alerts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
  });

  test('P9: stays unfinished while people cannot be notified', async () => {
    for (const hours of [3, 5]) await sweep(deps(later(hours * 60)));
    const send = () => Promise.reject(new Error('down'));
    await sweep(deps(later(420), { send }));
    expect((await incident()).status).toBe('open');
    await sweep(deps(later(421)));
    expect((await incident()).status).toBe('closed');
  });

  test('P9: keeps the outcome that it got while the sweeper restarted it', async () => {
    const startRespond = async () => void (await finish(FIRST));
    await sweep(deps(later(180), { startRespond }));
    expect(await incident()).toMatchObject({ status: 'closed', outcome: 'ticketed' });
    // Nor does it run again.
    await sweep(deps(later(360)));
    expect(calls).toEqual([]);
  });

  test('is restarted alone when the other alerts of its incident have an outcome', async () => {
    await join(SECOND);
    await finish(FIRST);
    await sweep(deps(later(180)));
    expect(calls).toEqual([`respond ${SECOND}-restart-1`]);
    expect(await incident()).toMatchObject({ status: 'open', outcome: null });
  });

  test('is restarted when a repeat was counted meanwhile', async () => {
    await store.records.changeMember(INCIDENT_ID, FIRST, (member) => ({
      ...member,
      repeats: 7,
      version: member.version + 1,
    }));
    await sweep(deps(later(180)));
    expect(calls).toEqual([`respond ${FIRST}-restart-1`]);
  });
});

describe('an incident with an unreadable alert', () => {
  beforeEach(async () => {
    await finish(FIRST);
    const key = incidentKey('member', INCIDENT_ID, '42');
    await store.table.put({ ...key, record: { status: 'nonsense' }, version: 1 });
  });

  test('stays open, is shown with its other alerts, and names the unreadable one', async () => {
    const { found, unreadable } = await store.records.readIncidents(5);
    expect(found).toMatchObject([{ status: 'open', alerts: [{ alertId: FIRST }] }]);
    expect(unreadable).toMatchObject([{ ids: incidentKey('member', INCIDENT_ID, '42') }]);
    await expect(incident()).rejects.toThrow('not valid');
  });

  test('takes another alert, which can end', async () => {
    await join(SECOND);
    await finish(SECOND);
    expect((await store.records.readableIncident(INCIDENT_ID))?.alerts).toHaveLength(2);
  });
});
