// What survives on a laptop is whole, or the start says in one sentence what is wrong with it.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { onDisk } from '../../local/aws/state-file.ts';
import { claimDirectory } from '../../local/data-directory.ts';
import { createMac, keysIn } from '../../local/mac.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the data directory', () => {
  test('is made where it is not there yet', () => {
    claimDirectory(join(folder, 'data'));
    expect(() => onDisk(join(folder, 'data', 'inbox.json'), []).write([])).not.toThrow();
  });

  test('on a path that can never be one is refused, with the way out, rather than tried for ever', () => {
    expect(() => claimDirectory('/proc/nowhere')).toThrow(
      /^Cannot keep data in \/proc\/nowhere: .*; choose another folder with COUNTERMAND_DATA$/,
    );
  });

  test('with a file in it that is no JSON is refused at once, with the name of the file', () => {
    const file = join(folder, 'inbox.json');
    writeFileSync(file, '{broken');
    expect(() => onDisk(file, [])).toThrow(`${file} cannot be read: `);
  });
});

describe('the keys of links and pages', () => {
  test('are made once, and are the same after a restart', () => {
    const keys = keysIn(folder);
    expect(keys.linkKey).not.toEqual(keys.pageKey);
    expect(keysIn(folder)).toEqual(keys);
  });

  test('that were written in part sign nothing: whoever can guess one could decide', () => {
    const file = join(folder, 'link.key');
    writeFileSync(file, '');
    expect(() => keysIn(folder)).toThrow(`${file} holds 0 bytes and not a key of 32`);
  });

  test('are rotated by a move: what was signed before is taken, until the next move', async () => {
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
