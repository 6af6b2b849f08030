// Which alerts are one incident, also when they come at the same moment.
import { beforeEach, describe, expect, test } from 'vitest';
import { startStores } from '../store/dynamo.ts';
import { type Desk, openDesk, probe } from './desk.ts';

const db = startStores();
let desk: Desk;
beforeEach(async () => {
  desk = await openDesk(db);
});

describe('related alerts', () => {
  test.each([
    ['the actor', ['203.0.113.66', 'i-0bbbbbbbbbbbbbbbb']],
    ['the resource', ['203.0.113.99', 'i-0aa1bb2cc3dd4ee5f']],
  ] as const)('that share %s are one incident, each assessed', async (_what, [ip, instance]) => {
    const first = await desk.one(probe('a'));
    const second = await desk.one(probe('b', ip, instance));
    expect(second).toMatchObject({ outcome: 'joined', incidentId: first.incidentId });
    expect(desk.started.size).toBe(2);
    expect((await desk.store.records.incident(first.incidentId)).alerts).toHaveLength(2);
  });

  test('that share nothing are two', async () => {
    await desk.one(probe('a'));
    expect((await desk.one(probe('b', '203.0.113.99', 'i-0bbbbbbbbbbbbbbbb'))).outcome).toBe(
      'started',
    );
  });

  test.each([
    ['a private address', '10.0.0.9'],
    ['an address that is none', 'unknown'],
  ])('that share no more than %s are two', async (_what, address) => {
    await desk.one(probe('a', address, 'i-0aaaaaaaaaaaaaaaa'));
    expect((await desk.one(probe('b', address, 'i-0bbbbbbbbbbbbbbbb'))).outcome).toBe('started');
  });

  test.each(['GeneratedFindingInstanceId', '${instance_id}', 'i-99999999'])(
    'that share no more than the placeholder %s are two',
    async (placeholder) => {
      await desk.one(probe('a', '203.0.113.1', placeholder));
      expect((await desk.one(probe('b', '203.0.113.2', placeholder))).outcome).toBe('started');
    },
  );

  test('of samples are never joined: all samples name the same things', async () => {
    const invented = (id: string) => {
      const event = probe(id);
      event.detail.service.additionalInfo = { sample: true };
      return event;
    };
    await desk.one(invented('a'));
    expect((await desk.one(invented('b'))).outcome).toBe('started');
  });

  test('beyond the window are two; within it, each one extends it', async () => {
    await desk.one(probe('a'));
    desk.minutes(50);
    expect((await desk.one(probe('b'))).outcome).toBe('joined');
    desk.minutes(50);
    expect((await desk.one(probe('c'))).outcome).toBe('joined');
    desk.minutes(61);
    expect((await desk.one(probe('d'))).outcome).toBe('started');
  });

  test('open a closed incident again within the window', async () => {
    const { incidentId } = await desk.one(probe('a'));
    await desk.closeIncident(incidentId);
    desk.minutes(10);
    expect(await desk.one(probe('b'))).toMatchObject({ outcome: 'joined', incidentId });
    const incident = await desk.store.records.incident(incidentId);
    expect(incident).toMatchObject({
      status: 'open',
      closedAt: null,
      outcome: null,
      attentionAt: '2026-11-24T05:10:00.000Z',
    });
    expect(incident.history.at(-1)?.event).toBe('reopened');
  });

  test('beyond a hundred open a further incident, which the next ones join', async () => {
    const { incidentId } = await desk.one(probe('0'));
    await desk.store.records.changeIncident(incidentId, (incident) => ({
      ...incident,
      alerts: Array.from({ length: 100 }, (_, i) => ({ ...incident.alerts[0]!, alertId: `x${i}` })),
      version: incident.version + 1,
    }));
    const next = await desk.one(probe('a'));
    expect(next.outcome).toBe('started');
    expect(await desk.one(probe('b'))).toMatchObject({
      outcome: 'joined',
      incidentId: next.incidentId,
    });
  });
});

describe('two at the same moment', () => {
  test('deliveries of one finding start it once and count the other', async () => {
    const outcomes = await Promise.all([desk.accept(probe('a')), desk.accept(probe('a'))]);
    expect(
      outcomes
        .flat()
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(['repeat', 'started']);
    expect(desk.started.size).toBe(1);
  });

  test.each([2, 9])('%i alerts that share a key are one incident', async (count) => {
    for (let round = 0; round < 3; round++) {
      desk = await openDesk(db);
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
            return desk.accept(event);
          }),
        )
      ).flat();
      const incidents = new Set(
        accepted.map((one) => (one.outcome === 'refused' ? 'refused' : one.incidentId)),
      );
      expect([...incidents]).toHaveLength(1);
      const incident = await desk.store.records.incident([...incidents][0]!);
      expect(incident.alerts).toHaveLength(count);
      expect(await desk.incidents()).toHaveLength(1);
      expect(desk.started.size).toBe(count);
    }
  });
});
