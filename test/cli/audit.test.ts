// P8: npm run audit compares records with their copies.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { compare } from '../../cli/compare-copies.ts';
import { readDigests } from '../../cli/compare-digests.ts';
import { inForceIn, missingChecks } from '../../cli/missing-checks.ts';
import { archive } from '../../functions/archive/archive.ts';
import type { Action } from '../../functions/domain/action.ts';
import { withEntry } from '../../functions/store/hash-chain.ts';
import { copiesInMemory } from '../../local/archive-copies.ts';
import { executing, item, proposed } from '../archive/stored.ts';
import { toyAction } from '../execute/toy.ts';
import { NOW, POLICY } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { resume } from '../fixtures/switch.ts';
import { createWorld, sample } from '../flow/world.ts';

describe('a record', () => {
  let copies: ReturnType<typeof copiesInMemory>;
  beforeEach(async () => {
    copies = copiesInMemory();
    const { pk, sk } = item(proposed);
    for (const [before, after] of [
      [null, item(proposed)],
      [item(proposed), item(executing)],
    ] as const)
      await archive(
        { keys: KEYS, put: copies.put, log: () => {} },
        { pk, sk, at: NOW.toISOString(), sequence: String(after.version), before, after },
      );
  });
  const compared = async (...items: ReturnType<typeof item>[]) =>
    compare(items, copies, await readDigests(copies, null, { every: 'change', now: NOW }));
  const faults = async (...items: ReturnType<typeof item>[]) =>
    (await compared(...items)).found.flatMap((one) => one.faults);

  test('a record that equals its last copy has no fault', async () => {
    expect(await compared(item(executing))).toEqual({ records: 1, copies: 2, found: [] });
  });

  test.each<[string, Action[], string]>([
    ['has an earlier version than its copy', [proposed], 'the version went from 2 to 1'],
    [
      'has another value than its copy',
      [{ ...executing, before: 'theirs' }],
      'before was changed without an entry',
    ],
    [
      'has a newer version than its copy',
      [withEntry(executing, { at: NOW, by: 'x', event: 'told', text: '' })],
      'it is not as its last copy',
    ],
    ['is missing', [], 'it is gone from the table'],
    [
      'has no copy',
      [executing, toyAction({ actionId: 'act-0123456789abcdef-9' })],
      'it has no copy',
    ],
  ])('a record that %s is reported', async (_, records, fault) => {
    expect(await faults(...records.map(item))).toContainEqual(expect.stringContaining(fault));
  });
});

describe('an action in force', () => {
  const key = { pk: `CHECK#${proposed.actionId}`, sk: 'CHECK' };
  const faultsWith = (check: object | undefined) => {
    const stored = item({ ...proposed, status: 'in-force' });
    const actionId = inForceIn(stored) ?? '';
    const get = async () => check && { ...key, ...check };
    return missingChecks({ get }, new Map([[actionId, stored]]));
  };

  test('an action in force is reported when its check is missing or has no time', async () => {
    const fault = { faults: ['no check of its effect is planned'] };
    expect(await faultsWith(undefined)).toMatchObject([fault]);
    expect(await faultsWith({ version: 1 })).toMatchObject([fault]);
    expect(await faultsWith({ version: 1, sweepAt: NOW.toISOString() })).toEqual([]);
  });

  test('an action that is not in force needs no check', () => {
    expect(inForceIn(item(proposed))).toBeNull();
  });
});

const parseEntry = (line: string): Action['history'][number] & { pk: string; sk: string } =>
  JSON.parse(line);

describe('npm run audit', () => {
  const audit = (folder: string, ...args: string[]) => {
    const call = ['cli/main.ts', 'audit', ...args];
    const { stdout, stderr, status } = spawnSync(process.execPath, call, {
      env: { PATH: process.env.PATH, COUNTERMAND_DATA: folder },
      encoding: 'utf8',
    });
    return { said: stdout.trim().split('\n'), complained: stderr, status };
  };

  test('reports no fault on a laptop, and one after a copy was deleted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countermand-audit-'));
    try {
      const world = await createWorld({ folder });
      await world.deliver(sample('web-port-probe'));
      const { killSwitch } = world.runtime.store;
      const at = NOW.toISOString();
      const by = 'person:ana.silva';
      await killSwitch.halt(POLICY.account, { mode: 'halt', by, at, why: 'attack on us' });
      await resume(world.runtime.store, POLICY.account, NOW);
      expect((await world.runtime.api.request('/api/effects')).status).toBe(200);
      await world.stop();
      const whole = audit(folder);
      expect(whole.said).toEqual([
        `${at} resumed (run) by person:mei.tanaka: looked into it`,
        `${at} set to halt by person:ana.silva: attack on us`,
        expect.stringMatching(/^\d+ digests until .+, the last with the SHA-256 [0-9a-f]{64}$/),
        expect.stringMatching(/^\d+ records, \d+ copies: 0 with a fault$/),
      ]);
      expect([whole.status, whole.complained]).toEqual([
        0,
        'Loading the records and their copies ...\n',
      ]);

      const file = join(folder, 'history.jsonl');
      expect(audit(folder, '--export', file).status).toBe(0);
      const entries = readFileSync(file, 'utf8').trim().split('\n').map(parseEntry);
      expect(entries).toContainEqual(
        expect.objectContaining({ pk: expect.stringMatching(/^2\/ACTION#/), event: 'in-force' }),
      );
      expect(entries).toContainEqual(
        expect.objectContaining({ pk: 'READ#2026-11-24', route: '/api/effects' }),
      );
      for (const { seq, previous, hash, sk } of entries.filter(({ seq }) => seq > 0)) {
        const before = entries.find((one) => one.sk === sk && one.seq === seq - 1);
        expect([before?.hash, hash.length]).toEqual([previous, 64]);
      }
      const again = audit(folder, '--export', file);
      expect([again.status, again.complained]).toEqual([2, expect.stringContaining('EEXIST')]);

      const records = join(folder, 'archive', 'records', '2', 'INCIDENT');
      const [incident = ''] = readdirSync(records);
      rmSync(join(records, incident, 'INCIDENT'), { recursive: true });
      const { said, status } = audit(folder);
      expect(said.slice(2, 4)).toEqual([
        `records/2/INCIDENT/${incident}/INCIDENT`,
        expect.stringMatching(/^ {2}its copy is gone, which digests\/.+ lists: /),
      ]);
      expect(said).toContain('  it has no copy');
      expect(status).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});
