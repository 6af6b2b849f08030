// Accepting findings: what is kept and started, repeats, bad neighbours, failures on the way.
import { beforeEach, describe, expect, test } from 'vitest';
import { Conflict, Unavailable } from '../../functions/domain/errors.ts';
import type { IntakeDeps } from '../../functions/intake/intake.ts';
import { faultOf } from '../../functions/store/hash-chain.ts';
import { startStores } from '../store/dynamo.ts';
import { type Desk, openDesk, probe } from './desk.ts';

const db = startStores();
let desk: Desk;
beforeEach(async () => {
  desk = await openDesk(db);
});

describe('a finding', () => {
  test('opens an incident, keeps the event, and starts one execution named after the alert', async () => {
    const { outcome, alertId, incidentId } = await desk.one(probe('a'));
    expect([outcome, incidentId]).toEqual(['started', alertId.replace('al-', 'inc-')]);
    expect([...desk.started]).toEqual([[alertId, { incidentId, alertId }]]);
    const incident = await desk.store.records.incident(incidentId);
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
    expect(await desk.store.records.alert(incidentId, alertId)).toMatchObject({ findingId: 'a' });
    expect(await desk.store.records.rawEvent(incidentId, alertId)).toEqual(probe('a').detail);
  });

  test('has the same ids wherever and whenever it is read', async () => {
    const { alertId } = await desk.one(probe('a'));
    desk = await openDesk(db);
    desk.minutes(500);
    expect((await desk.one(probe('a'))).alertId).toBe(alertId);
  });

  test('is remembered for the entities that it names', async () => {
    const { incidentId } = await desk.one(probe('a'));
    expect(
      await desk.store.entityHistory.read({ kind: 'ip', value: '203.0.113.66' }),
    ).toMatchObject([{ event: 'incident', incidentId }]);
  });

  test('is kept although it holds what a table cannot: odd numbers, empty names', async () => {
    const body = JSON.stringify(probe('a')).replace(
      '"count":3',
      '"count":3,"":1e999,"big":12345678901234567890,"tiny":1e-300',
    );
    const [accepted] = await desk.accept(body);
    expect(accepted?.outcome).toBe('started');
  });

  test('that is too large to be kept beside the alert is replaced by a note that says so', async () => {
    const event = probe('a');
    event.detail.padding = 'é'.repeat(180_000);
    const { incidentId, alertId } = await desk.one(event);
    expect(await desk.store.records.rawEvent(incidentId, alertId)).toEqual({
      note: expect.stringMatching(/^the event had 36\d{4} bytes/),
    });
  });
});

describe('a repeat', () => {
  test('is counted and starts nothing', async () => {
    const { incidentId, alertId } = await desk.one(probe('a'));
    const again = probe('a');
    again.detail.service.count = 77;
    expect((await desk.one(again)).outcome).toBe('repeat');
    expect((await desk.one(again)).outcome).toBe('repeat');
    expect(desk.started.size).toBe(1);
    expect(await desk.store.records.incident(incidentId)).toMatchObject({
      alerts: [{ alertId, repeats: 2 }],
    });
  });

  test('is news again a day later, when its incident is closed', async () => {
    const first = await desk.one(probe('a'));
    desk.minutes(24 * 60 + 1);
    expect((await desk.one(probe('a'))).outcome, 'still open').toBe('repeat');
    await desk.closeIncident(first.incidentId);
    const second = await desk.one(probe('a'));
    expect(second.outcome).toBe('started');
    expect(second.alertId).not.toBe(first.alertId);
    expect(desk.started.size).toBe(2);
  });

  test('is none where a product uses an id for something else', async () => {
    await desk.one(probe('a'));
    const other = probe('a', '203.0.113.99', 'i-0123456789abcdef0');
    other.detail.type = 'Recon:EC2/Portscan';
    expect((await desk.one(other)).outcome).toBe('started');
  });

  test('of the id in another account is none', async () => {
    await desk.one(probe('a'));
    const other = probe('a');
    other.detail.accountId = '444455556666';
    expect((await desk.one(other)).outcome).toBe('started');
  });
});

describe('what cannot be read', () => {
  test('is put aside as it came, with the reason', async () => {
    const body = JSON.stringify({ 'detail-type': 'Countermand Alert', detail: { id: 'x' } });
    const [accepted] = await desk.accept(body);
    expect(accepted).toEqual({ outcome: 'refused', reason: desk.rejected[0]?.reason });
    expect(desk.rejected).toEqual([{ body, reason: expect.stringContaining('severity') }]);
    expect(desk.started.size).toBe(0);
  });

  test('costs its neighbours nothing', async () => {
    const findings = [
      probe('a').detail,
      { hello: 1 },
      { severity: 3, Resource: {} },
      probe('b').detail,
    ];
    const accepted = await desk.accept({ Findings: findings });
    expect(accepted.map(({ outcome }) => outcome)).toEqual([
      'started',
      'refused',
      'refused',
      'joined',
    ]);
    expect(desk.rejected.map(({ body }) => JSON.parse(body))).toEqual([findings[1], findings[2]]);
  });

  test('is refused in words that a queue can carry', async () => {
    const name = '\u{1F600}\u0000\uFFFF\uD800';
    await desk.accept({ [name]: 1 });
    expect(desk.rejected[0]?.reason).toContain('\u{1F600}\uFFFD\uFFFD\uFFFD');
  });

  test('that cannot even be put aside is delivered again', async () => {
    const reject = async () => {
      throw new Unavailable('no queue');
    };
    await expect(desk.accept('{', { reject })).rejects.toThrow(Unavailable);
  });
});

describe('a failure on the way', () => {
  test('of one finding does not keep the others waiting, and has the body delivered again', async () => {
    const startRespond: IntakeDeps['startRespond'] = async (name, input) => {
      if (desk.started.size === 0 && name !== '') {
        desk.started.set('failed', input);
        throw new Unavailable('no state machine');
      }
      desk.started.set(name, input);
    };
    const body = { Findings: [probe('a').detail, probe('b').detail] };
    await expect(desk.accept(body, { startRespond })).rejects.toThrow(Unavailable);
    expect(desk.started.size).toBe(2);
    const again = await desk.accept(body);
    expect(again.map(({ outcome }) => outcome)).toEqual(['started', 'repeat']);
  });

  test('to remember the entities does not cost the alert', async () => {
    const entityHistory = {
      ...desk.store.entityHistory,
      note: () => Promise.reject(new Conflict('no')),
    };
    const [accepted] = await desk.accept(probe('a'), { store: { ...desk.store, entityHistory } });
    expect(accepted?.outcome).toBe('started');
  });
});

test('an event of an unknown sender is rejected whole, and is read once policy names the partner', async () => {
  const event = { ...probe('b'), 'detail-type': 'Scan', source: 'aws.partner/example.com/scan' };
  const accepted = await desk.accept([event, probe('a')]);
  expect(accepted.map(({ outcome }) => outcome)).toEqual(['refused', 'started']);
  const [{ body, reason } = { body: '', reason: '' }] = desk.rejected;
  expect(JSON.parse(body)).toEqual(event);
  expect(reason).toContain('no source reads "Scan" from "aws.partner/example.com/scan"; expected');
  const partner = { eventBus: event.source, source: event.source, format: 'guardduty' } as const;
  const policy = { ...desk.deps.policy, partnerSources: [partner] };
  expect(await desk.accept(body, { policy })).toMatchObject([{ findingId: 'b' }]);
});
