// The shipped escalation policy: who is asked when, and when requests expire.
import { expect, test } from 'vitest';
import type { ActionName } from '../../functions/domain/action-catalog.ts';
import { requestApproval, waitsOf } from '../../functions/gate/approval-request.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';
import { attacker, NOW } from '../fixtures/case.ts';

const { actions, escalation } = loadPolicy(POLICIES, 'example');
const requestFor = (name: ActionName) => {
  const policy = actions[name];
  if (policy.tier !== 2) throw new Error(`${name} is not of tier 2`);
  const request = requestApproval(escalation, policy, attacker, NOW);
  if (!request) throw new Error('no one can be asked');
  return request;
};
const minutes = (at: string) => (Date.parse(at) - NOW.getTime()) / 60_000;

test.each([
  ['block_ip_at_firewall', 15],
  ['disable_user_account_temporarily', 15],
  ['revoke_api_key', 10],
] as const)('asks about %s at 0 and 5 minutes, and expires after %i', (name, end) => {
  const { rungs, expiresAt, managers } = requestFor(name);
  expect(rungs.map(({ at, ask }) => [minutes(at), ask.map(({ id }) => id)])).toEqual([
    [0, ['ana.silva']],
    [5, ['ben.okafor']],
  ]);
  expect(minutes(expiresAt)).toBe(end);
  expect(managers.map(({ id }) => id)).toEqual(['mei.tanaka']);
});

test('waits at each escalation step until the next one, and then for the expiry', () => {
  expect(waitsOf(requestFor('block_ip_at_firewall')).slice(0, 2)).toEqual([300, 600]);
  expect(waitsOf(requestFor('revoke_api_key')).slice(0, 2)).toEqual([300, 300]);
});
