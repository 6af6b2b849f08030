// npm run drill as a process: a drill on stand-ins, a kill, and refused calls.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MECHANISMS } from '../../../functions/mechanisms/registry.ts';
import { POLICY } from '../../fixtures/case.ts';

const SCRIPT = join(import.meta.dirname, '../../../cli/main.ts');

// Each test starts a process that loads everything, which is slow on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countermand-drill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function drill(...args: string[]) {
  const child = spawn(process.execPath, [SCRIPT, 'drill', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, COUNTERMAND_DATA: join(folder, 'data') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = text(child.stdout);
  const complained = text(child.stderr);
  const ended = once(child, 'exit').then(async ([code]) => ({
    code,
    said: await said,
    complained: await complained,
  }));
  return { child, ended };
}

test('npm run drill drills every mechanism, prints a table and writes the results', async () => {
  const { code, said, complained } = await drill().ended;
  expect({ code, complained }).toEqual({ code: 0, complained: 'Loading the mechanisms ...\n' });
  for (const { id } of MECHANISMS.filter(({ configured }) => configured?.(POLICY) ?? true)) {
    expect(said).toMatch(new RegExp(`^${id} on .*: capture apply verify revert .*passed`, 'm'));
    expect(said).toMatch(new RegExp(`^${id} +\\d+ +.* passed`, 'm'));
  }
  expect(said).toMatch(/\d+ passed, 0 failed, 0 not drilled; nothing to clean up/);
  const results = JSON.parse(readFileSync(join(folder, 'data/drill/results-local.json'), 'utf8'));
  expect(results).toMatchObject({ stage: 'local', drills: expect.any(Array) });
});

test('npm run drill undoes the changes of a drill that was killed', async () => {
  const { child, ended } = drill();
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await ended;
  const { code, said } = await drill().ended;
  expect(said).toContain('nothing to clean up');
  expect(code).toBe(0);
});

describe('npm run drill with invalid input', () => {
  const refusal = async (...args: string[]) => {
    const { code, said, complained } = await drill(...args).ended;
    expect({ code, said }).toEqual({ code: 2, said: '' });
    return complained;
  };

  test('npm run drill refuses an account whose stage is not staging, and exits with 2', async () => {
    const complained = await refusal('--account', 'example', '--region', 'eu-central-1');
    expect(complained).toContain('accounts/example.yaml has "stage: production"');
  });

  test('npm run drill refuses an account without a policy, and exits with 2', async () => {
    expect(await refusal('--account', 'no-such-account', '--region', 'eu-central-1')).toContain(
      'unknown account "no-such-account"; known accounts: example, local, staging',
    );
  });

  test.each([
    ['a profile but no account', ['--profile', 'staging'], '--profile needs --account'],
    ['an account but no region', ['--account', 'staging'], '--account staging needs --region'],
  ])('npm run drill refuses %s, and exits with 2', async (_what, args, reason) => {
    expect(await refusal(...args)).toContain(reason);
  });

  test('npm run drill refuses an unknown option, and exits with 2', async () => {
    expect(await refusal('--everything')).toContain('--everything');
  });

  test('npm run drill refuses the results of stand-ins for a production account, and exits with 2', async () => {
    const file = join(folder, 'results.json');
    writeFileSync(file, JSON.stringify({ account: POLICY.account, stage: 'local', drills: [] }));
    const complained = await refusal(
      ...['--account', 'example', '--region', 'eu-central-1', '--results', file],
    );
    expect(complained).toContain('has the results of stand-ins');
  });
});
