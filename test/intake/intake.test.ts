// Accepting findings: records, repeats, unreadable findings and failures.
import { beforeEach, describe, expect, test } from 'vitest';
import { Conflict, Unavailable } from '../../functions/domain/errors.ts';
import type { IntakeDeps } from '../../functions/intake/deps.ts';
import { chainFault } from '../../functions/store/hash-chain.ts';
import { startStores } from '../store/stores.ts';
import { sample } from './events.ts';
import { type Intake, openIntake, probe } from './intake-on-store.ts';

const db = startStores();
let intake: Intake;
beforeEach(async () => {
  intake = await openIntake(db);
});

describe('a finding', () => {
  test('opens an incident, stores the event, and starts one execution named after the alert', async () => {
    const { outcome, alertId, incidentId } = await intake.one(probe('a'));
    expect([outcome, incidentId]).toEqual(['started', alertId.replace('al-', 'inc-2')]);
    expect([...intake.started]).toEqual([[alertId, { incidentId, alertId }]]);
    const incident = await intake.store.records.incident(incidentId);
    expect(incident).toMatchObject({
      status: 'open',
      attentionAt: '2026-11-24T05:00:00.000Z',
      alerts: [{ alertId, repeats: 0, outcome: null }],
      correlationKeys: [
        'actor:111122223333:ip:203.0.113.66',
        'resource:111122223333:instance:i-0aa1bb2cc3dd4ee5f',
      ],
    });
    expect(chainFault(incidentId, incident.history)).toBeNull();
    expect(await intake.store.records.alert(incidentId, alertId)).toMatchObject({ findingId: 'a' });
    expect(await intake.store.records.rawEvent(incidentId, alertId)).toEqual(probe('a').detail);
  });

  test('derives the same alert ID for a finding in another store and at another time', async () => {
    const { alertId } = await intake.one(probe('a'));
    intake = await openIntake(db);
    intake.minutes(500);
    expect((await intake.one(probe('a'))).alertId).toBe(alertId);
  });

  test('records the incident in the history of an entity that the finding names', async () => {
    const { incidentId } = await intake.one(probe('a'));
    expect(
      await intake.store.entityHistory.read({ kind: 'ip', value: '203.0.113.66' }),
    ).toMatchObject([{ event: 'incident', incidentId }]);
  });

  test('accepts an event with numbers and names that DynamoDB cannot store', async () => {
    const body = JSON.stringify(probe('a')).replace(
      '"count":3',
      '"count":3,"":1e999,"big":12345678901234567890,"tiny":1e-300',
    );
    const [accepted] = await intake.accept(body);
    expect(accepted?.outcome).toBe('started');
  });

  test('stores a note in place of an event that is too large', async () => {
    const event = probe('a');
    event.detail.padding = 'é'.repeat(180_000);
    const { incidentId, alertId } = await intake.one(event);
    expect(await intake.store.records.rawEvent(incidentId, alertId)).toEqual({
      note: expect.stringMatching(/^the event was left out: its 36\d{4} bytes/),
    });
  });
});

describe('a repeat', () => {
  test('counts a repeat and starts nothing', async () => {
    const { incidentId, alertId } = await intake.one(probe('a'));
    const again = probe('a');
    again.detail.service.count = 77;
    expect((await intake.one(again)).outcome).toBe('repeat');
    expect((await intake.one(again)).outcome).toBe('repeat');
    expect(intake.started.size).toBe(1);
    expect(await intake.store.records.incident(incidentId)).toMatchObject({
      alerts: [{ alertId, repeats: 2 }],
    });
  });

  test('starts a repeated finding again after a day, when its incident is closed', async () => {
    const first = await intake.one(probe('a'));
    intake.minutes(24 * 60 + 1);
    expect((await intake.one(probe('a'))).outcome, 'still open').toBe('repeat');
    await intake.closeIncident(first.incidentId);
    const second = await intake.one(probe('a'));
    expect(second.outcome).toBe('started');
    expect(second.alertId).not.toBe(first.alertId);
    expect(intake.started.size).toBe(2);
  });

  test('treats a known ID with another type as a new finding', async () => {
    await intake.one(probe('a'));
    const other = probe('a', '203.0.113.99', 'i-0123456789abcdef0');
    other.detail.type = 'Recon:EC2/Portscan';
    expect((await intake.one(other)).outcome).toBe('started');
  });

  test('treats a known ID in another account as a new finding', async () => {
    await intake.one(probe('a'));
    const other = probe('a');
    other.detail.accountId = '444455556666';
    expect((await intake.one(other)).outcome).toBe('started');
  });
});

