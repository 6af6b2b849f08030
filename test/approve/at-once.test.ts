// Requests of one incident that ask at the same moment.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { approve } from '../../functions/approve/approve.ts';
import type { ApproveDeps } from '../../functions/approve/deps.ts';
import { bySeverity, type SeverityLabel } from '../../functions/domain/alert.ts';
import { Unavailable } from '../../functions/domain/errors.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { alertWith, INCIDENT_ID, incidentWith, NOW, POLICY } from '../fixtures/case.ts';
import { type Death, mortal, turnsOf } from '../properties/mortal.ts';
import { startStores } from '../store/stores.ts';
import { ana, BASE_URL, ben, mac, requestWith, waiting } from '../web/approval-pages.ts';

const db = startStores();
const after = (ms: number) => new Date(NOW.getTime() + ms);
const SCORES = { medium: 5, high: 8, critical: 9.5 } as const;

/**
 * When each request was made and asked, in milliseconds; whether it is only about a ticket; where its first attempt
 * dies; and who can't be reached with it.
 */
const request = fc.record({
  madeAt: fc.integer({ min: 0, max: 2 }),
  askedAt: fc.integer({ min: 2, max: 5 }),
  isTicket: fc.boolean(),
  dies: fc.option(fc.nat(20)),
  isLost: fc.constantFrom<string[]>([], [], [], [ana.id], [ana.id, ben.id]),
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
  const { turn, concurrently } = turnsOf(scheduler);
  const deps = (at: Date, outward: ReturnType<typeof mortal>): ApproveDeps => ({
    ...{ policy: POLICY, mac, webBaseUrl: BASE_URL, log: () => {}, now: () => at },
    store: { ...store, records: outward(store.records) },
    ...outward({
      send: async (message: Message) => {
        const { isLost } = plan.find(({ actionId }) => actionId === message.actionId)!;
        if (message.to.kind === 'person' && isLost.includes(message.to.id))
          throw new Unavailable('no channel');
        sent.push(message);
        return { notBy: [] };
      },
    }),
    callback: async () => {},
  });
  const ask = ({ actionId, alertId, askedAt, dies }: (typeof plan)[number]) => {
    const attempt = (taskToken: string, at: Date, death: Death) =>
      approve(deps(at, mortal(`${taskToken} of ${actionId}`, death, turn)), {
        ...{ incidentId: INCIDENT_ID, actionId, rung: 0, taskToken },
      });
    return attempt('first', after(askedAt), dies)
      .catch(() => attempt('second', after(askedAt + 1), null))
      .then(
        () => [],
        () => [alertId],
      );
  };
  /** The alerts of which the state machine notifies the team, because no one could be asked. */
  const failed = (await concurrently(() => Promise.all(plan.map(ask)))).flat();
  return { plan, sent, failed };
}

test('P12: in any order of questions and crashes, every alert asks people, and a page is as severe as the worst', async () => {
  const property = fc.asyncProperty(fc.scheduler(), alerts, async (scheduler, given) => {
    const { plan, sent, failed } = await askAll(scheduler, given);
    const of = (message: Message) => plan.find(({ actionId }) => actionId === message.actionId)!;
    const paging = plan.filter(({ isTicket }) => !isTicket).map(({ label }) => label);
    const worst = paging.toSorted(bySeverity).slice(0, 1);
    const isLoss = plan.some(({ isLost }) => isLost.length > 0);
    for (const people of isLoss ? [[ana, ben]] : [[ana], [ben]]) {
      const own = sent.filter(({ to }) =>
        people.some(({ id }) => to.kind === 'person' && to.id === id),
      );
      const asked = own.map((one) => of(one).alertId);
      expect([...asked, ...failed]).toEqual(
        expect.arrayContaining(plan.map(({ alertId }) => alertId)),
      );
      const pages = own.filter(({ urgency }) => urgency === 'page');
      const failing = plan.filter(({ alertId }) => failed.includes(alertId));
      expect([...pages.map(of), ...failing].map(({ label }) => label)).toEqual(
        expect.arrayContaining(worst),
      );
    }
  });
  const one = { madeAt: 0, askedAt: 2, isTicket: false, dies: null, isLost: [] };
  // The second alert asks again after the message was lost that asks for both requests of the first.
  const afterLoss: Alerts = [
    { label: 'high', requests: [{ ...one, dies: 0, isLost: [ana.id] }, one] },
    { label: 'high', requests: [{ ...one, dies: 7 }] },
  ];
  const inOrder = fc.schedulerFor(Array.from({ length: 31 }, (_, n) => n + 1));
  const numRuns = Number(process.env.PROPERTY_RUNS ?? 60);
  await fc.assert(property, { numRuns, examples: [[inOrder, afterLoss]] });
});
