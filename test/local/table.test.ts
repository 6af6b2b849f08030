// The laptop's table: its contract, restarts, stopping, folders it can't use.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Images } from '../../functions/archive/change.ts';
import { InvalidInput } from '../../functions/domain/errors.ts';
import type { Key } from '../../functions/store/table.ts';
import { openTable } from '../../local/engine/table.ts';
import { testTable } from '../contract/table-contract.ts';
import { memoryTable } from '../store/memory-table.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'table-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const key = { pk: 'INC#1', sk: 'INCIDENT' };

testTable('on a laptop', () => openTable());
testTable('of the tests', () => memoryTable());

describe('the table on a laptop', () => {
  test('keeps its items in the folder across a restart', async () => {
    const first = openTable(folder);
    await first.put({ ...key, n: 1 });
    await first.close();

    const second = openTable(folder);
    expect(await second.get(key)).toEqual({ ...key, n: 1 });
    for await (const item of second.items()) expect(item).toEqual({ ...key, n: 1 });
    expect.assertions(2);
    await second.close();
  });

  test('keeps what a process wrote before it was killed', async () => {
    const script = `
      import { openTable } from ${JSON.stringify(new URL('../../local/engine/table.ts', import.meta.url).href)};
      await openTable(${JSON.stringify(folder)}).put({ pk: 'INC#1', sk: 'INCIDENT', n: 7 });
      process.kill(process.pid, 'SIGKILL');`;
    const run = () => execFileSync(process.execPath, ['--input-type=module', '-e', script]);
    expect(run).toThrow(expect.objectContaining({ signal: 'SIGKILL' }));
    const again = openTable(folder);
    expect(await again.get(key)).toMatchObject({ n: 7 });
    await again.close();
  });

  test('reports every write with the item before and after it, in order, before the writer continues', async () => {
    const changes: (Key & Images)[] = [];
    const table = openTable(undefined, { onChange: async (change) => void changes.push(change) });
    await table.put({ ...key, n: 1 });
    await expect(table.put({ ...key, n: 2 }, 'absent')).rejects.toThrow();
    await Promise.all([table.put({ ...key, n: 3 }), table.put({ ...key, n: 4 })]);
    await table.remove(key);
    const images = changes.map(({ before, after }) => [before?.n ?? null, after?.n ?? null]);
    expect(images).toEqual([
      [null, 1],
      [1, 3],
      [3, 4],
      [4, null],
    ]);
  });

  test('answers a page, and timers, before a thousand earlier calls of executions are done', async () => {
    const table = openTable();
    await table.put(key);
    let done = 0;
    const calls = Array.from({ length: 1_000 }, () => table.get(key).then(() => done++));
    expect(await table.atOnce.get(key)).toEqual(key);
    expect(done).toBe(0);
    await new Promise((resolve) => setTimeout(resolve));
    expect(done).toBeLessThan(1_000);
    await Promise.all(calls);
  });

  test('completes open requests when it closes, and rejects later ones', async () => {
    const table = openTable(folder);
    const asked = Array.from({ length: 50 }, () => table.put(key));
    await table.close();
    expect(await Promise.all(asked)).toHaveLength(50);
    await expect(table.get(key)).rejects.toThrow('The database is stopped');
  });

  test('throws DataDirectoryUnwritable with the path of a folder that cannot be created', () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const path = join(file, 'data');
    expect(() => openTable(path)).toThrow(
      expect.objectContaining({ name: 'DataDirectoryUnwritable', path }),
    );
  });

  test('throws DataDirectoryDamaged when its file is damaged, also in the middle', async () => {
    const file = join(folder, 'table.sqlite');
    const table = openTable(folder);
    for (let i = 0; i < 40; i++) await table.put({ pk: `p${i}`, sk: 's', text: 'x'.repeat(900) });
    await table.close();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(7, 8_192, 12_288));
    const damaged = expect.objectContaining({ name: 'DataDirectoryDamaged', path: file });
    expect(() => openTable(folder)).toThrow(damaged);
    writeFileSync(file, 'x'.repeat(5_000));
    expect(() => openTable(folder)).toThrow(damaged);
    expect(() => openTable(folder)).toThrow('move its folder away to start with an empty one');
  });

  test('throws DataDirectoryUnwritable when its file has tables of another form', () => {
    const other = new DatabaseSync(join(folder, 'table.sqlite'));
    other.exec('CREATE TABLE items (a, b)');
    other.close();
    expect(() => openTable(folder)).toThrow(/^Cannot keep data in .*: no such column: item;/);
  });

  test.each<[string, Record<string, unknown>]>([
    ['an empty key', { sk: '' }],
    ['a key that is a number', { pk: 5 }],
    ['no sort key', { sk: undefined }],
    ['a sort key above 1,024 bytes', { sk: 'ä'.repeat(513) }],
    ['an index key that is a number', { open: 'yes', attentionAt: 5 }],
    ['an index key that is null', { sweepShard: null }],
    ['an empty index key', { sweepAt: '' }],
    ['more than 32 levels', { deep: JSON.parse('[{"a":'.repeat(20) + 1 + '}]'.repeat(20)) }],
  ])('refuses an item with %s, as DynamoDB does', async (_what, change) => {
    for (const table of [openTable(), memoryTable()]) {
      await expect(table.put(Object.assign({ ...key }, change))).rejects.toBeInstanceOf(
        InvalidInput,
      );
      expect(await table.query(key.pk)).toEqual([]);
    }
  });

  test('throws DataDirectoryInUse while the folder is open, also in another process', async () => {
    const first = openTable(folder);
    const inUse = expect.objectContaining({ name: 'DataDirectoryInUse', path: folder });
    expect(() => openTable(folder)).toThrow(inUse);
    const script = `
      import { openTable } from ${JSON.stringify(new URL('../../local/engine/table.ts', import.meta.url).href)};
      openTable(${JSON.stringify(folder)});`;
    const run = () =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' });
    expect(run).toThrow('DataDirectoryInUse');
    await first.close();
    await openTable(folder).close();
  });

  test('refuses data of a version before SQLite, and names the folder and the ways out', () => {
    mkdirSync(join(folder, 'database'));
    expect(() => openTable(folder)).toThrow(
      `${folder} has data of an earlier version, which this version cannot read; delete the folder, or choose another one with COUNTERMAND_DATA`,
    );
  });
});
