// Bundle size and cold import of each function, against an empty one: bundled as the CDK bundles them.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ENV } from '../../functions/domain/env.ts';
import { LOCAL_FLOW_LOGS } from '../../functions/mechanisms/flow-log/stand-in.ts';
import { LOCAL_IP_SETS } from '../../functions/mechanisms/waf/stand-in.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';

const RUNS = 5;
const ROOT = join(import.meta.dirname, '..', '..');

function entries(): [name: string, path: string][] {
  const folders = readdirSync(join(ROOT, 'functions')).map(
    (name) => [name, `functions/${name}`] as const,
  );
  const scopes = readdirSync(join(ROOT, 'functions/execute')).map(
    (name) => [`execute-${name}`, `functions/execute/${name}`] as const,
  );
  return [...folders, ...scopes]
    .map(([name, folder]): [string, string] => [name, join(ROOT, folder, 'handler.ts')])
    .filter(([, path]) => existsSync(path));
}

export async function coldStarts(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countermand-bench-'));
  const policyPath = join(folder, 'policy.json');
  writeFileSync(policyPath, JSON.stringify(loadPolicy(POLICIES, 'example')));
  writeFileSync(join(folder, 'empty.ts'), 'export const handler = () => {};\n');
  const all = Object.fromEntries(
    Object.values(ENV).map((name) => [name, 'arn:aws:x:eu-central-1:111122223333:x']),
  );
  const env = {
    ...process.env,
    ...all,
    AWS_REGION: 'eu-central-1',
    [ENV.policyPath]: policyPath,
    [ENV.ipSets]: JSON.stringify(LOCAL_IP_SETS),
    [ENV.flowLogs]: JSON.stringify(LOCAL_FLOW_LOGS),
    [ENV.modelProvider]: 'anthropic',
    [ENV.webBaseUrl]: 'https://example.com',
  };
  console.log(`Function           bundle       cold import (median of ${RUNS})`);
  for (const [name, path] of [
    ['(empty)', join(folder, 'empty.ts')] as [string, string],
    ...entries(),
  ]) {
    const outfile = join(folder, `${name}.mjs`);
    await build({
      entryPoints: [path],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      minify: true,
      keepNames: true,
      logLevel: 'silent',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    });
    const times = Array.from({ length: RUNS }, () => importTime(outfile, env)).sort(
      (a, b) => a - b,
    );
    const median = times[Math.floor(RUNS / 2)] ?? 0;
    const kilobytes = (statSync(outfile).size / 1024).toFixed(0);
    console.log(
      `${name.padEnd(18)} ${kilobytes.padStart(6)} KB   ${median.toFixed(0).padStart(5)} ms`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
}

function importTime(bundle: string, env: NodeJS.ProcessEnv): number {
  const code = `const t = performance.now(); await import(${JSON.stringify(bundle)}); console.log(performance.now() - t);`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', code],
    {
      env,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${bundle} cannot be imported: ${stderr}`);
  return Number(stdout.trim().split('\n').at(-1));
}
