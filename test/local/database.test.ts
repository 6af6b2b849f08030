// The embedded database keeps what it was given, and says in one sentence why a folder cannot be used.
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
  test('on disk keeps its items over a restart; making the table again is harmless', async () => {
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

  test('that is stopped answers what it was asked before, and refuses what comes after', async () => {
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

  test('refuses a folder that cannot be made, with its path', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(startDatabase(join(file, 'data'))).rejects.toMatchObject({
      name: 'DataDirectoryUnwritable',
      path: join(file, 'data'),
    });
  });

  test('refuses a folder that another process has open, and leaves that one unharmed', async () => {
    const first = await startDatabase(folder);
    await expect(startDatabase(folder)).rejects.toMatchObject({
      name: 'DataDirectoryInUse',
      path: folder,
    });
    await first.createTable(TableName);
    await first.stop();
  });
});
