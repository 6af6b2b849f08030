// What survives on a laptop is whole, or the start says in one sentence what is wrong with it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { onDisk } from '../../local/aws/state-file.ts';
import { claimDirectory } from '../../local/data-directory.ts';
import { keyIn } from '../../local/mac.ts';

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

describe('the key of the links', () => {
  test('is made once, and is the same after a restart', () => {
    const file = join(folder, 'link.key');
    expect(keyIn(file)).toEqual(keyIn(file));
  });

  test('that was written in part signs nothing: whoever can guess it could decide', () => {
    const file = join(folder, 'link.key');
    writeFileSync(file, '');
    expect(() => keyIn(file)).toThrow(`${file} holds 0 bytes and not a key of 32`);
  });
});
