// Runs commands from a runbook in a real shell, with a stub of the tool.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellQuoted } from '../functions/domain/wording.ts';

/** Marks the end of a call. */
const END = '\u0001';

/**
 * Runs the commands in bash, and returns the words of each call of the tool, in order. `answers`: the output of calls
 * whose words contain the key. Throws at the first command that fails.
 */
export function callsOf(
  commands: readonly string[],
  answers: Readonly<Record<string, string>> = {},
  tool = 'aws',
): string[][] {
  const cases = Object.entries(answers).map(
    ([words, answer]) => `*${shellQuoted(words)}*) echo ${shellQuoted(answer)} ;;`,
  );
  const stub = `${tool}() { printf '%s\\0' "$@" ${shellQuoted(END)} >&3; case "$*" in ${cases.join(' ')} esac; }`;
  const cwd = mkdtempSync(join(tmpdir(), 'countermand-shell-'));
  try {
    const { status, stderr, output } = spawnSync(
      'bash',
      ['--norc', '--noprofile', '-euc', [stub, ...commands].join('\n')],
      { cwd, env: { PATH: process.env.PATH }, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
    );
    if (status !== 0) throw new Error(`bash ended with ${status}: ${stderr}`);
    const calls = String(output[3]).split(`${END}\0`).slice(0, -1);
    return calls.map((call) => call.split('\0').slice(0, -1));
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
