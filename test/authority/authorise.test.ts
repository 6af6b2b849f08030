// P2: what the executor refuses, from proofs and from its own policy.
import { describe, expect, test } from 'vitest';
import { authorise, type Grounds } from '../../functions/authority/authorise.ts';
import type { Ruling, Vote } from '../../functions/authority/claims.ts';
import type { Action } from '../../functions/domain/action.ts';
import type { Drill } from '../../functions/domain/drill.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { ActionPolicy } from '../../functions/policy/schemas/actions.ts';
import { toy, toyAction, toyWatch } from '../execute/toy.ts';
import { HERE, NOW, POLICY } from '../fixtures/case.ts';
import { approvedByAna } from '../web/approval-pages.ts';

const at = (minutes: number) => minutesAfter(NOW, minutes);
const identity = ({ incidentId, actionId, digest }: Action) => ({ incidentId, actionId, digest });

const watch = toyAction();
const block = toyAction({ disposition: 'approve', status: 'approved', approval: approvedByAna });
const { requestedAt, expiresAt } = approvedByAna;

const rulingOn = (action: Action, change: Partial<Ruling> = {}): Ruling => ({
  ...identity(action),
  disposition: action.disposition === 'auto' ? 'auto' : 'approve',
  policyVersion: POLICY.version,
  evaluated: 'a'.repeat(64),
  description: 'b'.repeat(64),
  attributes: 'c'.repeat(64),
  request:
    action.disposition === 'auto'
      ? null
      : { requestedAt, expiresAt, required: 1, roles: ['analyst'], moreTimeMinutes: 0 },
  at: at(0),
  ...change,
});
const voteBy = (by: string, change: Partial<Vote> = {}): Vote => ({
  ...identity(block),
  requestedAt,
  by,
  verdict: 'approved',
  durationMinutes: 60,
  at: at(2),
  ...change,
});
const drill: Drill = {
  mechanism: toyWatch.id,
  version: 1,
  outcome: 'passed',
  at: at(0),
  account: POLICY.account,
  by: 'test',
  text: '',
};
const forWatch = (change: Partial<Grounds> = {}): Grounds => ({
  ruling: rulingOn(watch),
  votes: [],
  policy: POLICY,
  here: HERE,
  mechanism: toyWatch,
  drill,
  now: new Date(at(3)),
  ...change,
});
const forBlock = (change: Partial<Grounds> = {}): Grounds => ({
  ruling: rulingOn(block),
  votes: [voteBy('ana.silva')],
  policy: POLICY,
  here: HERE,
  mechanism: toy,
  drill: undefined,
  now: new Date(at(3)),
  ...change,
});
const policyWith = (
  name: 'add_ip_to_watchlist' | 'block_ip_at_firewall',
  change: object,
): Policy => ({
  ...POLICY,
  actions: { ...POLICY.actions, [name]: { ...POLICY.actions[name], ...change } as ActionPolicy },
});
const needing = (required: number) => {
  const own = POLICY.actions.block_ip_at_firewall;
  if (own.tier !== 2) throw new Error('expected tier 2');
  return policyWith('block_ip_at_firewall', { approval: { ...own.approval, required } });
};

