// The embedded database: restarts, stopping, and folders that can't be used.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTableInput, startDatabase } from '../../local/engine/database.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'database-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const Key = { pk: { S: 'incident#1' }, sk: { S: 'incident' } };
const TableName = 'countermand';

describe('the embedded database', () => {
  test('keeps its items on disk across a restart, and createTable can run again', async () => {
    const first = await startDatabase(join(folder, 'data'));
    await first.createTable(TableName);
    await first.client.send(new PutItemCommand({ TableName, Item: { ...Key, n: { N: '1' } } }));
    await first.stop();

    const second = await startDatabase(join(folder, 'data'));
    await second.createTable(TableName);
    const { Item } = await second.client.send(new GetItemCommand({ TableName, Key }));
    await second.stop();
    expect(Item).toMatchObject({ n: { N: '1' } });
  });

  test('adds an index that the table of an earlier version lacks, and keeps its items', async () => {
    const { client, createTable, stop } = await startDatabase(join(folder, 'data'));
    const input = createTableInput(TableName);
    const isEarlier = ({ AttributeName }: { AttributeName: string }) =>
      !AttributeName.startsWith('sweep');
    await client.send(
      new CreateTableCommand({
        ...input,
        AttributeDefinitions: input.AttributeDefinitions.filter(isEarlier),
        GlobalSecondaryIndexes: input.GlobalSecondaryIndexes.slice(0, 1),
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.01 }, { TableName });
    for (let n = 0; n < 30; n++)
      await client.send(
        new PutItemCommand({
          TableName,
          Item: { ...Key, sk: { S: `${n}` }, text: { S: 'x'.repeat(100_000) } },
        }),
      );
    await createTable(TableName);
    const { Count } = await client.send(new ScanCommand({ TableName, IndexName: 'sweep' }));
    const sizes = await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const Item = { ...Key, sk: { S: `${n}` } };
        return (await client.send(new GetItemCommand({ TableName, Key: Item }))).Item?.text?.S
          ?.length;
      }),
    );
    await stop();
    expect(Count).toBe(0);
    expect(sizes).toEqual(Array(30).fill(100_000));
  });

  test('completes open requests when it stops, and rejects later ones', async () => {
    const { client, createTable, stop } = await startDatabase(join(folder, 'data'));
    await createTable(TableName);
    const asked = Array.from({ length: 50 }, () =>
      client.send(new PutItemCommand({ TableName, Item: Key })),
    );
    await stop();
    expect(await Promise.all(asked)).toHaveLength(50);
    await expect(client.send(new GetItemCommand({ TableName, Key }))).rejects.toThrow(
      'The database is stopped',
    );
  });

  test('rejects with DataDirectoryUnwritable and the path of a folder that cannot be created', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(startDatabase(join(file, 'data'))).rejects.toMatchObject({
      name: 'DataDirectoryUnwritable',
      path: join(file, 'data'),
    });
  });

  test('rejects with DataDirectoryInUse while another database has the folder open', async () => {
    const first = await startDatabase(folder);
    await expect(startDatabase(folder)).rejects.toMatchObject({
      name: 'DataDirectoryInUse',
      path: folder,
    });
    await first.createTable(TableName);
    await first.stop();
  });
});
