// Which browser the page tests use.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBrowser } from '../../tools/browser.ts';

let folder: string;
let installed: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countermand-browser-'));
  installed = join(folder, 'google-chrome');
  writeFileSync(installed, '');
  chmodSync(installed, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

const found = (env: Record<string, string>, arch: NodeJS.Architecture = 'x64') =>
  findBrowser({ env, platform: 'linux', arch });

test('COUNTERMAND_BROWSER comes before an installed browser', () => {
  expect(found({ PATH: folder, COUNTERMAND_BROWSER: process.execPath })).toBe(process.execPath);
});

test('a COUNTERMAND_BROWSER that does not exist is not replaced by another browser', () => {
  expect(found({ PATH: folder, COUNTERMAND_BROWSER: join(folder, 'absent') })).toBeUndefined();
});

test('an installed Chrome comes before the one from npm', () => {
  expect(found({ PATH: folder })).toBe(installed);
});

test('Linux x64 without a browser uses the one from npm, unpacked in the checkout', () => {
  expect(found({ PATH: '/nowhere' })).toMatch(/[/\\]\.browser[/\\][\d.]+[/\\]chromium$/);
});

test('Linux on another processor finds no browser if none is installed', () => {
  expect(found({ PATH: '/nowhere' }, 'arm64')).toBeUndefined();
});
