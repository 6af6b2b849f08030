// The laptop's functions have the write permissions of their roles.
import { describe, expect, test } from 'vitest';
import { Denied } from '../../functions/domain/errors.ts';
import { createStore } from '../../functions/store/store.ts';
import { writesOf } from '../../functions/store/writers.ts';
import { openTable } from '../../local/engine/table.ts';
import { withWritePermissions } from '../../local/engine/write-permissions.ts';
import { toyAction } from '../execute/toy.ts';
import { ALERT_ID, factsWith, INCIDENT_ID, incidentWith, NOW } from '../fixtures/case.ts';
import { createWorld, sample } from '../flow/world.ts';

const settings = { recordLayout: 2, layout1Ended: false } as const;
const table = openTable();
const storeOf = (name: string) =>
  createStore(
    withWritePermissions(table, name, writesOf(name, settings), () => {}),
    () => {},
  );

describe('a function', () => {
  test('a function writes the kinds of its row, and reads every kind', async () => {
    await storeOf('enrich').records.putFacts(INCIDENT_ID, ALERT_ID, factsWith());
    expect(await storeOf('gate').records.findFacts(INCIDENT_ID, ALERT_ID)).toEqual(factsWith());
    await storeOf('gate').records.createAction(toyAction());
    const { actionId } = toyAction();
    expect((await storeOf('enrich').records.action(INCIDENT_ID, actionId)).actionId).toBe(actionId);
  });

  test('a function can write no kind outside its row', async () => {
    const enrich = storeOf('enrich');
    await expect(enrich.records.createAction(toyAction())).rejects.toBeInstanceOf(Denied);
    await expect(enrich.records.createIncident(incidentWith())).rejects.toBeInstanceOf(Denied);
    await expect(enrich.leases.acquire('waf:x', toyAction().actionId, NOW)).rejects.toThrow(
      'enrich is not authorized to perform: dynamodb:PutItem on LEASE#waf:x',
    );
    const halted = { mode: 'halt', by: 'gate', at: NOW.toISOString(), why: '' } as const;
    await expect(storeOf('gate').killSwitch.halt('1', halted)).rejects.toBeInstanceOf(Denied);
  });

  test('a function cannot delete', async () => {
    const key = { pk: 'LEASE#x', sk: 'LEASE' };
    await table.put(key);
    await expect(storeOf('sweep').table.remove(key)).rejects.toThrow(
      'sweep is not authorized to perform: dynamodb:DeleteItem on LEASE#x',
    );
    expect(await table.get(key)).toEqual(key);
  });
});

test('a flow test fails when a function writes a kind that its role may not write', async () => {
  const world = await createWorld();
  const { functions, storeOf: own } = world.runtime;
  const { enrich } = functions;
  const planted = toyAction({ incidentId: 'inc-20123456789abcdef', status: 'approved' });
  functions.enrich = async (payload) => {
    await own('enrich').records.createAction(planted);
    return enrich?.(payload);
  };
  await world.deliver(sample('web-port-probe'));
  expect(await world.runtime.store.records.actions(planted.incidentId)).toEqual([]);
  await expect(world.stop()).rejects.toThrow(`"pk":"2/ACTION#${planted.incidentId}"`);
});