describe('a finding that a person sends', () => {
  const sentAt = (time: string) => ({ ...sample('port-probe'), time });
  const imported = () => {
    const { detail, ...event } = sample('port-probe');
    return {
      ...event,
      'detail-type': 'Security Hub Findings - Imported',
      detail: { findings: detail.findings },
    };
  };
  const alertsOf = async (incidentId: string) =>
    (await intake.store.records.incident(incidentId)).alerts;

  test('assesses a known finding that a person sends again, in its incident', async () => {
    const known = await intake.one(imported());
    await intake.closeIncident(known.incidentId);
    const sent = await intake.one(sentAt('2026-11-24T03:05:00Z'));
    expect(sent).toMatchObject({ outcome: 'joined', incidentId: known.incidentId });
    expect([...intake.started.keys()]).toEqual([known.alertId, sent.alertId]);
    expect(await intake.store.records.incident(known.incidentId)).toMatchObject({
      status: 'open',
      alerts: [{ alertId: known.alertId }, { alertId: sent.alertId, repeats: 0 }],
    });
    const { notes } = await intake.store.records.alert(known.incidentId, sent.alertId);
    expect(notes).toContain('A person sent it with the custom action "Send to Countermand"');
  });

  test('assesses a sent known finding once when its event is delivered twice', async () => {
    const known = await intake.one(imported());
    const sent = await intake.one(sentAt('2026-11-24T03:05:00Z'));
    const again = await intake.one(sentAt('2026-11-24T03:05:00Z'));
    expect(again).toMatchObject({ outcome: 'repeat', alertId: sent.alertId });
    expect(intake.started.size).toBe(2);
    expect(await alertsOf(known.incidentId)).toHaveLength(2);
  });

  test('assesses a sent new finding once when its event is delivered twice', async () => {
    const first = await intake.one(sentAt('2026-11-24T03:05:00Z'));
    expect((await intake.one(sentAt('2026-11-24T03:05:00Z'))).outcome).toBe('repeat');
    expect((await intake.one(imported())).outcome).toBe('repeat');
    expect([...intake.started.keys()]).toEqual([first.alertId]);
  });

  test('assesses a finding again each time that a person sends it', async () => {
    const first = await intake.one(sentAt('2026-11-24T03:05:00Z'));
    const second = await intake.one(sentAt('2026-11-24T03:06:00Z'));
    expect(second).toMatchObject({ outcome: 'joined', incidentId: first.incidentId });
    expect(intake.started.size).toBe(2);
  });

  test('assesses a sent finding once when the first delivery crashed before the end', async () => {
    await intake.one(imported());
    const event = sentAt('2026-11-24T03:05:00Z');
    const startRespond = async () => Promise.reject(new Unavailable('no engine'));
    await expect(intake.accept(event, { startRespond })).rejects.toThrow('no engine');
    const { incidentId } = await intake.one(event);
    expect(intake.started.size).toBe(2);
    expect(await alertsOf(incidentId)).toHaveLength(2);
  });
});

describe('an unreadable finding', () => {
  test('rejects an unreadable finding unchanged, with the reason', async () => {
    const body = JSON.stringify({ 'detail-type': 'Countermand Alert', detail: { id: 'x' } });
    const [accepted] = await intake.accept(body);
    expect(accepted).toEqual({ outcome: 'refused', reason: intake.rejected[0]?.reason });
    expect(intake.rejected).toEqual([{ body, reason: expect.stringContaining('severity') }]);
    expect(intake.started.size).toBe(0);
  });

  test('accepts the other findings of a body with unreadable ones', async () => {
    const findings = [
      probe('a').detail,
      { hello: 1 },
      { severity: 3, Resource: {} },
      probe('b').detail,
    ];
    const accepted = await intake.accept({ Findings: findings });
    expect(accepted.map(({ outcome }) => outcome)).toEqual([
      'started',
      'refused',
      'refused',
      'joined',
    ]);
    expect(intake.rejected.map(({ body }) => JSON.parse(body))).toEqual([findings[1], findings[2]]);
  });

  test('replaces characters that a queue does not accept in the reason', async () => {
    const name = '\u{1F600}\u0000\uFFFF\uD800';
    await intake.accept({ [name]: 1 });
    expect(intake.rejected[0]?.reason).toContain('\u{1F600} \uFFFD\uFFFD');
  });

  test('throws Unavailable when an unreadable finding cannot be sent to the rejected queue', async () => {
    const reject = async () => {
      throw new Unavailable('no queue');
    };
    await expect(intake.accept('{', { reject })).rejects.toThrow(Unavailable);
  });
});

describe('a failure during acceptance', () => {
  test('accepts the other findings of a body when one fails, and throws so that the body is redelivered', async () => {
    const startRespond: IntakeDeps['startRespond'] = async (name, input) => {
      if (intake.started.size === 0 && name !== '') {
        intake.started.set('failed', input);
        throw new Unavailable('no state machine');
      }
      intake.started.set(name, input);
    };
    const body = { Findings: [probe('a').detail, probe('b').detail] };
    await expect(intake.accept(body, { startRespond })).rejects.toThrow(Unavailable);
    expect(intake.started.size).toBe(2);
    const again = await intake.accept(body);
    expect(again.map(({ outcome }) => outcome)).toEqual(['started', 'repeat']);
  });

  test('accepts an alert when the history of its entities cannot be written', async () => {
    const entityHistory = {
      ...intake.store.entityHistory,
      note: () => Promise.reject(new Conflict('no')),
    };
    const [accepted] = await intake.accept(probe('a'), {
      store: { ...intake.store, entityHistory },
    });
    expect(accepted?.outcome).toBe('started');
  });
});

test('rejects the full event of an unknown sender, and reads it once policy names the partner', async () => {
  const event = { ...probe('b'), 'detail-type': 'Scan', source: 'aws.partner/example.com/scan' };
  const accepted = await intake.accept([event, probe('a')]);
  expect(accepted.map(({ outcome }) => outcome)).toEqual(['refused', 'started']);
  const [{ body, reason } = { body: '', reason: '' }] = intake.rejected;
  expect(JSON.parse(body)).toEqual(event);
  expect(reason).toContain('no source reads "Scan" from "aws.partner/example.com/scan"; expected');
  const partner = { eventBus: event.source, source: event.source, format: 'guardduty' } as const;
  const policy = { ...intake.deps.policy, partnerSources: [partner] };
  expect(await intake.accept(body, { policy })).toMatchObject([{ findingId: 'b' }]);
});
