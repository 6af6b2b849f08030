// Bundle sizes and import times, each compared with a twin without our code.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Out } from '../../cli/output.ts';
import { bundle, entries, ROOT } from './bundle.ts';
import { environment } from './environment.ts';
import type { Figure } from './figure.ts';
import { median } from './median.ts';
import { twinOf } from './twin.ts';

/** Imports of a function and of its twin alternate, so that other load affects both equally. */
const PAIRS = 7;

export async function coldStarts(out: Out): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'countermand-bench-'));
  // In the repository, because twins import its packages.
  const twins = mkdtempSync(join(ROOT, '.twins-'));
  try {
    const env = { ...process.env, ...environment(folder) };
    const figures: Figure[] = [];
    out.line(
      'Function               without SDKs  all    CPU time of an import, relative to its twin',
    );
    for (const [name, path] of entries()) {
      const outfile = join(folder, `${name}.mjs`);
      const built = await bundle(path, outfile);
      const source = join(twins, `${name}.ts`);
      writeFileSync(source, twinOf(built));
      const twin = join(folder, `${name}-twin.mjs`);
      await bundle(source, twin);
      const pairs = Array.from({ length: PAIRS }, () => [cpuOf(outfile, env), cpuOf(twin, env)]);
      const [ours = 0, theirs = 1] = [0, 1].map((i) => median(pairs.map((pair) => pair[i] ?? 0)));
      out.line(
        `${name.padEnd(22)} ${kilobytes(built.rest)} ${kilobytes(built.total)}   ${ours.toFixed(0).padStart(5)} ms   ${(ours / theirs).toFixed(2)}`,
      );
      figures.push(
        { measure: `bundle ${name} without SDKs`, value: built.rest, unit: 'bytes' },
        { measure: `bundle ${name}`, value: built.total, unit: 'bytes' },
        { measure: `import of ${name}, CPU time`, value: ours, unit: 'ms' },
        { measure: `import of ${name}, relative to its twin`, value: ours / theirs, unit: 'ratio' },
      );
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
    rmSync(twins, { recursive: true });
  }
}

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(0).padStart(6)} KB`;

/** Milliseconds of CPU time that importing the bundle takes in a fresh process. */
function cpuOf(path: string, env: NodeJS.ProcessEnv): number {
  const code = `const from = process.cpuUsage(); await import(${JSON.stringify(path)}); const { user, system } = process.cpuUsage(from); console.log((user + system) / 1000);`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', code],
    { env, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${path} cannot be imported: ${stderr}`);
  return Number(stdout.trim().split('\n').at(-1));
}
