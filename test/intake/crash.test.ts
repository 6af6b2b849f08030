// P9: a crash between any two steps, and the delivery that follows it.
import { describe, expect, test } from 'vitest';
import { acceptEvent, type IntakeDeps } from '../../functions/intake/intake.ts';
import { startStores } from '../store/dynamo.ts';
import { type Desk, openDesk, probe } from './desk.ts';

const db = startStores();

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
  /** On a desk of the test's own: one that timed out goes on beside the next. */
  const crash = async (desk: Desk, n: number, event: unknown) => {
    try {
      await acceptEvent(killedAt(n, desk.deps), JSON.stringify(event));
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
      const desk = await openDesk(db);
      if (await crash(desk, n, probe('a'))) crashes++;
      desk.minutes(wait);
      const { incidentId, alertId } = await desk.one(probe('a'));
      expect([...desk.started], `killed at ${n}`).toEqual([[alertId, { incidentId, alertId }]]);
      const incidents = await desk.incidents();
      expect(incidents, `killed at ${n}`).toMatchObject([{ incidentId, alerts: [{ alertId }] }]);
      expect(await desk.store.records.alert(incidentId, alertId)).toMatchObject({ findingId: 'a' });
      expect((await desk.one(probe('a'))).outcome).toBe('repeat');
    }
    expect(crashes).toBeGreaterThan(20);
  });

  test.each([
    ['at once', 1],
    ['after the window', 90],
  ])('P9: of one that joins, redelivered %s, lists it in one incident', async (_when, wait) => {
    for (let n = 0; n < KILLS; n++) {
      const desk = await openDesk(db);
      await desk.one(probe('first'));
      await crash(desk, n, probe('a'));
      desk.minutes(wait);
      const { alertId } = await desk.one(probe('a'));
      const listing = (await desk.incidents()).filter(({ alerts }) =>
        alerts.some((alert) => alert.alertId === alertId),
      );
      expect(listing, `killed at ${n}`).toHaveLength(1);
      expect(desk.started.get(alertId)?.incidentId).toBe(listing[0]?.incidentId);
    }
  });

  test('P9: does not keep related alerts waiting, and both end in one incident', async () => {
    for (let n = 0; n < KILLS; n++) {
      const desk = await openDesk(db);
      await crash(desk, n, probe('a'));
      const other = await desk.one(probe('b'));
      const first = await desk.one(probe('a'));
      const incidents = await desk.incidents();
      expect(incidents, `killed at ${n}`).toHaveLength(1);
      expect(incidents[0]?.alerts.map(({ alertId }) => alertId).sort()).toEqual(
        [first.alertId, other.alertId].sort(),
      );
      expect(desk.started.size).toBe(2);
    }
  });
});
