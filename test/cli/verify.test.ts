// The script of docs/verify.md, run on an archive as an auditor would.
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createArchiver } from '../../local/archiver.ts';
import { hasPython } from '../../tools/python.ts';
import { item } from '../archive/stored.ts';
import { toyAction } from '../execute/toy.ts';
import { NOW } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';

const folder = mkdtempSync(join(tmpdir(), 'countermand-verify-'));
const page = readFileSync(join(import.meta.dirname, '../../docs/verify.md'), 'utf8');
const archive = join(folder, 'archive');
let copies: string[];

beforeAll(async () => {
  const [, script = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];
  writeFileSync(join(folder, 'verify.py'), script);
  const archiver = await createArchiver({ folder, keys: KEYS, log: () => {}, now: () => NOW });
  const record = toyAction();
  for (const version of [1, 2]) {
    const after = item({ ...record, version });
    const { pk, sk } = after;
    const at = NOW.toISOString();
    await archiver.copy({ pk, sk, sequence: String(version), at, before: null, after });
    await archiver.digest();
  }
  copies = await archiver.files.keys('records/');
});
afterAll(() => rmSync(folder, { recursive: true }));

const verify = () => {
  const args = ['verify.py', 'archive', 'digest-public.pem'];
  const { stdout, stderr, status } = spawnSync('python3', args, { cwd: folder, encoding: 'utf8' });
  return { lines: stdout.trim().split('\n'), stderr, status };
};
/** Runs the script on a changed file, and puts the file back. */
const verifyWithout = (path: string, change: (path: string) => void) => {
  const before = readFileSync(path);
  chmodSync(path, 0o600);
  change(path);
  const said = verify();
  rmSync(path, { force: true });
  writeFileSync(path, before);
  return said;
};

test.runIf(hasPython(process.env))(
  'an auditor verifies an archive with Python and OpenSSL alone',
  async () => {
    expect(verify()).toEqual({
      lines: [expect.stringMatching(/^2 copies until 2026-.+Z, newest digest [0-9a-f]{64}$/)],
      stderr: '',
      status: 0,
    });
    const [copy = ''] = copies;
    expect(verifyWithout(join(archive, copy), (path) => appendFileSync(path, ' '))).toMatchObject({
      lines: [`${copy}: the copy was changed`, expect.anything()],
      status: 1,
    });
    expect(verifyWithout(join(archive, copy), (path) => rmSync(path))).toMatchObject({
      lines: [`${copy}: the copy is gone`, expect.anything()],
      status: 1,
    });
  },
);
