// Generated files are current, and mechanism folders are complete.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { wildcardsIn } from '../../functions/mechanisms/permissions.ts';
import { generatedFiles, registryFiles } from '../../tools/generate/files.ts';
import { PARTS, scopeFolders } from '../../tools/generate/folders.ts';

const root = resolve(import.meta.dirname, '../..');

test('every generated file has the content that npm run generate writes', async () => {
  for (const [path, content] of await generatedFiles(root))
    expect(readFileSync(join(root, path), 'utf8'), path).toBe(content);
});

test.each(['functions/execute/entries', 'functions/reverse/entries', 'policies/schema'])(
  '%s contains only generated files',
  async (folder) => {
    const generated = (await generatedFiles(root)).map(([path]) => path);
    for (const name of readdirSync(join(root, folder)))
      expect(generated).toContain(`${folder}/${name}`);
  },
);

test.each(PARTS)(
  'a mechanism folder without %s fails with an error that names both',
  async (part) => {
    const copy = mkdtempSync(join(tmpdir(), 'countermand-generate-'));
    try {
      const folder = join(copy, 'functions', 'mechanisms', 'waf');
      mkdirSync(folder, { recursive: true });
      cpSync(join(root, 'functions', 'mechanisms', 'waf'), folder, { recursive: true });
      rmSync(join(folder, part));
      await expect(scopeFolders(copy)).rejects.toThrow(`functions/mechanisms/waf lacks ${part}`);
    } finally {
      rmSync(copy, { recursive: true });
    }
  },
);

test('a mechanism without a stored before-state fails with an error that names the mechanism', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'countermand-generate-'));
  try {
    const folder = join(copy, 'functions', 'mechanisms', 'waf');
    mkdirSync(folder, { recursive: true });
    for (const part of PARTS) writeFileSync(join(folder, part), '');
    writeFileSync(join(folder, 'a.test.ts'), '');
    writeFileSync(
      join(folder, 'scope.ts'),
      "export const mechanisms = [{ id: 'waf.block-address', scope: 'waf' }];",
    );
    writeFileSync(join(folder, 'before-states.json'), '{ "waf.watch-address": {} }');
    await expect(scopeFolders(copy)).rejects.toThrow(
      'functions/mechanisms/waf/before-states.json has no entry for waf.block-address',
    );
  } finally {
    rmSync(copy, { recursive: true });
  }
});

test('a mechanism folder without a test fails with an error that names it', async () => {
  const copy = mkdtempSync(join(tmpdir(), 'countermand-generate-'));
  try {
    const folder = join(copy, 'functions', 'mechanisms', 'waf');
    mkdirSync(folder, { recursive: true });
    for (const part of PARTS) writeFileSync(join(folder, part), '');
    await expect(scopeFolders(copy)).rejects.toThrow('functions/mechanisms/waf lacks a test');
  } finally {
    rmSync(copy, { recursive: true });
  }
});

test('two folders with a runbook for the same action and target fail with an error that names both', async () => {
  const folders = await scopeFolders(root);
  const withTwin = folders.map((one) =>
    one.scope === 'network' ? { ...one, runbooks: { block_ip_at_firewall: { ip: null } } } : one,
  );
  expect(() => registryFiles(root, withTwin)).toThrow(
    'network and waf both have a runbook of block_ip_at_firewall on ip',
  );
});

test('a wildcard without a reason fails with the name of its statement', () => {
  const permission = { sid: 'TouchAnything', actions: ['ec2:StopInstances'], resources: ['*'] };
  expect(() => wildcardsIn([permission])).toThrow(/TouchAnything: \* is a wildcard without/);
});
