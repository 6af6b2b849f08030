// The launcher of every command: which Node it uses, and what it refuses.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'));
  mkdirSync(join(clone, 'tools'));
  mkdirSync(join(clone, 'infra'));
  copyFileSync(join(import.meta.dirname, '../../tools/node.cjs'), join(clone, 'tools/node.cjs'));
  writeFileSync(join(clone, 'says.cjs'), "console.log('it runs');\n");
  writeFileSync(join(clone, 'infra/app.ts'), "console.log('the app runs');\n");
});
afterEach(() => rmSync(clone, { recursive: true }));

function run({
  node = process.execPath,
  flags = [] as string[],
  script = 'says.cjs',
  args = [''],
  env = {},
} = {}) {
  const launch = [...flags, 'tools/node.cjs', script, ...args];
  const { status, stdout, stderr } = spawnSync(node, launch, {
    cwd: clone,
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** This Node under another path. */
function nodeAt(path: string): string {
  const node = join(clone, path);
  mkdirSync(dirname(node), { recursive: true });
  try {
    linkSync(process.execPath, node);
  } catch {
    copyFileSync(process.execPath, node);
  }
  return node;
}

test('a command asks for npm ci in one line when no packages are installed', () => {
  expect(run()).toEqual({
    status: 1,
    stdout: '',
    stderr: 'countermand: no packages are installed. Run "npm ci" first.\n',
  });
});

test('a command runs after npm ci', () => {
  mkdirSync(join(clone, 'node_modules'));
  expect(run()).toEqual({ status: 0, stdout: 'it runs\n', stderr: '' });
});

test('an installed Node never runs what a packaged one compiled', () => {
  const compiledBy = (path: string) => {
    expect(run({ node: nodeAt(path) }).status).toBe(0);
    return readdirSync(join(clone, 'node_modules/.cache/countermand'));
  };
  expect(compiledBy('node_modules/x/node')).toEqual(['packaged']);
  expect(compiledBy('real/node')).toEqual(['installed', 'packaged']);
});

describe('when npm puts its packaged Node first on PATH', () => {
  /** A stand-in for an installed Node that prints its arguments and exits with 7. */
  function installedNode(): string {
    const node = join(clone, 'installed');
    writeFileSync(node, '#!/bin/sh\necho "installed: $*"\nexit 7\n');
    chmodSync(node, 0o755);
    return node;
  }

  test('a command runs on the installed Node that runs npm if it is Node 24', () => {
    const node = nodeAt('node_modules/.bin/node');
    const env = {
      npm_node_execpath: installedNode(),
      npm_config_user_agent: 'npm/11.0.0 node/v24.1.0 linux x64',
    };
    expect(run({ node, env })).toMatchObject({ status: 7, stdout: 'installed: says.cjs \n' });
  });

  test('the installed Node gets the memory limits of the script', () => {
    const node = nodeAt('node_modules/.bin/node');
    const flags = ['--max-semi-space-size=4'];
    const env = {
      npm_node_execpath: installedNode(),
      npm_config_user_agent: 'npm/11.0.0 node/v24.1.0 linux x64',
    };
    const { stdout } = run({ node, flags, env });
    expect(stdout).toBe('installed: --max-semi-space-size=4 says.cjs \n');
  });

  test('a command runs on the packaged Node if the installed one is older', () => {
    const node = nodeAt('node_modules/.bin/node');
    const env = {
      npm_node_execpath: installedNode(),
      npm_config_user_agent: 'npm/11.0.0 node/v20.1.0 linux x64',
    };
    expect(run({ node, env })).toMatchObject({ status: 0, stdout: 'it runs\n' });
  });
});

describe('the CDK app', () => {
  const script = 'infra/app.ts';
  const env = { CDK_DEFAULT_ACCOUNT: '111122223333' };

  test('refuses the packaged Node when the CDK has credentials', () => {
    const { status, stdout, stderr } = run({ node: nodeAt('node_modules/x/node'), script, env });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('Install Node 24 from https://nodejs.org');
  });

  test('runs on the packaged Node without credentials', () => {
    expect(run({ node: nodeAt('node_modules/x/node'), script })).toMatchObject({ status: 0 });
  });

  test('runs on an installed Node with credentials', () => {
    mkdirSync(join(clone, 'node_modules'));
    expect(run({ node: nodeAt('real/node'), script, env })).toMatchObject({
      status: 0,
      stdout: 'the app runs\n',
    });
  });
});

describe('the CDK', () => {
  const script = 'node_modules/aws-cdk/bin/cdk';
  const cdk = (path: string, ...args: string[]) => {
    mkdirSync(join(clone, dirname(script)), { recursive: true });
    writeFileSync(join(clone, script), "console.log('the CDK runs');\n");
    return run({ node: nodeAt(path), script, args });
  };

  test.each(['bootstrap', 'deploy', 'destroy', 'diff'])(
    'refuses %s on the packaged Node',
    (command) => {
      const { status, stdout, stderr } = cdk('node_modules/x/node', command, '--all');
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain('Install Node 24 from https://nodejs.org');
    },
  );

  test.each([['publish-assets'], ['diagnose'], ['a-new-command'], ['--profile', 'list', 'deploy']])(
    'refuses a command that may call AWS on the packaged Node: %s',
    (...args) => {
      expect(cdk('node_modules/x/node', ...args)).toMatchObject({ status: 1, stdout: '' });
    },
  );

  test.each(['synth', 'list', '--help', '--version'])('runs %s on the packaged Node', (command) => {
    expect(cdk('node_modules/x/node', command)).toMatchObject({
      status: 0,
      stdout: 'the CDK runs\n',
    });
  });

  test('runs deploy on an installed Node', () => {
    expect(cdk('real/node', 'deploy')).toMatchObject({ status: 0, stdout: 'the CDK runs\n' });
  });
});
