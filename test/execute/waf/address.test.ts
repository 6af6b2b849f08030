// What an approver is told about watching and blocking an address, and which alerts each answers.
import { expect, test } from 'vitest';
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
import { callsOf } from '../../shell.ts';

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

test.each(['203.0.113.7', '2001:db8::7'])(
  'the commands of the undo need nothing filled in for %s, as a shell reads them',
  (value) => {
    const { manualUndo } = blockAddress.describe(
      { ...subject, target: { ...attacker, value } },
      null,
    );
    const calls = callsOf(manualUndo, {
      'list-ip-sets': 'countermand-block-ipv4\tid-1',
      LockToken: 'token-1',
      'IPSet.Addresses': '[]',
    });
    expect(calls.map(([, verb]) => verb)).toEqual([
      'list-ip-sets',
      'get-ip-set',
      'get-ip-set',
      'update-ip-set',
    ]);
    expect(calls[2]?.join(' '), 'the list is read after the lock token').toContain(
      `@ != '${value}/`,
    );
    expect(calls[3]?.join(' ')).toBe(
      'wafv2 update-ip-set --region eu-central-1 --scope REGIONAL --name countermand-block-ipv4 --id id-1 --lock-token token-1 --addresses []',
    );
  },
);
