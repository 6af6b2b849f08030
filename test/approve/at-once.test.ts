// Requests of one incident that ask at the same moment.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { approve } from '../../functions/approve/approve.ts';
import type { ApproveDeps } from '../../functions/approve/deps.ts';
import { bySeverity, type SeverityLabel } from '../../functions/domain/alert.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { alertWith, INCIDENT_ID, incidentWith, NOW, POLICY } from '../fixtures/case.ts';
import { inTurns } from '../store/in-turns.ts';
import { startStores } from '../store/stores.ts';
import { ana, BASE_URL, ben, mac, requestWith, waiting } from '../web/approval-pages.ts';

const db = startStores();
const after = (ms: number) => new Date(NOW.getTime() + ms);
const SCORES = { medium: 5, high: 8, critical: 9.5 } as const;

/** When each request was made and asked, in milliseconds, and whether it is only about a ticket. */
const request = fc.record({
  madeAt: fc.integer({ min: 0, max: 2 }),
  askedAt: fc.integer({ min: 2, max: 5 }),
  isTicket: fc.boolean(),
});
const alerts = fc.array(
  fc.record({
    label: fc.constantFrom<SeverityLabel & keyof typeof SCORES>('medium', 'high', 'critical'),
    requests: fc.array(request, { minLength: 1, maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);
type Alerts = typeof alerts extends fc.Arbitrary<infer T> ? T : never;

async function askAll(scheduler: fc.Scheduler, given: Alerts) {
  const store = await db.fresh();
  const plan = given.flatMap(({ label, requests }, n) => {
    const alertId = `al-${String(n).padStart(16, '0')}`;
    return requests.map((one, r) => ({
      ...{ ...one, label, alertId },
      actionId: `act-${String(n).padStart(16, '0')}-${r + 1}`,
    }));
  });
  for (const [n, { label }] of given.entries()) {
    const alertId = `al-${String(n).padStart(16, '0')}`;
    const alert = alertWith({ alertId, severity: { score: SCORES[label], label } });
    const incident = incidentWith(alert);
    if (n === 0) await store.records.createIncident(incident);
    else
      await store.records.changeIncident(INCIDENT_ID, (current) => ({
        ...current,
        alerts: [...current.alerts, ...incident.alerts],
        version: current.version + 1,
      }));
    await store.records.putAlert(INCIDENT_ID, alert, {});
  }
  for (const { alertId, actionId, madeAt, isTicket } of plan) {
    const rungs = [{ at: after(madeAt).toISOString(), ask: [ana, ben] }];
    await store.records.createAction(
      waiting({
        ...{ alertId, actionId, createdAt: after(madeAt).toISOString() },
        ...(isTicket && { name: 'create_alert_ticket' }),
        approval: requestWith({ rungs, askedRungs: 0, taskToken: null }),
      }),
    );
  }
  const sent: Message[] = [];
  const deps = (at: Date): ApproveDeps => ({
    ...{ policy: POLICY, mac, webBaseUrl: BASE_URL, log: () => {}, now: () => at },
    store: { ...store, records: inTurns(store.records, scheduler) },
    send: async (message) => {
      sent.push(message);
      return { notBy: [] };
    },
    callback: async () => {},
  });
  const asking = plan.map(({ actionId, askedAt }) =>
    approve(deps(after(askedAt)), { incidentId: INCIDENT_ID, actionId, rung: 0, taskToken: 't' }),
  );
  await scheduler.waitFor(Promise.all(asking));
  return { plan, sent };
}

test('P12: in any order of questions, every alert asks each person, and a page is as severe as the worst of them', async () => {
  const property = fc.asyncProperty(fc.scheduler(), alerts, async (scheduler, given) => {
    const { plan, sent } = await askAll(scheduler, given);
    const alertOf = (message: Message) =>
      plan.find(({ actionId }) => actionId === message.actionId)!;
    const paging = plan.filter(({ isTicket }) => !isTicket).map(({ label }) => label);
    const worst = paging.toSorted(bySeverity).slice(0, 1);
    for (const { id } of [ana, ben]) {
      const own = sent.filter(({ to }) => to.kind === 'person' && to.id === id);
      expect(new Set(own.map((one) => alertOf(one).alertId))).toEqual(
        new Set(plan.map(({ alertId }) => alertId)),
      );
      const pages = own.filter(({ urgency }) => urgency === 'page');
      expect(pages.map((one) => alertOf(one).label)).toEqual(expect.arrayContaining(worst));
    }
  });
  await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 100) });
});
