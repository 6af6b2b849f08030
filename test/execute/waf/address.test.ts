// What an approver is told about watching and blocking an address, and which alerts each answers.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unknown } from '../../../functions/domain/facts.ts';
import type { ActionName } from '../../../functions/domain/policy.ts';
import { effectsOf } from '../../../functions/execute/registry.ts';
import { blockAddress, watchAddress } from '../../../functions/execute/waf/address.ts';
import {
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  POLICY,
  subjectOn,
} from '../../fixtures/case.ts';

const subject = subjectOn(attacker);

test('the approver reads what changes, who is affected and when it ends', () => {
  const told = blockAddress.describe(subject, factsWith());
  expect(told.headline).toBe('Block web requests from 203.0.113.7/32');
  expect(told.changes.join()).toContain('203.0.113.7/32 is added to the block list');
  expect(told.affected).toEqual([expect.stringContaining('several people may share it')]);
  expect(told.undo).toContain('after 1 h unless');
});

test('a history that could not be read is called unknown, never left out', () => {
  const facts = factsAbout('ip-1');
  facts.history.earlierIncidents = unknown('the table did not answer');
  expect(blockAddress.describe(subject, factsWith(facts)).affected.join()).toContain(
    'unknown: the table did not answer',
  );
  expect(blockAddress.describe(subject, null).affected.join()).toContain('unknown');
});

test.each([
  ['web', true],
  ['unknown', true],
  ['network', false],
  ['dns', false],
  ['aws-api', false],
] as const)('traffic of layer %s is answered by a web rule: %s', (layer, answered) => {
  const alert = alertWith({
    traffic: { layer, direction: 'inbound', localPort: null, protocol: null },
  });
  const answers = (name: ActionName) =>
    effectsOf(name, alert, attacker, factsWith(), POLICY).map(({ mechanism }) => mechanism);
  expect(answers('block_ip_at_firewall')).toEqual(answered ? [blockAddress] : []);
  expect(answers('add_ip_to_watchlist')).toEqual([watchAddress]);
});

describe('the commands of the undo, run by a shell', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'countermand-undo-'));
    // An `aws` that notes how it was called and answers as the CLI would.
    writeFileSync(
      join(folder, 'aws'),
      `#!/bin/bash
printf '%s\\n' "$*" >> "${folder}/calls"
case "$*" in
  *list-ip-sets*) printf 'countermand-block-ipv4\\tid-1\\n' ;;
  *LockToken*) echo token-1 ;;
  *IPSet.Addresses*) echo '[]' ;;
esac
`,
    );
    chmodSync(join(folder, 'aws'), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test.each(['203.0.113.7', '2001:db8::7'])('need nothing filled in for %s', (value) => {
    const { manualUndo } = blockAddress.describe(
      { ...subject, target: { ...attacker, value } },
      null,
    );
    execFileSync('bash', ['--norc', '-euc', manualUndo.join('\n')], {
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    const calls = readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
    expect(calls.map((call) => call.split(' ')[1])).toEqual([
      'list-ip-sets',
      'get-ip-set',
      'get-ip-set',
      'update-ip-set',
    ]);
    expect(calls[2], 'the list is read after the lock token').toContain(`@ != '${value}/`);
    expect(calls[3]).toBe(
      'wafv2 update-ip-set --region eu-central-1 --scope REGIONAL --name countermand-block-ipv4 --id id-1 --lock-token token-1 --addresses []',
    );
  });
});
