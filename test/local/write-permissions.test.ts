// The laptop's functions have the write permissions of their roles.
import { DeleteItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Denied } from '../../functions/domain/errors.ts';
import { createStore } from '../../functions/store/store.ts';
import { writesOf } from '../../functions/store/writers.ts';
import { type Database, startDatabase } from '../../local/engine/database.ts';
import { withWritePermissions } from '../../local/engine/write-permissions.ts';
import { toyAction } from '../execute/toy.ts';
import { ALERT_ID, factsWith, INCIDENT_ID, incidentWith, NOW } from '../fixtures/case.ts';
import { createWorld, sample } from '../flow/world.ts';

const TableName = 'countermand';
const settings = { recordLayout: 2, layout1Ended: false } as const;
let database: Database;
beforeAll(async () => {
  database = await startDatabase();
  await database.createTable(TableName);
});
afterAll(() => database.stop());

const clientOf = (name: string) =>
  withWritePermissions(database.client, name, writesOf(name, settings), () => {});
const storeOf = (name: string) => createStore(clientOf(name), TableName, () => {});

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

  test('a function cannot delete, update, scan or write in batches, also through another client', async () => {
    const client = clientOf('sweep');
    const documents = DynamoDBDocumentClient.from(client);
    const Key = { pk: 'LEASE#x', sk: 'LEASE' };
    const denied = { name: 'AccessDeniedException' };
    await expect(storeOf('sweep').table.remove(Key)).rejects.toBeInstanceOf(Denied);
    await expect(client.send(new ScanCommand({ TableName }))).rejects.toMatchObject(denied);
    const plain = { pk: { S: Key.pk }, sk: { S: Key.sk } };
    await expect(
      client.send(new DeleteItemCommand({ TableName, Key: plain })),
    ).rejects.toMatchObject(denied);
    await expect(documents.send(new UpdateCommand({ TableName, Key }))).rejects.toMatchObject(
      denied,
    );
    const RequestItems = { [TableName]: [{ PutRequest: { Item: Key } }] };
    await expect(documents.send(new BatchWriteCommand({ RequestItems }))).rejects.toMatchObject(
      denied,
    );
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
