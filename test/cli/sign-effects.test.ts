// Listing and signing effects that an earlier version left without proof.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Refused } from '../../cli/refused.ts';
import { type SignOptions, signEffects } from '../../cli/sign-effects.ts';
import { openTable } from '../../local/engine/table.ts';

const STORED = join(import.meta.dirname, '../fixtures/stored/v1');
const ID = 'act-0123456789abcdef-1';
let data: string;
let lines: string[];
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'countermand-sign-'));
  lines = [];
  const item = JSON.parse(readFileSync(join(STORED, 'action-in-force.json'), 'utf8'));
  const table = openTable(data);
  await table.put(item);
  await table.close();
});
afterEach(() => rmSync(data, { recursive: true }));

const run = (options: SignOptions = {}) =>
  signEffects(data, options, {
    line: (text) => lines.push(text),
    write: () => {},
    progress: () => {},
  });

test('lists an effect with its end and the state that its undo restores', async () => {
  expect(await run()).toMatchObject({ exitCode: 1, counts: { unsigned: 1, signed: 0 } });
  expect(lines[0]).toContain(`${ID}  `);
  expect(lines[0]).toMatch(/in-force, undone at \d{4}-/);
  expect(lines[1]).toMatch(/^ {2}before: /);
});

test('signs a named effect for a person, and lists it no more', async () => {
  expect(await run({ sign: [ID], by: 'ana.silva' })).toMatchObject({
    exitCode: 0,
    counts: { unsigned: 1, signed: 1 },
  });
  expect(await run()).toMatchObject({ exitCode: 0, counts: { unsigned: 0 } });
});

test('signs nothing for a person whom policy does not name, and nothing that is not on the list', async () => {
  await expect(run({ sign: [ID], by: 'mallory' })).rejects.toThrow(Refused);
  await expect(run({ sign: ['act-0123456789abcdef-9'], by: 'ana.silva' })).rejects.toThrow(
    'act-0123456789abcdef-9 is not an effect without proof',
  );
  expect(await run()).toMatchObject({ counts: { unsigned: 1 } });
});
