// Accepting findings: repeats, incidents, bad neighbours, two at once, and a crash between any two steps (P9).
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { faultOf } from '../../functions/audit/chain.ts';
import { Conflict, Unavailable } from '../../functions/domain/errors.ts';
import { type Accepted, acceptEvent, type IntakeDeps } from '../../functions/intake/intake.ts';
import type { Store } from '../../functions/store/store.ts';
import { NOW, POLICY } from '../fixtures/case.ts';
import { startStore, type TestStore } from '../store/dynamo.ts';
import { sample } from './events.ts';

let db: TestStore;
let store: Store;
let started: Map<string, { incidentId: string; alertId: string }>;
let rejected: { body: string; reason: string }[];
let now: Date;
beforeAll(async () => {
  db = await startStore();
});
afterAll(() => db.stop());
beforeEach(async () => {
  await reset();
});
const reset = async () => {
  store = await db.fresh();
  started = new Map();
  rejected = [];
  now = NOW;
};

const policy = { ...POLICY, limits: { ...POLICY.limits, groupingWindowMinutes: 60 } };
const deps = (change: Partial<IntakeDeps> = {}): IntakeDeps => ({
  store,
  policy,
  startRespond: async (name, input) => {
    started.set(name, input);
  },
  reject: async (body, reason) => {
    rejected.push({ body, reason });
  },
  now: () => now,
  log: () => {},
  ...change,
});
const accept = (event: unknown, change: Partial<IntakeDeps> = {}) =>
  acceptEvent(deps(change), typeof event === 'string' ? event : JSON.stringify(event));
const minutes = (n: number) => {
  now = new Date(now.getTime() + n * 60_000);
};
/** What was accepted, where exactly one finding was and it was not refused. */
async function one(event: unknown): Promise<Exclude<Accepted, { outcome: 'refused' }>> {
  const [accepted, ...rest] = await accept(event);
  if (!accepted || accepted.outcome === 'refused' || rest.length > 0)
    throw new Error('expected one accepted finding');
  return accepted;
}
/** A probe by this address on this instance, as a finding of its own. */
const probe = (id: string, address = '203.0.113.66', instance = 'i-0aa1bb2cc3dd4ee5f') => {
  const event = sample('web-port-probe');
  event.detail.id = id;
  event.detail.resource.instanceDetails.instanceId = instance;
  const [details] = event.detail.service.action.portProbeAction.portProbeDetails;
  details.remoteIpDetails.ipAddressV4 = address;
  return event;
};
const closeIncident = (incidentId: string) =>
  store.records.changeIncident(incidentId, (incident) => ({
    ...incident,
    status: 'closed',
    closedAt: now.toISOString(),
    outcome: 'ticketed',
    attentionAt: null,
    alerts: incident.alerts.map((alert) => ({ ...alert, outcome: 'ticketed' as const })),
    version: incident.version + 1,
  }));

describe('a finding', () => {
  test('opens an incident, keeps the event, and starts one execution named after the alert', async () => {
    const { outcome, alertId, incidentId } = await one(probe('a'));
    expect([outcome, incidentId]).toEqual(['started', alertId.replace('al-', 'inc-')]);
    expect([...started]).toEqual([[alertId, { incidentId, alertId }]]);
    const incident = await store.records.incident(incidentId);
    expect(incident).toMatchObject({
      status: 'open',
      attentionAt: '2026-11-24T05:00:00.000Z',
      alerts: [{ alertId, repeats: 0, outcome: null }],
      correlationKeys: [
        'actor:111122223333:ip:203.0.113.66',
        'resource:111122223333:instance:i-0aa1bb2cc3dd4ee5f',
      ],
    });
    expect(faultOf(incidentId, incident.history)).toBeNull();
    expect(await store.records.alert(incidentId, alertId)).toMatchObject({ findingId: 'a' });
    expect(await store.records.rawEvent(incidentId, alertId)).toEqual(probe('a').detail);
  });

  test('has the same ids wherever and whenever it is read', async () => {
    const { alertId } = await one(probe('a'));
    await reset();
    minutes(500);
    expect((await one(probe('a'))).alertId).toBe(alertId);
  });

  test('is remembered for the entities that it names', async () => {
    const { incidentId } = await one(probe('a'));
    expect(await store.entityHistory.read({ kind: 'ip', value: '203.0.113.66' })).toMatchObject([
      { event: 'incident', incidentId },
    ]);
  });

  test('is kept although it holds what a table cannot: odd numbers, empty names', async () => {
    const body = JSON.stringify(probe('a')).replace(
      '"count":3',
      '"count":3,"":1e999,"big":12345678901234567890,"tiny":1e-300',
    );
    const [accepted] = await accept(body);
    expect(accepted?.outcome).toBe('started');
  });

  test('that is too large to be kept beside the alert is replaced by a note that says so', async () => {
    const event = probe('a');
    event.detail.padding = 'é'.repeat(180_000);
    const { incidentId, alertId } = await one(event);
    expect(await store.records.rawEvent(incidentId, alertId)).toEqual({
      note: expect.stringMatching(/^the event had 36\d{4} bytes/),
    });
  });
});

