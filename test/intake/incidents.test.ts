// Grouping alerts into incidents, also when they arrive at the same moment.
import { beforeEach, describe, expect, test } from 'vitest';
import { known } from '../../functions/domain/facts.ts';
import { raiseBy, worstOf } from '../../functions/domain/incident.ts';
import { factsAbout, factsWith } from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';
import { type Intake, openIntake, probe } from './intake-on-store.ts';

const db = startStores();
let intake: Intake;
beforeEach(async () => {
  intake = await openIntake(db);
});

describe('related alerts', () => {
  test.each([
    ['the actor', ['203.0.113.66', 'i-0bbbbbbbbbbbbbbbb']],
    ['the resource', ['203.0.113.99', 'i-0aa1bb2cc3dd4ee5f']],
  ] as const)(
    'groups alerts that share %s into one incident, and starts an execution for each',
    async (_what, [ip, instance]) => {
      const first = await intake.one(probe('a'));
      const second = await intake.one(probe('b', ip, instance));
      expect(second).toMatchObject({ outcome: 'joined', incidentId: first.incidentId });
      expect(intake.started.size).toBe(2);
      expect((await intake.store.records.incident(first.incidentId)).alerts).toHaveLength(2);
    },
  );

  test('opens two incidents for alerts that share nothing', async () => {
    await intake.one(probe('a'));
    expect((await intake.one(probe('b', '203.0.113.99', 'i-0bbbbbbbbbbbbbbbb'))).outcome).toBe(
      'started',
    );
  });

  test.each([
    ['a private address', '10.0.0.9'],
    ['a value that is not an address', 'unknown'],
  ])('opens two incidents for alerts that share only %s', async (_what, address) => {
    await intake.one(probe('a', address, 'i-0aaaaaaaaaaaaaaaa'));
    expect((await intake.one(probe('b', address, 'i-0bbbbbbbbbbbbbbbb'))).outcome).toBe('started');
  });

  test.each(['GeneratedFindingInstanceId', '${instance_id}', 'i-99999999'])(
    'opens two incidents for alerts that share only the placeholder %s',
    async (placeholder) => {
      await intake.one(probe('a', '203.0.113.1', placeholder));
      expect((await intake.one(probe('b', '203.0.113.2', placeholder))).outcome).toBe('started');
    },
  );

  test('opens an incident for each sample finding, because all samples name the same things', async () => {
    const invented = (id: string) => {
      const event = probe(id);
      event.detail.service.additionalInfo = { sample: true };
      return event;
    };
    await intake.one(invented('a'));
    expect((await intake.one(invented('b'))).outcome).toBe('started');
  });

  test('extends the window with each alert, and opens a new incident after the window', async () => {
    await intake.one(probe('a'));
    intake.minutes(50);
    expect((await intake.one(probe('b'))).outcome).toBe('joined');
    intake.minutes(50);
    expect((await intake.one(probe('c'))).outcome).toBe('joined');
    intake.minutes(61);
    expect((await intake.one(probe('d'))).outcome).toBe('started');
  });

  test('reopens a closed incident within the window', async () => {
    const { incidentId } = await intake.one(probe('a'));
    await intake.closeIncident(incidentId);
    intake.minutes(10);
    expect(await intake.one(probe('b'))).toMatchObject({ outcome: 'joined', incidentId });
    const incident = await intake.store.records.incident(incidentId);
    expect(incident).toMatchObject({
      status: 'open',
      closedAt: null,
      outcome: null,
      attentionAt: '2026-11-24T05:10:00.000Z',
      alerts: [{ outcome: 'ticketed' }, { outcome: null }],
    });
  });

  test('opens a new incident after a hundred alerts, and adds later alerts to it', async () => {
    const { incidentId } = await intake.one(probe('0'));
    for (let n = 1; n < 100; n++) await join(incidentId, `al-${n}`);
    expect((await intake.store.records.incident(incidentId)).alerts).toHaveLength(100);
    const next = await intake.one(probe('a'));
    expect(next.outcome).toBe('started');
    expect(await intake.one(probe('b'))).toMatchObject({
      outcome: 'joined',
      incidentId: next.incidentId,
    });
  });
});

