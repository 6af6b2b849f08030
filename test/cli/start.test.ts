// npm start as a process: serving, Ctrl-C, and the errors of its set-up.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../cli/main.ts');

// Each test starts a process that loads everything, which is slow on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/** The progress on stderr. */
const STARTING = /^Starting Countermand .*\nTesting the actions .*\n/;

let folder: string;
let running: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countermand-start-'));
});
afterEach(() => {
  running?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A server on a port, by default on any. */
async function listening(on = 0): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(on, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' ? (address?.port ?? 0) : 0 };
}

/** Below the ports that systems give to those who ask for any, so that no other test takes it. */
async function freePort(): Promise<number> {
  for (let port = 20_000; port < 20_100; port++) {
    const found = await listening(port).catch(() => null);
    if (!found) continue;
    found.server.close();
    await once(found.server, 'close');
    return port;
  }
  throw new Error('no port from 20000 to 20099 is free');
}

function start(env: Record<string, string>, ...args: string[]) {
  const child = spawn(process.execPath, [SCRIPT, 'start', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, COUNTERMAND_DATA: join(folder, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  return {
    child,
    said: text(child.stdout),
    complained: text(child.stderr),
    ended: once(child, 'exit'),
  };
}

test('npm start prints its URL and the self-test, serves the console, and exits with 0 on Ctrl-C', async () => {
  const port = await freePort();
  const { child, said, complained, ended } = start({ PORT: `${port}` });
  await once(child.stdout, 'readable');
  const page = await fetch(`http://127.0.0.1:${port}/`);
  expect(page.status).toBe(200);
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  const [address, drilled, ...rest] = (await said).split('\n');
  expect(address).toBe(`Countermand runs at http://127.0.0.1:${port}`);
  expect(drilled).toMatch(/^Self-test: (\d+) of \1 actions passed$/);
  expect(rest).toEqual(['']);
  expect(await complained).toMatch(STARTING);
  expect((await complained).replace(STARTING, '')).toBe('');
});

describe('npm start that cannot start', () => {
  const complaint = async (env: Record<string, string>) => {
    const { complained, ended } = start(env);
    expect(await ended).toEqual([2, null]);
    return await complained;
  };

  test('npm start exits with 2 and one line on stderr when the port is in use', async () => {
    const { server, port } = await listening();
    const line = await complaint({ PORT: `${port}` });
    server.close();
    expect(line).toBe(`error: port ${port} is in use; choose another with PORT=8421 npm start\n`);
  });

  test.each(['65536', 'http'])(
    'npm start exits with 2 and one line on stderr when PORT is %j',
    async (port) => {
      expect(await complaint({ PORT: port })).toBe(
        `error: PORT must be a number from 1 to 65535, and is "${port}"\n`,
      );
    },
  );

  test('npm start exits with 2 and one line on stderr when its folder cannot be written', async () => {
    writeFileSync(join(folder, 'a-file'), '');
    const line = await complaint({ PORT: '8420', COUNTERMAND_DATA: join(folder, 'a-file') });
    expect(line).toMatch(/^error: Cannot keep data in .*a-file: .*\n$/);
  });
});