describe('a repeat', () => {
  test('is counted and starts nothing', async () => {
    const { incidentId, alertId } = await one(probe('a'));
    const again = probe('a');
    again.detail.service.count = 77;
    expect((await one(again)).outcome).toBe('repeat');
    expect((await one(again)).outcome).toBe('repeat');
    expect(started.size).toBe(1);
    expect(await store.records.incident(incidentId)).toMatchObject({
      alerts: [{ alertId, repeats: 2 }],
    });
  });

  test('is news again a day later, when its incident is closed', async () => {
    const first = await one(probe('a'));
    minutes(24 * 60 + 1);
    expect((await one(probe('a'))).outcome, 'still open').toBe('repeat');
    await closeIncident(first.incidentId);
    const second = await one(probe('a'));
    expect(second.outcome).toBe('started');
    expect(second.alertId).not.toBe(first.alertId);
    expect(started.size).toBe(2);
  });

  test('is none where a product uses an id for something else', async () => {
    await one(probe('a'));
    const other = probe('a', '203.0.113.99', 'i-0123456789abcdef0');
    other.detail.type = 'Recon:EC2/Portscan';
    expect((await one(other)).outcome).toBe('started');
  });

  test('of the id in another account is none', async () => {
    await one(probe('a'));
    const other = probe('a');
    other.detail.accountId = '444455556666';
    expect((await one(other)).outcome).toBe('started');
  });
});

describe('related alerts', () => {
  test.each([
    ['the actor', ['203.0.113.66', 'i-0bbbbbbbbbbbbbbbb']],
    ['the resource', ['203.0.113.99', 'i-0aa1bb2cc3dd4ee5f']],
  ] as const)('that share %s are one incident, each assessed', async (_what, [ip, instance]) => {
    const first = await one(probe('a'));
    const second = await one(probe('b', ip, instance));
    expect(second).toMatchObject({ outcome: 'joined', incidentId: first.incidentId });
    expect(started.size).toBe(2);
    expect((await store.records.incident(first.incidentId)).alerts).toHaveLength(2);
  });

  test('that share nothing are two', async () => {
    await one(probe('a'));
    expect((await one(probe('b', '203.0.113.99', 'i-0bbbbbbbbbbbbbbbb'))).outcome).toBe('started');
  });

  test.each([
    ['a private address', '10.0.0.9'],
    ['an address that is none', 'unknown'],
  ])('that share no more than %s are two', async (_what, address) => {
    await one(probe('a', address, 'i-0aaaaaaaaaaaaaaaa'));
    expect((await one(probe('b', address, 'i-0bbbbbbbbbbbbbbbb'))).outcome).toBe('started');
  });

  test.each(['GeneratedFindingInstanceId', '${instance_id}', 'i-99999999'])(
    'that share no more than the placeholder %s are two',
    async (placeholder) => {
      await one(probe('a', '203.0.113.1', placeholder));
      expect((await one(probe('b', '203.0.113.2', placeholder))).outcome).toBe('started');
    },
  );

  test('of samples are never joined: all samples name the same things', async () => {
    const invented = (id: string) => {
      const event = probe(id);
      event.detail.service.additionalInfo = { sample: true };
      return event;
    };
    await one(invented('a'));
    expect((await one(invented('b'))).outcome).toBe('started');
  });

  test('beyond the window are two; within it, each one extends it', async () => {
    await one(probe('a'));
    minutes(50);
    expect((await one(probe('b'))).outcome).toBe('joined');
    minutes(50);
    expect((await one(probe('c'))).outcome).toBe('joined');
    minutes(61);
    expect((await one(probe('d'))).outcome).toBe('started');
  });

  test('open a closed incident again within the window', async () => {
    const { incidentId } = await one(probe('a'));
    await closeIncident(incidentId);
    minutes(10);
    expect(await one(probe('b'))).toMatchObject({ outcome: 'joined', incidentId });
    const incident = await store.records.incident(incidentId);
    expect(incident).toMatchObject({
      status: 'open',
      closedAt: null,
      outcome: null,
      attentionAt: '2026-11-24T05:10:00.000Z',
    });
    expect(incident.history.at(-1)?.event).toBe('reopened');
  });

  test('beyond a hundred open a further incident, which the next ones join', async () => {
    const { incidentId } = await one(probe('0'));
    await store.records.changeIncident(incidentId, (incident) => ({
      ...incident,
      alerts: Array.from({ length: 100 }, (_, i) => ({ ...incident.alerts[0]!, alertId: `x${i}` })),
      version: incident.version + 1,
    }));
    const next = await one(probe('a'));
    expect(next.outcome).toBe('started');
    expect(await one(probe('b'))).toMatchObject({ outcome: 'joined', incidentId: next.incidentId });
  });
});

