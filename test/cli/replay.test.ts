// npm run replay as a process, in a folder whose name URLs would encode.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
// Each test starts a process that loads everything, which is slow on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let project: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countermand-replay-'));
  project = join(folder, 'a folder, 100% émigré');
  mkdirSync(project);
  for (const part of [
    'cli',
    'functions',
    'local',
    'policies',
    'statemachines',
    'tools',
    'package.json',
  ])
    cpSync(join(ROOT, part), join(project, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const replay = (...paths: string[]) =>
  promisify(execFile)(process.execPath, ['cli/main.ts', 'replay', ...paths], {
    cwd: project,
    env: { PATH: process.env.PATH },
  });

test('npm run replay prints a line per event and the counts, and exits with 1 after a refused event', async () => {
  const events = join(folder, 'events');
  mkdirSync(events);
  cpSync(join(ROOT, 'local/samples/web-port-probe.json'), join(events, '1.json'));
  cpSync(join(ROOT, 'local/samples/web-port-probe.json'), join(events, '2.json'));
  writeFileSync(join(events, '3.json'), '{"detail-type": "GuardDuty Fin');
  const { stdout, code } = await replay(events).catch((failure) => failure);
  expect(code).toBe(1);
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^started +1\.json \| Recon:EC2\/PortProbe.*add_ip_to_watchlist\(203\.0\.113\.66\)=in-force/,
    ),
    expect.stringMatching(/^repeat +2\.json \| /),
    expect.stringMatching(/^refused +3\.json \| \$: expected JSON/),
    '1 started, 1 repeat, 1 refused',
  ]);
});

test('npm run replay exits with 2 when the path is missing or does not exist', async () => {
  await expect(replay()).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('npm run replay -- --help'),
  });
  await expect(replay('nowhere')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('nowhere'),
  });
});