describe('an automatic action', () => {
  test('is allowed with a ruling and a drill', () => {
    expect(authorise(watch, forWatch())).toEqual({ durationMinutes: 60, keptBy: null });
  });

  test.each<[string, Partial<Grounds>, string]>([
    ['without a ruling', { ruling: null }, 'no proof that the gate decided'],
    ['in shadow mode', { policy: { ...POLICY, mode: 'shadow' } }, 'shadow mode'],
    [
      'if the action is in shadow mode',
      { policy: policyWith('add_ip_to_watchlist', { mode: 'shadow' }) },
      'shadow mode',
    ],
    [
      'if policy does not enable it',
      { policy: policyWith('add_ip_to_watchlist', { enabled: false }) },
      'does not enable',
    ],
    ['in another account', { here: { ...HERE, account: '999999999999' } }, 'another account'],
    ['in another region', { here: { ...HERE, region: 'us-east-1' } }, 'for region eu-central-1'],
    ['without a drill', { drill: undefined }, 'never been drilled'],
    ['after a failed drill', { drill: { ...drill, outcome: 'failed' } }, 'failed its last drill'],
    ['an hour later', { now: new Date(at(61)) }, 'is too old'],
    [
      'if policy made it tier 2',
      {
        policy: policyWith('add_ip_to_watchlist', {
          tier: 2,
          approval: { required: 1, roles: ['analyst'] },
        }),
      },
      'needs a person',
    ],
    [
      'if only a person may undo it',
      {
        policy: policyWith('add_ip_to_watchlist', {
          lifetime: { undo: 'by-a-person', reviewAfterDays: 30 },
        }),
      },
      'only a person may undo',
    ],
    [
      'with the mechanism of another action',
      { mechanism: { ...toyWatch, action: 'block_ip_at_firewall' } },
      'does not carry out',
    ],
    [
      'with a mechanism for other targets',
      { mechanism: { ...toyWatch, targetKinds: ['iam-user'] } },
      'this kind of target',
    ],
  ])('is refused %s', (_, change, why) => {
    expect(authorise(watch, forWatch(change))).toEqual({ refused: expect.stringContaining(why) });
  });

  test('is refused under the name of a tier-3 action', () => {
    const named: Action = { ...watch, name: 'block_cidr_range' };
    expect(authorise(named, forWatch())).toEqual({ refused: 'policy lets no code do this' });
  });
});

describe('an approved action', () => {
  test('is allowed with a proven vote', () => {
    expect(authorise(block, forBlock())).toEqual({ durationMinutes: 60, keptBy: null });
  });

  test('lasts as long as the shorter of two approvals', () => {
    const votes = [voteBy('ana.silva'), voteBy('ben.okafor', { durationMinutes: 15, at: at(2.5) })];
    expect(authorise(block, forBlock({ votes, policy: needing(2) }))).toEqual({
      durationMinutes: 15,
      keptBy: null,
    });
  });

  test('never lasts longer than the action that was decided', () => {
    const votes = [voteBy('ana.silva', { durationMinutes: 10_000 })];
    expect(authorise(block, forBlock({ votes }))).toMatchObject({ durationMinutes: 60 });
  });

  test.each<[string, Partial<Grounds>]>([
    ['no vote', { votes: [] }],
    ['a declining vote', { votes: [voteBy('ana.silva', { verdict: 'declined' })] }],
    ['a vote on an earlier request', { votes: [voteBy('ana.silva', { requestedAt: at(-30) })] }],
    [
      'a vote after the time limit',
      { votes: [voteBy('ana.silva', { at: at(16) })], now: new Date(at(17)) },
    ],
    ['a vote before the request', { votes: [voteBy('ana.silva', { at: at(-1) })] }],
    ['a vote by a stranger', { votes: [voteBy('mallory')] }],
  ])('is refused with %s', (_, change) => {
    expect(authorise(block, forBlock(change))).toEqual({ refused: '0 of 1 approvals are proven' });
  });

  test('needs as many different people as policy, also after the request', () => {
    const twice = [voteBy('ana.silva'), voteBy('ana.silva', { at: at(2.5) })];
    expect(authorise(block, forBlock({ votes: twice, policy: needing(2) }))).toEqual({
      refused: '1 of 2 approvals are proven',
    });
  });

  test('is refused if the ruling does not prove who the target is', () => {
    const { attributes: _, ...ruling } = rulingOn(block);
    expect(authorise(block, forBlock({ ruling }))).toEqual({
      refused: 'the ruling does not prove who the target is',
    });
  });

  test('needs as many people as the request, although policy needs fewer by now', () => {
    const { request } = rulingOn(block);
    const ruling = rulingOn(block, { request: { ...request!, required: 2 } });
    expect(authorise(block, forBlock({ ruling }))).toEqual({
      refused: '1 of 2 approvals are proven',
    });
  });

  test('is refused an hour after the approval', () => {
    expect(authorise(block, forBlock({ now: new Date(at(63)) }))).toEqual({
      refused: expect.stringContaining('is too old'),
    });
  });

  test('is kept by its last approver if only a person may undo it', () => {
    const lifetime = { undo: 'by-a-person', reviewAfterDays: 30 };
    const policy = policyWith('block_ip_at_firewall', { lifetime });
    expect(authorise(block, forBlock({ policy }))).toMatchObject({ keptBy: 'ana.silva' });
  });
});