describe('what cannot be read', () => {
  test('is put aside as it came, with the reason', async () => {
    const body = JSON.stringify({ 'detail-type': 'Countermand Alert', detail: { id: 'x' } });
    const [accepted] = await accept(body);
    expect(accepted).toEqual({ outcome: 'refused', reason: rejected[0]?.reason });
    expect(rejected).toEqual([{ body, reason: expect.stringContaining('severity') }]);
    expect(started.size).toBe(0);
  });

  test('costs its neighbours nothing', async () => {
    const findings = [
      probe('a').detail,
      { hello: 1 },
      { severity: 3, Resource: {} },
      probe('b').detail,
    ];
    const accepted = await accept({ Findings: findings });
    expect(accepted.map(({ outcome }) => outcome)).toEqual([
      'started',
      'refused',
      'refused',
      'joined',
    ]);
    expect(rejected.map(({ body }) => JSON.parse(body))).toEqual([findings[1], findings[2]]);
  });

  test('is refused in words that a queue can carry', async () => {
    const name = '\u0000\uFFFF\uD800\u{1F600}';
    await accept({ [name]: 1 });
    expect(rejected[0]?.reason).toContain('\uFFFD\uFFFD\uFFFD\u{1F600}');
  });

  test('that cannot even be put aside is delivered again', async () => {
    const reject = async () => {
      throw new Unavailable('no queue');
    };
    await expect(accept('{', { reject })).rejects.toThrow(Unavailable);
  });
});

describe('a failure on the way', () => {
  test('of one finding does not keep the others waiting, and has the body delivered again', async () => {
    const startRespond: IntakeDeps['startRespond'] = async (name, input) => {
      if (started.size === 0 && name !== '') {
        started.set('failed', input);
        throw new Unavailable('no state machine');
      }
      started.set(name, input);
    };
    const body = { Findings: [probe('a').detail, probe('b').detail] };
    await expect(accept(body, { startRespond })).rejects.toThrow(Unavailable);
    expect(started.size).toBe(2);
    const again = await accept(body);
    expect(again.map(({ outcome }) => outcome)).toEqual(['started', 'repeat']);
  });

  test('to remember the entities does not cost the alert', async () => {
    const entityHistory = {
      ...store.entityHistory,
      note: () => Promise.reject(new Conflict('no')),
    };
    const [accepted] = await accept(probe('a'), { store: { ...store, entityHistory } });
    expect(accepted?.outcome).toBe('started');
  });
});

