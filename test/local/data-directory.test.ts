// The data directory of a laptop: creation, damaged files and keys.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { onDisk, openState } from '../../local/aws/state-file.ts';
import { claimDirectory } from '../../local/data-directory.ts';
import { createMac, keysIn } from '../../local/mac.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the data directory', () => {
  test('the data directory is created if it does not exist', () => {
    claimDirectory(join(folder, 'data'));
    expect(() => onDisk(join(folder, 'data', 'inbox.json'), []).write([])).not.toThrow();
  });

  test('a path that cannot be created is refused, with a hint to choose another folder', () => {
    expect(() => claimDirectory('/proc/nowhere')).toThrow(
      /^Cannot keep data in \/proc\/nowhere: .*; choose another folder with COUNTERMAND_DATA$/,
    );
  });

  test('a state file that is not JSON is refused at once, with its path', () => {
    const file = join(folder, 'inbox.json');
    writeFileSync(file, '{broken');
    expect(() => onDisk(file, [])).toThrow(`Cannot read ${file}: `);
  });
});

describe('the keys of links and pages', () => {
  test('keys are created once and are the same after a restart', () => {
    const keys = keysIn(folder);
    const all = [keys.linkKey, keys.pageKey, ...Object.values(keys.proofKeys)];
    expect(new Set(all.map((key) => Buffer.from(key).toString('hex'))).size).toBe(7);
    expect(keysIn(folder)).toEqual(keys);
  });

  test('an incomplete key is refused, because it could be guessed', () => {
    const file = join(folder, 'link.key');
    writeFileSync(file, '');
    expect(() => keysIn(folder)).toThrow(`${file} has 0 bytes instead of 32`);
  });

  test('links signed with the previous key are accepted until the next rotation', async () => {
    const macIn = () => {
      const { linkKey, previousLinkKey } = keysIn(folder);
      return createMac(linkKey, previousLinkKey);
    };
    const rotate = () => renameSync(join(folder, 'link.key'), join(folder, 'link.previous.key'));
    const message = new TextEncoder().encode('a link');
    const before = await macIn().generate(message);
    rotate();
    expect(await macIn().generate(message)).not.toEqual(before);
    expect(await macIn().verify(message, before)).toBe(true);
    rotate();
    expect(await macIn().verify(message, before)).toBe(false);
  });
});

describe('the state of the account', () => {
  test('the state keeps its lists and objects across a restart, with what was changed, removed and emptied', () => {
    const [one, two, three] = [{ id: 1 }, { id: 2 }, { id: 3 }];
    const first = openState(folder);
    const list = first.state('list', [one]);
    list.write([...list.view(), two, three]);
    list.write(list.view().map((entry) => (entry.id === 2 ? { id: 20 } : entry)));
    list.write(list.view().slice(0, 2));
    const object = first.state<Record<string, number>>('object', { before: 0 });
    object.write({ b: 1, a: 2 });
    object.write({ a: 3 });
    first.state('emptied', [one]).write([]);
    const rows = first.rows<number>('rows');
    for (const key of ['b', 'a', 'c']) rows.put(key, 1);
    rows.put('b', 2);
    rows.remove('a');
    first.close();

    const second = openState(folder);
    expect(second.rows('rows').all()).toEqual([2, 1]);
    expect(second.state('list', []).read()).toEqual([one, { id: 20 }]);
    expect(second.state('object', {}).read()).toEqual({ a: 3 });
    expect(second.state('emptied', [one]).read()).toEqual([]);
    expect(second.state('new', [one]).read()).toEqual([one]);
    second.close();
  });

  test('a damaged file of the state is refused with its folder, and so is one that is in use', () => {
    writeFileSync(join(folder, 'account.sqlite'), 'x'.repeat(5_000));
    expect(() => openState(folder)).toThrow(
      /account\.sqlite is damaged \(file is not a database\); move its folder away/,
    );
    rmSync(join(folder, 'account.sqlite'));
    const first = openState(folder);
    expect(() => openState(folder)).toThrow(/^Another process is using /);
    first.close();
  });

  test('a copy of the state can be changed without a write, and its view cannot', () => {
    const file = openState(undefined).state('users', [{ name: 'ada' }]);
    file.read().push({ name: 'bob' });
    expect(file.view()).toEqual([{ name: 'ada' }]);
    expect(() => Object.assign(file.view()[0] ?? {}, { name: 'eve' })).toThrow(TypeError);
  });
});