describe('an address of our own as the actor', () => {
  /** Two alerts of different instances with the same actor, whose owner the facts name. */
  async function sharedBy(owner: string) {
    const first = await intake.one(probe('a', '203.0.113.9', 'i-0aaaaaaaaaaaaaaaa'));
    const { incidentId, alertId } = first;
    const { records } = intake.store;
    const alert = await records.alert(incidentId, alertId);
    const ref = alert.entities.find(({ kind }) => kind === 'ip')?.ref ?? '';
    const { address, ...about } = factsAbout(ref);
    const owned = { ...address!, ownedBy: known(owner) };
    await records.putFacts(incidentId, alertId, factsWith({ ...about, address: owned }));
    return (await intake.one(probe('b', '203.0.113.9', 'i-0bbbbbbbbbbbbbbbb'))).outcome;
  }

  test.each([
    'nat gateway eni-0a1b2c3d4e5f60719',
    'load balancer app/shop/50dc6c495c0c9188',
    'network load balancer eni-0a1b2c3d4e5f60719',
  ])('opens two incidents for alerts that share only the %s', async (owner) => {
    expect(await sharedBy(owner)).toBe('started');
  });

  test('groups alerts that share one of our instances', async () => {
    expect(await sharedBy('instance i-0cccccccccccccccc')).toBe('joined');
  });
});

describe('the severity of an incident', () => {
  const severe = (id: string, severity: number) => {
    const event = probe(id);
    return { ...event, detail: { ...event.detail, severity } };
  };

  test('is that of its worst alert, and the history says which alert raised it', async () => {
    const { incidentId } = await intake.one(severe('a', 5));
    await intake.one(severe('b', 8));
    await intake.one(severe('c', 2));
    const { alerts } = await intake.store.records.incident(incidentId);
    expect(worstOf(alerts)?.severity).toBe('high');
    const { found } = await intake.store.records.readMembers(incidentId);
    const texts = found.map(({ history }) => history[0]?.text ?? '');
    expect(texts.filter((text) => text.startsWith('Raised the incident from'))).toEqual([
      expect.stringMatching(/^Raised the incident from medium to high. Recon:EC2/),
    ]);
  });

  test('names the incident after the first of several worst alerts', () => {
    const of = (alertId: string, severity: 'low' | 'high') => ({ alertId, severity });
    const alerts = [of('a', 'low'), of('b', 'high'), of('c', 'high'), of('d', 'low')];
    expect(worstOf(alerts)?.alertId).toBe('b');
    expect(alerts.map(({ alertId }) => raiseBy(alerts, alertId))).toEqual([
      null,
      { from: 'low', to: 'high' },
      null,
      null,
    ]);
  });
});

/** Adds an alert to the incident as another delivery would. */
async function join(incidentId: string, alertId: string) {
  const [model] = (await intake.store.records.readMembers(incidentId)).found;
  const { seat: _seat, ...member } = model!;
  return intake.store.records.join({ ...member, alertId });
}

describe('concurrent deliveries', () => {
  test('starts one execution when a finding is delivered twice at once, and counts the repeat', async () => {
    const outcomes = await Promise.all([intake.accept(probe('a')), intake.accept(probe('a'))]);
    expect(
      outcomes
        .flat()
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(['repeat', 'started']);
    expect(intake.started.size).toBe(1);
  });

  test.each([2, 9])(
    'groups %i concurrent alerts that share a key into one incident',
    async (count) => {
      for (let round = 0; round < 3; round++) {
        intake = await openIntake(db);
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
              return intake.accept(event);
            }),
          )
        ).flat();
        const incidents = new Set(
          accepted.map((one) => ('incidentId' in one ? one.incidentId : one.outcome)),
        );
        expect([...incidents]).toHaveLength(1);
        const incident = await intake.store.records.incident([...incidents][0]!);
        expect(incident.alerts).toHaveLength(count);
        expect(await intake.incidents()).toHaveLength(1);
        expect(intake.started.size).toBe(count);
      }
    },
  );
});
