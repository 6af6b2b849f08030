// Changes in a known finding, and the identity of findings.
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Reported } from '../../functions/domain/alert.ts';
import { Unavailable } from '../../functions/domain/errors.ts';
import { identityOf } from '../../functions/intake/identity.ts';
import { changesSince, knownAfter } from '../../functions/intake/known-finding.ts';
import { alertWith, attacker } from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';
import { alertOf, sample } from './events.ts';
import { type Intake, openIntake, probe } from './intake-on-store.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 24, 3, minutes)).toISOString();
const severity = (label: Reported['severity']['label']) => ({ score: 5, label });
const reported = (change: Partial<Reported> = {}): Reported => ({
  ...alertWith({ source: 'guardduty', updatedAt: at(0), severity: severity('low') }),
  ...change,
});
const other = { ...attacker, ref: 'ip-2', value: '192.0.2.77' };
const known = knownAfter(null, reported());

describe('an update of a finding', () => {
  test('reports a higher severity, but not a lower one', () => {
    const to = (label: 'high' | 'informational') =>
      changesSince(known, reported({ updatedAt: at(5), severity: severity(label) }));
    expect(to('high')).toEqual(['Severity raised from low to high']);
    expect(to('informational')).toEqual([]);
  });

  test('reports another actor or resource', () => {
    const server = {
      ...other,
      kind: 'instance' as const,
      part: 'target' as const,
      value: 'i-0bb2',
    };
    const entities = [...reported().entities, other, server];
    expect(changesSince(known, reported({ updatedAt: at(5), entities }))).toEqual([
      'New actor: “192.0.2.77”',
      'New resource: “i-0bb2”',
    ]);
  });

  test('reports nothing when only its count and its times grow', () => {
    expect(
      changesSince(known, reported({ updatedAt: at(5), lastSeenAt: at(5), count: 900 })),
    ).toEqual([]);
  });

  test('does not report an entity that is only mentioned', () => {
    const entities = [...reported().entities, { ...other, part: 'related' as const }];
    expect(changesSince(known, reported({ updatedAt: at(5), entities }))).toEqual([]);
  });

  test('reports nothing when actors alternate that were all named before', () => {
    const second = reported({ updatedAt: at(5), entities: [other] });
    const both = knownAfter(known, second);
    for (const [minute, entity] of [
      [6, attacker],
      [7, other],
      [8, attacker],
    ] as const)
      expect(changesSince(both, reported({ updatedAt: at(minute), entities: [entity] }))).toEqual(
        [],
      );
  });

  test('lists three of many new actors and counts the others', () => {
    const entities = Array.from({ length: 9 }, (_, n) => ({ ...other, value: `192.0.2.${n}` }));
    const [news] = changesSince(known, reported({ updatedAt: at(5), entities }));
    expect(news).toBe('New actor: “192.0.2.0”, “192.0.2.1”, “192.0.2.2” and 6 more');
  });
});

describe('the same finding from another source', () => {
  const elsewhere = (change: Partial<Reported>) =>
    reported({ source: 'securityhub-asff', severity: severity('medium'), ...change });

  test('is a repeat, even if its format names more entities or rates it higher', () => {
    for (const updatedAt of [at(0), '2026-11-24T03:00:40.000Z'])
      expect(changesSince(known, elsewhere({ updatedAt, entities: [other] }))).toEqual([]);
  });

  test('adds its names, so that they are not new in later updates', () => {
    const filled = knownAfter(known, elsewhere({ entities: [other] }));
    expect(
      changesSince(filled, reported({ updatedAt: at(5), entities: [attacker, other] })),
    ).toEqual([]);
  });

  test('reports what the product changed after the last delivery', () => {
    expect(
      changesSince(known, elsewhere({ updatedAt: at(9), severity: severity('critical') })),
    ).toEqual(['Severity raised from low to critical']);
  });

  test('has the identity of the finding that GuardDuty sent itself', () => {
    const native = reported({ account: '111122223333', region: 'eu-central-1', findingId: 'f0a1' });
    for (const partition of ['aws', 'aws-cn', ''])
      for (const source of ['securityhub-asff', 'securityhub-ocsf'] as const) {
        const findingId = `arn:${partition}:guardduty:eu-central-1:111122223333:detector/d1/finding/f0a1`;
        expect(identityOf({ ...native, source, findingId })).toBe(identityOf(native));
      }
    const foreign = 'arn:aws:guardduty:us-east-1:111122223333:detector/d1/finding/f0a1';
    expect(identityOf({ ...native, findingId: foreign })).not.toBe(identityOf(native));
  });
});