describe('two at the same moment', () => {
  test('deliveries of one finding start it once and count the other', async () => {
    const outcomes = await Promise.all([accept(probe('a')), accept(probe('a'))]);
    expect(
      outcomes
        .flat()
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(['repeat', 'started']);
    expect(started.size).toBe(1);
  });

  test.each([2, 9])('%i alerts that share a key are one incident', async (count) => {
    for (let round = 0; round < 3; round++) {
      await reset();
      const ids = Array.from({ length: count }, (_, i) => `finding-${i}`);
      const accepted = (
        await Promise.all(
          // All share two addresses, named in either order, and some share an instance.
          ids.map((id, i) => {
            const event = probe(id, '203.0.113.66', `i-0aaaaaaaaaaaaaaa${i % 3}`);
            const { portProbeAction } = event.detail.service.action;
            const [first] = portProbeAction.portProbeDetails;
            const second = structuredClone(first);
            second.remoteIpDetails.ipAddressV4 = '203.0.113.67';
            portProbeAction.portProbeDetails = i % 2 ? [first, second] : [second, first];
            return accept(event);
          }),
        )
      ).flat();
      const incidents = new Set(
        accepted.map((one) => (one.outcome === 'refused' ? 'refused' : one.incidentId)),
      );
      expect([...incidents]).toHaveLength(1);
      const incident = await store.records.incident([...incidents][0]!);
      expect(incident.alerts).toHaveLength(count);
      expect(await store.records.recentIncidents(200)).toHaveLength(1);
      expect(started.size).toBe(count);
    }
  });
});

/** Thrown where intake is killed. */
class Killed extends Error {}

/** The same dependencies, killed at the n-th call that leaves the function: before it (even n) or after it (odd n). */
function killedAt(n: number, inner: IntakeDeps): IntakeDeps {
  let calls = 0;
  const mortal =
    <A extends unknown[], R>(call: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      const mine = calls++;
      if (mine * 2 === n) throw new Killed();
      const result = await call(...given);
      if (mine * 2 + 1 === n) throw new Killed();
      return result;
    };
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, key, receiver) => {
        const value = Reflect.get(object, key, receiver);
        return typeof value === 'function' ? mortal(value.bind(object)) : value;
      },
    });
  const { findings, records, entityHistory } = inner.store;
  return {
    ...inner,
    startRespond: mortal(inner.startRespond),
    store: {
      ...inner.store,
      findings: wrap(findings),
      records: wrap(records),
      entityHistory: wrap(entityHistory),
    },
  };
}

describe('a crash between any two steps', () => {
  /** More than the calls of one acceptance that count, twice; the last ones only remember. */
  const KILLS = 28;
  const crash = async (n: number, event: unknown) => {
    try {
      await acceptEvent(killedAt(n, deps()), JSON.stringify(event));
      return false;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return true;
    }
  };

  test.each([
    ['at once', 1],
    ['a week later', 7 * 24 * 60],
  ])('P9: redelivered %s, leaves one incident and one execution', async (_when, wait) => {
    let crashes = 0;
    for (let n = 0; n < KILLS; n++) {
      await reset();
      if (await crash(n, probe('a'))) crashes++;
      minutes(wait);
      const { incidentId, alertId } = await one(probe('a'));
      expect([...started], `killed at ${n}`).toEqual([[alertId, { incidentId, alertId }]]);
      const incidents = await store.records.recentIncidents(200);
      expect(incidents, `killed at ${n}`).toMatchObject([{ incidentId, alerts: [{ alertId }] }]);
      expect(await store.records.alert(incidentId, alertId)).toMatchObject({ findingId: 'a' });
      expect((await one(probe('a'))).outcome).toBe('repeat');
    }
    expect(crashes).toBeGreaterThan(20);
  });

  test.each([
    ['at once', 1],
    ['after the window', 90],
  ])('P9: of one that joins, redelivered %s, lists it in one incident', async (_when, wait) => {
    for (let n = 0; n < KILLS; n++) {
      await reset();
      await one(probe('first'));
      await crash(n, probe('a'));
      minutes(wait);
      const { alertId } = await one(probe('a'));
      const listing = (await store.records.recentIncidents(200)).filter(({ alerts }) =>
        alerts.some((alert) => alert.alertId === alertId),
      );
      expect(listing, `killed at ${n}`).toHaveLength(1);
      expect(started.get(alertId)?.incidentId).toBe(listing[0]?.incidentId);
    }
  });

  test('P9: does not keep related alerts waiting, and both end in one incident', async () => {
    for (let n = 0; n < KILLS; n++) {
      await reset();
      await crash(n, probe('a'));
      const other = await one(probe('b'));
      const first = await one(probe('a'));
      const incidents = await store.records.recentIncidents(200);
      expect(incidents, `killed at ${n}`).toHaveLength(1);
      expect(incidents[0]?.alerts.map(({ alertId }) => alertId).sort()).toEqual(
        [first.alertId, other.alertId].sort(),
      );
      expect(started.size).toBe(2);
    }
  });
});
