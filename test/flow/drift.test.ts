// P4: an effect that disappears is recorded, reported once and not put back.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { execute } from '../../functions/execute/execute.ts';
import { blockAddress } from '../../functions/mechanisms/waf/address.ts';
import { reverse } from '../../functions/reverse/reverse.ts';
import { minuteOf } from '../../functions/store/checks.ts';
import { append, chainFault, isFull } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { type World as Toys, toyAction, toyDeps } from '../execute/toy.ts';
import { attacker, INCIDENT_ID, NOW } from '../fixtures/case.ts';
import { orderUndo } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { inForce, minute, put } from '../web/approval-pages.ts';
import { createWorld, type World } from './world.ts';

const ids = { incidentId: INCIDENT_ID, actionId: toyAction().actionId };
/** Recorded as applied, but absent from the account. */
const BEFORE = { sets: [{ scope: 'REGIONAL', name: 'countermand-block-ipv4', present: false }] };

describe('the hourly check of an action in force', () => {
  let store: Store;
  let toys: Toys;
  let logged: string[];
  const deps = () => toyDeps(store, toys, { log: (_level, message) => void logged.push(message) });
  const look = () => reverse(deps(), { ...ids, cause: 'check', by: 'sweep' });
  const events = async () =>
    (await store.records.action(INCIDENT_ID, ids.actionId)).history.map(({ event }) => event);
  beforeEach(async () => {
    [store, toys, logged] = [storeOn(memoryTable()), new Map(), []];
    await store.records.createAction(toyAction());
    await execute(deps(), ids);
  });

  test('adds no history entry when the effect is still there', async () => {
    expect(await look()).toMatchObject({ status: 'in-force' });
    expect((await events()).at(-1)).toBe('in-force');
    expect(toys.size).toBe(1);
  });

  test('records a missing effect once, does not restore it, and records when it disappears again', async () => {
    toys.clear();
    expect(await look()).toMatchObject({ status: 'in-force' });
    await look();
    expect(toys.size).toBe(0);
    expect(logged.filter((message) => message === 'effect gone')).toHaveLength(1);
    toys.set(attacker.value, 'theirs');
    await look();
    toys.clear();
    await look();
    expect((await events()).slice(-4)).toEqual(['in-force', 'drifted', 'there-again', 'drifted']);
  });

  test('leaves room in the stored item for the undo, however often the effect disappears', async () => {
    const { records } = store;
    await records.changeAction(INCIDENT_ID, ids.actionId, (current) => ({
      ...current,
      history: Array.from({ length: 2_000 }).reduce<Action['history']>(
        (history) =>
          isFull(history)
            ? history
            : append(ids.actionId, history, {
                ...{ at: NOW, by: 'sweep', event: 'drifted', text: 'gone '.repeat(200) },
              }),
        current.history,
      ),
      version: current.version + 1,
    }));
    const before = await events();
    for (let n = 0; n < 3; n++) {
      toys.clear();
      await look();
      toys.set(attacker.value, 'ours');
      await look();
    }
    expect((await events()).slice(before.length)).toEqual(['there-again']);
    const later = toyDeps(store, toys, { now: () => minute(61) });
    await reverse(later, { ...ids, cause: 'due', by: 'schedule' });
    const after = await records.action(INCIDENT_ID, ids.actionId);
    expect(after.status).toBe('reversed');
    expect(chainFault(ids.actionId, after.history)).toBeNull();
    // DynamoDB's limit of 400 KB, without room for 100 more attempts to undo.
    expect(Buffer.byteLength(JSON.stringify(after))).toBeLessThan(330_000);
  });

  test('records a deleted target once, also after a drift', async () => {
    toys.set(attacker.value, 'deleted');
    expect(await look()).toMatchObject({ status: 'in-force' });
    await look();
    expect((await events()).slice(-2)).toEqual(['in-force', 'target-gone']);
    expect(logged).not.toContain('effect gone');
    toys.clear();
    await look();
    expect((await events()).at(-1), 'created again, without the effect').toBe('drifted');
    toys.set(attacker.value, 'deleted');
    await look();
    expect((await events()).at(-1)).toBe('target-gone');
  });

  test('does not check a ticket, which people close when they are done', async () => {
    await store.records.changeAction(INCIDENT_ID, ids.actionId, (current) => ({
      ...current,
      name: 'create_alert_ticket',
      version: current.version + 1,
    }));
    toys.clear();
    expect(await look()).toMatchObject({ status: 'in-force' });
    expect((await events()).at(-1)).toBe('in-force');
  });

  test('reports no drift when the action is reversed during the check', async () => {
    const inner = deps();
    const mechanisms = [...inner.mechanisms].map(([id, one]) => {
      const verify: typeof one.driver.verify = async (...given) => {
        await orderUndo(store, ids, NOW);
        await reverse(inner, { ...ids, cause: 'person', by: 'person:ana.silva' });
        return one.driver.verify(...given);
      };
      return [id, { ...one, driver: { ...one.driver, verify } }] as const;
    });
    const slow = { ...inner, mechanisms: new Map(mechanisms) };
    const answer = await reverse(slow, { ...ids, cause: 'check', by: 'sweep' });
    expect(answer.status).toBe('reversed');
    expect(await events()).not.toContain('drifted');
  });

  test('keeps the action in force and logs a failed check', async () => {
    const mechanisms = new Map();
    expect(
      await reverse({ ...deps(), mechanisms }, { ...ids, cause: 'check', by: 'sweep' }),
    ).toMatchObject({
      status: 'in-force',
    });
    expect(logged).toContain('effect not checked');
  });

  test('checks at most twenty actions per sweep, and every action within an hour', async () => {
    let others = 0;
    for (let n = 0; others < 30; n++) {
      const actionId = `act-${String(n).padStart(16, '0')}-1`;
      if (minuteOf({ actionId }) !== minuteOf(ids)) continue;
      others++;
      const attentionAt = '2026-11-25T03:00:00.000Z';
      await store.records.createAction(toyAction({ actionId, status: 'in-force', attentionAt }));
    }
    const started: string[][] = [];
    const swept = async (minute: number) => {
      const names: string[] = [];
      started.push(names);
      await sweep({
        ...deps(),
        store,
        startReverse: async (name) => void names.push(name),
        startRespond: async () => {},
        callback: async () => {},
        notify: async () => {},
        send: async () => ({ notBy: [] }),
        now: () => new Date(NOW.getTime() + minute * 60_000),
      });
    };
    for (let minute = 0; minute < 3 * 60; minute++) await swept(minute);
    const checks = started.map((names) => names.filter((name) => name.startsWith('check-')));
    expect(checks.map(({ length }) => length).filter((count) => count > 0)).toEqual([
      20, 11, 20, 11, 20, 11,
    ]);
    expect(new Set(checks.slice(0, 61).flat()).size, 'each once in the first hour').toBe(31);
  });
});

describe('a change that someone removed manually', () => {
  let world: World;
  const toTeam = () =>
    world.runtime
      .inbox()
      .map(({ message }) => message)
      .filter(({ to }) => to.kind === 'team')
      .map(({ subject }) => subject);
  afterEach(() => world.stop());

  test('pages the team once, although both checks find a blocked address missing, and does not block it again', async () => {
    world = await createWorld();
    const { store: records } = world.runtime;
    await put(records, inForce({ mechanism: blockAddress.id, before: BEFORE }));
    await world.pass(61);
    const { status, history } = await records.records.action(INCIDENT_ID, ids.actionId);
    expect([status, history.at(-1)?.event]).toEqual(['in-force', 'drifted']);
    expect(toTeam()).toEqual([
      'Removed from AWS: 203.0.113.7/32 in the IP set countermand-block-ipv4',
    ]);
    expect(world.subjectsTo('ana.silva')).toEqual([]);
    expect(world.blocked()).toEqual([]);
  });
});
