// A crash between any two steps of intake, followed by a redelivery (P9).
import { describe, expect, test } from 'vitest';
import type { IntakeDeps } from '../../functions/intake/deps.ts';
import { acceptEvent } from '../../functions/intake/intake.ts';
import { startStores } from '../store/stores.ts';
import { type Intake, openIntake, probe } from './intake-on-store.ts';

const db = startStores();

/** Thrown when intake is killed. */
class Killed extends Error {}

/** The same dependencies, killed at the nth outgoing call: before it (even n) or after it (odd n). */
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
  /** More than twice the calls of one acceptance that matter. The last calls only write the history. */
  const KILLS = 28;
  /** Each run has its own store, because a run that timed out continues beside the next one. */
  const crash = async (intake: Intake, n: number, event: unknown) => {
    try {
      await acceptEvent(killedAt(n, intake.deps), JSON.stringify(event));
      return false;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      return true;
    }
  };

  test.each([
    ['at once', 1],
    ['a week later', 7 * 24 * 60],
  ])(
    'P9: leaves one incident and one execution when a crashed delivery is repeated %s',
    async (_when, wait) => {
      let crashes = 0;
      for (let n = 0; n < KILLS; n++) {
        const intake = await openIntake(db);
        if (await crash(intake, n, probe('a'))) crashes++;
        intake.minutes(wait);
        const { incidentId, alertId } = await intake.one(probe('a'));
        expect([...intake.started], `killed at ${n}`).toEqual([[alertId, { incidentId, alertId }]]);
        const incidents = await intake.incidents();
        expect(incidents, `killed at ${n}`).toMatchObject([{ incidentId, alerts: [{ alertId }] }]);
        expect(await intake.store.records.alert(incidentId, alertId)).toMatchObject({
          findingId: 'a',
        });
        expect((await intake.one(probe('a'))).outcome).toBe('repeat');
      }
      expect(crashes).toBeGreaterThan(20);
    },
  );

  test.each([
    ['at once', 1],
    ['after the window', 90],
  ])(
    'P9: lists an alert that joins an incident once when its crashed delivery is repeated %s',
    async (_when, wait) => {
      for (let n = 0; n < KILLS; n++) {
        const intake = await openIntake(db);
        await intake.one(probe('first'));
        await crash(intake, n, probe('a'));
        intake.minutes(wait);
        const { alertId } = await intake.one(probe('a'));
        const listing = (await intake.incidents()).filter(({ alerts }) =>
          alerts.some((alert) => alert.alertId === alertId),
        );
        expect(listing, `killed at ${n}`).toHaveLength(1);
        expect(intake.started.get(alertId)?.incidentId).toBe(listing[0]?.incidentId);
      }
    },
  );

  test('P9: accepts a related alert after a crash, and puts both into one incident', async () => {
    for (let n = 0; n < KILLS; n++) {
      const intake = await openIntake(db);
      await crash(intake, n, probe('a'));
      const other = await intake.one(probe('b'));
      const first = await intake.one(probe('a'));
      const incidents = await intake.incidents();
      expect(incidents, `killed at ${n}`).toHaveLength(1);
      expect(incidents[0]?.alerts.map(({ alertId }) => alertId).sort()).toEqual(
        [first.alertId, other.alertId].sort(),
      );
      expect(intake.started.size).toBe(2);
    }
  });
});