test('never reports the same change twice, in any order of deliveries', () => {
  const anyDelivery = fc.record({
    source: fc.constantFrom('guardduty' as const, 'securityhub-asff' as const),
    updatedAt: fc.option(fc.integer({ min: 0, max: 50 }).map(at)),
    severity: fc.constantFrom('low' as const, 'medium' as const, 'critical' as const).map(severity),
    entities: fc.subarray([attacker, other, { ...other, ref: 'ip-3', value: '192.0.2.78' }]),
  });
  fc.assert(
    fc.property(fc.array(anyDelivery, { minLength: 1, maxLength: 8 }), (deliveries) => {
      const all = deliveries.map((one) => reported(one));
      const after = all.reduce<ReturnType<typeof knownAfter> | null>(knownAfter, null);
      for (const one of all) expect(changesSince(after, { ...one, updatedAt: at(59) })).toEqual([]);
    }),
  );
});

describe('intake', () => {
  const db = startStores();
  let intake: Intake;
  beforeEach(async () => {
    intake = await openIntake(db);
  });
  const update = (change: object, minutes = 5) => {
    const event = probe('a');
    return { ...event, detail: { ...event.detail, updatedAt: at(minutes), ...change } };
  };

  test('assesses an update with a higher severity again, in the same incident', async () => {
    const first = await intake.one(probe('a'));
    const second = await intake.one(update({ severity: 8 }));
    expect(second).toMatchObject({ outcome: 'joined', incidentId: first.incidentId });
    expect(second.alertId).not.toBe(first.alertId);
    expect(intake.started.size).toBe(2);
    expect(await intake.store.records.alert(second.incidentId, second.alertId)).toMatchObject({
      news: [expect.stringMatching(/^Severity raised from \w+ to high$/)],
    });
    expect((await intake.one(update({ severity: 8 }))).outcome).toBe('repeat');
  });

  test('reports the change again after a crash interrupted its acceptance', async () => {
    await intake.one(probe('a'));
    const startRespond = () => Promise.reject(new Unavailable('killed'));
    await expect(intake.accept(update({ severity: 8 }), { startRespond })).rejects.toThrow(
      'killed',
    );
    const { incidentId, alertId } = await intake.one(update({ severity: 8 }));
    expect(await intake.store.records.alert(incidentId, alertId)).toMatchObject({
      news: [expect.stringContaining('Severity raised')],
    });
  });

  test('compares an update with the recorded alert when an earlier version recorded the finding', async () => {
    const { incidentId } = await intake.one(probe('a'));
    const { findings } = intake.store;
    const identity = identityOf(alertOf(probe('a')));
    const seen = (await findings.find(identity))!;
    await findings.save(identity, seen, { ...seen, known: null });
    expect((await intake.one(update({ severity: 8 }))).incidentId).toBe(incidentId);
    expect(intake.started.size).toBe(2);
  });

  const archived = (id: string, minutes = 5) => {
    const { detail, ...event } = probe(id);
    const service = { ...detail.service, archived: true };
    return { ...event, detail: { ...detail, updatedAt: at(minutes), service } };
  };

  test('opens nothing for a finding that its product archived', async () => {
    expect(await intake.accept(archived('a'))).toMatchObject([
      { outcome: 'not-opened', findingId: 'a', why: 'its product marks it as archived' },
    ]);
    expect(intake.started.size).toBe(0);
    expect(await intake.incidents()).toEqual([]);
  });

  test('opens nothing for a finding that is only informational', async () => {
    const { detail, ...event } = sample('security-hub-asff');
    detail.findings[0].Severity = { Label: 'INFORMATIONAL' };
    expect(await intake.accept({ ...event, detail })).toMatchObject([
      { outcome: 'not-opened', why: 'it is only informational' },
    ]);
  });

  test('opens an incident for a closed finding that a person sends', async () => {
    const { detail, ...event } = sample('security-hub-asff');
    detail.findings[0].Workflow = { Status: 'RESOLVED' };
    const sent = {
      ...event,
      'detail-type': 'Security Hub Findings - Custom Action',
      detail: { ...detail, actionName: 'Countermand' },
    };
    expect(await intake.accept(sent)).toMatchObject([{ outcome: 'started' }]);
  });

  test('records in a known incident that the product archived the finding', async () => {
    const { incidentId, alertId } = await intake.one(probe('a'));
    expect((await intake.one(archived('a'))).outcome).toBe('repeat');
    expect([...intake.started]).toEqual([
      [alertId, { incidentId, alertId }],
      [`${alertId}-closed`, { incidentId, alertId, closed: true }],
    ]);
    const { found } = await intake.store.records.readMembers(incidentId);
    expect(found[0]).toMatchObject({ alertId, state: 'archived', repeats: 1 });
    expect(found[0]?.history.at(-1)?.text).toBe('Its product says that the finding is archived');
  });

  test('assesses a finding again that is active again', async () => {
    await intake.one(probe('a'));
    await intake.one(archived('a'));
    const { incidentId, alertId } = await intake.one(update({}, 9));
    expect(await intake.store.records.alert(incidentId, alertId)).toMatchObject({
      news: ['Active again after it was archived'],
    });
  });
});
