// A change in force that a deployment removed is put back, or refused (P2, P4).
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import type { ExecuteDeps } from '../../functions/execute/deps.ts';
import { execute } from '../../functions/execute/execute.ts';
import { putBack } from '../../functions/execute/put-back.ts';
import { connected } from '../../functions/mechanisms/mechanism.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import type { Store } from '../../functions/store/store.ts';
import { attacker, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { orderUndo } from '../fixtures/proofs.ts';
import { mortal } from '../properties/mortal.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { toyAction, toyDeps, toyMechanisms, toyWatch, type World } from './toy.ts';

const ids = { incidentId: INCIDENT_ID, actionId: toyAction().actionId };
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

let store: Store;
let toys: World;
let logged: string[];
const deps = (change: Partial<ExecuteDeps> = {}): ExecuteDeps =>
  toyDeps(store, toys, {
    now: () => at(10),
    log: (_level, message) => void logged.push(message),
    ...change,
  });
const returned = (change: Partial<ExecuteDeps> = {}) =>
  putBack(deps(change), { ...ids, putBack: true });
const stored = () => store.records.action(INCIDENT_ID, ids.actionId);
/** Writes the record as someone with access to the table could. */
const alter = async (change: Partial<Action>) => {
  const action = await stored();
  await store.records.saveAction(action, { ...action, ...change, version: action.version + 1 });
};

beforeEach(async () => {
  [store, toys, logged] = [storeOn(memoryTable()), new Map(), []];
  await store.records.createAction(toyAction());
  await execute(toyDeps(store, toys), ids);
  expect((await stored()).status).toBe('in-force');
  toys.clear();
});

test('puts the change back under the same due time, and the record says so', async () => {
  const { dueAt, evidence } = await stored();
  expect(await returned()).toMatchObject({ status: 'put-back' });
  expect(toys.get(attacker.value)).toBe('ours');
  const after = await stored();
  expect([after.status, after.dueAt, after.evidence]).toEqual(['in-force', dueAt, evidence]);
  expect(after.history.at(-1)).toMatchObject({ event: 'there-again', by: 'execute' });
});

test('changes and records nothing when the change is in place', async () => {
  toys.set(attacker.value, 'ours');
  const { version } = await stored();
  expect(await returned()).toMatchObject({ status: 'in-place' });
  expect((await stored()).version).toBe(version);
});

describe('is refused', () => {
  const refused = async (change: Partial<ExecuteDeps> = {}) => {
    await expect(returned(change)).rejects.toMatchObject({
      name: expect.stringMatching(/^(Denied|Halted|DigestMismatch|IllegalTransition)$/),
    });
    expect(toys.size).toBe(0);
  };

  test('within three minutes of the due time, and after it', async () => {
    await refused({ now: () => at(58) });
    await refused({ now: () => at(61) });
  });

  test('when a person ordered the undo', async () => {
    await orderUndo(store, ids, at(5));
    await refused();
  });

  test('when the action was undone', async () => {
    await orderUndo(store, ids, at(5));
    await reverse(deps(), { ...ids, cause: 'person', by: 'person:ana.silva' });
    expect((await stored()).status).toBe('reversed');
    await refused();
  });

  test.each(['halt', 'ask'] as const)('when the kill switch is set to %s', async (mode) => {
    const set = { mode, by: 'person:ana.silva', at: at(1).toISOString(), why: 'test' };
    await store.killSwitch.halt(POLICY.account, set);
    await refused();
  });

  test('when policy is in shadow mode by now', async () => {
    await refused({ policy: { ...POLICY, mode: 'shadow' } });
    expect(logged).toContain('action not authorised');
  });

  test.each([
    ['nothing proves the captured state', { evidence: null }],
    ['the captured state was altered', { before: { present: null } }],
    ['nothing proves the ruling', { ruling: null }],
    ['the parameters were altered', { parameters: { wider: 'yes' } }],
  ])('when %s', async (_, change) => {
    await alter(change);
    await refused();
  });

  test('when the action no longer holds the effect', async () => {
    const claimant = { by: 'other', now: at(5) };
    await store.leases.release(`toy:${attacker.value}`, ids.actionId, claimant, async () => []);
    await store.leases.drop(`toy:${attacker.value}`, claimant);
    await refused();
  });

  test('when the due time in the record was moved without a proof', async () => {
    await alter({ dueAt: at(600).toISOString() });
    await refused({ now: () => at(61) });
  });
});

test('does nothing about a target that the deployment deleted', async () => {
  toys.set(attacker.value, 'deleted');
  expect(await returned()).toMatchObject({ status: 'target-gone' });
});

test('judges the age of the approval at the time of the first application', async () => {
  store = storeOn(memoryTable());
  await store.records.createAction(toyAction({ durationMinutes: 240 }));
  await execute(toyDeps(store, toys), ids);
  toys.clear();
  expect(await returned({ now: () => at(120) })).toMatchObject({ status: 'put-back' });
});

test('undoes the change when a person undid the action while it was being put back', async () => {
  const inner = connected(toyWatch, toys);
  const apply: typeof inner.driver.apply = async (...given) => {
    await orderUndo(store, ids, at(10));
    await reverse(deps(), { ...ids, cause: 'person', by: 'person:ana.silva' });
    await inner.driver.apply(...given);
  };
  const mechanisms = new Map([[toyWatch.id, { ...inner, driver: { ...inner.driver, apply } }]]);
  expect(await returned({ mechanisms })).toMatchObject({ status: 'ended' });
  expect(toys.size).toBe(0);
  expect((await stored()).status).toBe('reversed');
  expect(await store.leases.find(`toy:${attacker.value}`)).toBeNull();
});

describe('when the function is killed at any call while it puts a change back', () => {
  /** More than twice the calls of one put-back. */
  const MAX_KILLS = 60;
  const effectKey = `toy:${attacker.value}`;
  const due = { ...ids, cause: 'due', by: 'schedule' };

  /** Whether the put-back sent its change to AWS and died before the answer. */
  let isUnanswered: boolean;
  /** Kills one put-back at call `n`. Returns false if it survived. */
  async function killed(n: number): Promise<boolean> {
    isUnanswered = false;
    const wrap = mortal('put back', n, async () => {});
    const own = toyDeps(store, toys).store;
    const mechanisms = new Map(
      [...toyMechanisms(toys)].map(([id, one]) => {
        const mortalDriver = wrap(one.driver);
        const apply: typeof mortalDriver.apply = async (...given) => {
          isUnanswered = true;
          await mortalDriver.apply(...given);
          isUnanswered = false;
        };
        const { capture, verify, revert, verifyReverted } = mortalDriver;
        return [id, { ...one, driver: { capture, verify, revert, verifyReverted, apply } }];
      }),
    );
    const survived = await returned({
      store: { ...own, records: wrap(own.records), leases: wrap(own.leases) },
      mechanisms,
    }).then(
      () => true,
      () => false,
    );
    return !survived;
  }
  const fresh = async () => {
    [store, toys] = [storeOn(memoryTable()), new Map()];
    await store.records.createAction(toyAction());
    await execute(toyDeps(store, toys), ids);
    toys.clear();
  };
  const nothingIsLeft = async (n: number) => {
    expect([toys.size, (await stored()).status], `killed at ${n}`).toEqual([0, 'reversed']);
    expect(await store.leases.find(effectKey), `killed at ${n}`).toBeNull();
  };

  test('the next request completes it, and the due reversal leaves nothing behind', async () => {
    for (let n = 0; n < MAX_KILLS; n++) {
      await fresh();
      const died = await killed(n);
      await returned({ now: () => at(12) });
      expect(toys.get(attacker.value), `killed at ${n}`).toBe('ours');
      await reverse(deps({ now: () => at(60) }), due);
      await nothingIsLeft(n);
      if (!died) return expect(n).toBeGreaterThan(10);
    }
    expect.fail(`a put-back makes more than ${MAX_KILLS} calls`);
  });

  test('an undo that a person orders then and the clean-up after it leave nothing behind, even if its change arrives late', async () => {
    for (let n = 0; n < MAX_KILLS; n++) {
      await fresh();
      const died = await killed(n);
      await orderUndo(store, ids, at(10));
      await reverse(deps({ now: () => at(11) }), {
        ...due,
        cause: 'person',
        by: 'person:ana.silva',
      });
      const lease = await store.leases.find(effectKey);
      // AWS carries the request out after the undo.
      if (isUnanswered) toys.set(attacker.value, 'ours');
      const { attentionAt } = await stored();
      if (lease) expect(attentionAt, `killed at ${n}`).not.toBeNull();
      if (attentionAt)
        await reverse(deps({ now: () => new Date(attentionAt) }), { ...due, cause: 'sweeper' });
      await nothingIsLeft(n);
      if (!died) return;
    }
    expect.fail(`a put-back makes more than ${MAX_KILLS} calls`);
  });
});
