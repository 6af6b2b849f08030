// Intake on its own store, with everything that it started and rejected.
import type { IntakeDeps } from '../../functions/intake/deps.ts';
import { type Accepted, acceptEvent } from '../../functions/intake/intake.ts';
import { layoutOf } from '../../functions/store/layout.ts';
import type { Store } from '../../functions/store/store.ts';
import { HERE, NOW, POLICY } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import type { TestStores } from '../store/stores.ts';
import { sample } from './events.ts';

const policy = { ...POLICY, limits: { ...POLICY.limits, groupingWindowMinutes: 60 } };

/** A finding that belongs to an incident. */
export type Opened = Extract<Accepted, { alertId: string }>;

export type Intake = Awaited<ReturnType<typeof openIntake>>;

export async function openIntake(db: TestStores) {
  const store: Store = await db.fresh();
  const started = new Map<string, { incidentId: string; alertId: string }>();
  const rejected: { body: string; reason: string }[] = [];
  let now = NOW;
  const deps: IntakeDeps = {
    store,
    policy,
    keys: KEYS,
    here: HERE,
    startRespond: async (name, input) => {
      started.set(name, input);
    },
    reject: async (body, reason) => {
      rejected.push({ body, reason });
    },
    ownPrefix: 'countermand-',
    recordLayout: 2,
    now: () => now,
    log: () => {},
  };
  const accept = (event: unknown, change: Partial<IntakeDeps> = {}) =>
    acceptEvent({ ...deps, ...change }, typeof event === 'string' ? event : JSON.stringify(event));

  return {
    store,
    started,
    rejected,
    deps,
    accept,
    /** The accepted finding. Throws when it was refused, or when there is not exactly one. */
    async one(event: unknown): Promise<Opened> {
      const [accepted, ...rest] = await accept(event);
      if (!accepted || !('alertId' in accepted) || rest.length > 0)
        throw new Error('expected one accepted finding');
      return accepted;
    },
    minutes(n: number) {
      now = new Date(now.getTime() + n * 60_000);
    },
    async closeIncident(incidentId: string) {
      const { records } = store;
      const ended = {
        closedAt: now.toISOString(),
        outcome: 'ticketed',
        attentionAt: null,
      } as const;
      if (layoutOf(incidentId) === 1)
        await records.changeIncident(incidentId, ({ alerts, version, ...incident }) => ({
          ...incident,
          ...ended,
          status: 'closed',
          alerts: alerts.map((alert) => ({ ...alert, outcome: 'ticketed' as const })),
          version: version + 1,
        }));
      else
        for (const { alertId } of (await records.incident(incidentId)).alerts)
          await records.changeMember(incidentId, alertId, (member) => ({
            ...member,
            ...ended,
            version: member.version + 1,
          }));
    },
    incidents: () => store.records.recentIncidents(200),
  };
}

/** A separate finding about a probe by this address against this instance. */
export const probe = (id: string, address = '203.0.113.66', instance = 'i-0aa1bb2cc3dd4ee5f') => {
  const event = sample('web-port-probe');
  event.detail.id = id;
  event.detail.resource.instanceDetails.instanceId = instance;
  const [details] = event.detail.service.action.portProbeAction.portProbeDetails;
  details.remoteIpDetails.ipAddressV4 = address;
  return event;
};
