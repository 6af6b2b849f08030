// The table of the stack on moto's DynamoDB.
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { createTable } from '../../functions/store/table.ts';
import { testTable } from '../contract/table-contract.ts';
import { type Moto, startMoto } from './moto-server.ts';
import { createTableInput } from './table-input.ts';

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.stop());

testTable('in DynamoDB', async () => {
  const client = new DynamoDB(moto.clientConfig);
  await client.createTable(createTableInput('table'));
  return createTable(client, 'table');
});
