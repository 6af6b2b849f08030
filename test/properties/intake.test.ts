// Intake with damaged events, and with a crash at any database request (P9).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInput, Unavailable } from '../../functions/domain/errors.ts';
import type { IntakeDeps } from '../../functions/intake/deps.ts';
import { type Accepted, acceptEvent } from '../../functions/intake/intake.ts';
import { unwrap } from '../../functions/sources/unwrap.ts';
import { chainFault } from '../../functions/store/hash-chain.ts';
import { createStore } from '../../functions/store/store.ts';
import { openTable } from '../../local/engine/table.ts';
import { loadSamples } from '../../local/samples.ts';
import { HERE, NOW, POLICY } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';

const SAMPLES = loadSamples();
const PROBE = SAMPLES.find(({ id }) => id === 'web-port-probe')?.event;

/** The request that crashes, counted from 0, and whether the database carries it out first. */
let death: { at: number; done: boolean } | null = null;
let requests = 0;
/** One acceptance makes at least this many requests. With fewer, this file would test nothing. */
const MANY = 8;

const dying =
  <Asked extends unknown[], Answer>(request: (...asked: Asked) => Promise<Answer>) =>
  async (...asked: Asked): Promise<Answer> => {
    const dies = requests++ === death?.at;
    if (dies && !death?.done) throw new Unavailable('died before the request');
    const answer = await request(...asked);
    if (dies) throw new Unavailable('died after the request');
    return answer;
  };

async function account() {
  const table = openTable();
  const { get, put, query, due } = table;
  const mortal = { get: dying(get), put: dying(put), query: dying(query), due: dying(due) };
  const store = createStore({ ...table, ...mortal }, () => {});
  const started = new Map<string, { incidentId: string; alertId: string }>();
  const rejected: string[] = [];
  const deps: IntakeDeps = {
    store,
    policy: POLICY,
    here: HERE,
    keys: KEYS,
    startRespond: async (name, input) => void started.set(name, input),
    ownPrefix: 'countermand-',
    reject: async (_body, reason) => void rejected.push(reason),
    recordLayout: 2,
    now: () => new Date(NOW.getTime() + deliveries * 60_000),
    log: () => {},
  };
  return { store, started, rejected, deps };
}

let deliveries = 0;

/** Delivers as the queue does: again after a minute, until the event is accepted. */
async function deliver(deps: IntakeDeps, event: unknown): Promise<Accepted[]> {
  for (let delivery = 1; ; delivery++, deliveries++)
    try {
      return await acceptEvent(deps, JSON.stringify(event));
    } catch (error) {
      if (!(error instanceof Unavailable) || delivery === 5) throw error;
    }
}

/** Delivers with a crash at this request. Returns false when fewer requests were made. */
async function deliverDying(deps: IntakeDeps, event: unknown, at: number, done: boolean) {
  requests = 0;
  death = { at, done };
  await deliver(deps, event);
  death = null;
  expect(at, 'too many requests').toBeLessThan(60);
  return requests > at;
}

describe.each([
  ['before', false],
  ['after', true],
])('a crash just %s any database request, followed by a redelivery', (_when, done) => {
  test('records one incident with an unbroken history and starts one assessment after a crash and a redelivery', async () => {
    let at = 0;
    for (let died = true; died; at++) {
      const { store, started, deps } = await account();
      died = await deliverDying(deps, PROBE, at, done);
      const [one, ...others] = [...started];
      expect(others).toEqual([]);
      const [alertId, input] = one ?? [];
      const incidents = await store.records.recentIncidents(50);
      expect(incidents).toMatchObject([
        { incidentId: input?.incidentId, status: 'open', alerts: [{ alertId }] },
      ]);
      for (const { incidentId, history, attentionAt } of incidents) {
        expect(chainFault(incidentId, history)).toBeNull();
        expect(attentionAt).not.toBeNull();
        expect(await store.records.rawEvent(incidentId, alertId ?? '')).toMatchObject({
          type: 'Recon:EC2/PortProbeUnprotectedPort',
        });
      }
    }
    expect(at).toBeGreaterThan(MANY);
  });

  test('adds a second alert to the incident of the first after a crash and a redelivery', async () => {
    const further = structuredClone(PROBE) as { detail: Record<string, unknown> };
    further.detail.id = 'further';
    let at = 0;
    for (let died = true; died; at++) {
      const { store, started, deps } = await account();
      await deliver(deps, PROBE);
      died = await deliverDying(deps, further, at, done);
      const incidents = await store.records.recentIncidents(50);
      expect(incidents).toHaveLength(1);
      expect(incidents[0]?.alerts.map(({ alertId }) => alertId)).toEqual([...started.keys()]);
      expect(started.size).toBe(2);
    }
    expect(at).toBeGreaterThan(MANY);
  });
});

test('rejects an event that is cut off at any position', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SAMPLES), fc.nat(), ({ event }, at) => {
      const whole = JSON.stringify(event);
      expect(() => unwrap(whole.slice(0, at % whole.length))).toThrow(InvalidInput);
    }),
  );
});

type Place = { of: object; key: string };
const placesIn = (value: unknown): Place[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [{ of: value, key }, ...placesIn(inner)])
    : [];

/** A GuardDuty sample in which some values of its resource and service are replaced by arbitrary JSON. */
const damaged = fc
  .tuple(
    fc.constantFrom(...SAMPLES.filter(({ event }) => event.source === 'aws.guardduty')),
    fc.array(fc.tuple(fc.nat(), fc.jsonValue({ maxDepth: 4 })), { minLength: 1, maxLength: 3 }),
  )
  .map(([{ event }, spots]) => {
    const copy = structuredClone(event) as { detail: { id: unknown } };
    // Each is a separate finding. A repeat would only be counted.
    copy.detail.id = `finding-${JSON.stringify(spots).length}-${++findings}`;
    const { service, resource } = structuredClone(copy.detail) as Record<string, unknown>;
    const parts = { service, resource };
    for (const [at, by] of spots) {
      const places = placesIn(parts);
      const place = places[at % places.length];
      // An archived finding is not opened, which is not what this is about.
      if (place && place.key !== 'archived') Reflect.set(place.of, place.key, by);
    }
    return { ...copy, detail: { ...copy.detail, ...parts } };
  });
let findings = 0;

test('accepts and stores a finding with malformed parts in its resource or service', async () => {
  const { store, rejected, deps } = await account();
  await fc.assert(
    fc.asyncProperty(damaged, async (event) => {
      const [accepted] = await deliver(deps, event);
      if (accepted?.outcome !== 'started' && accepted?.outcome !== 'joined')
        throw new Error(`not accepted: ${JSON.stringify(accepted)}`);
      const { incidentId, alertId } = accepted;
      expect((await store.records.alert(incidentId, alertId)).alertId).toBe(alertId);
      expect(await store.records.rawEvent(incidentId, alertId)).toEqual(
        JSON.parse(JSON.stringify(event.detail)),
      );
    }),
    { numRuns: 60 },
  );
  expect(rejected).toEqual([]);
});
