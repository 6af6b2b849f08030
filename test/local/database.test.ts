// The embedded database: restarts, stopping, and folders that can't be used.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startDatabase } from '../../local/engine/database.ts';

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
