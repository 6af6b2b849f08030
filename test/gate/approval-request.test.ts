// Approval requests: escalation steps, eligible approvers and waits.
import { describe, expect, test } from 'vitest';
import type { Entity } from '../../functions/domain/alert.ts';
import { ApprovalRequest } from '../../functions/domain/approval.ts';
import { requestApproval, waitsOf } from '../../functions/gate/approval-request.ts';
import { type ActionPolicy, Approval } from '../../functions/policy/schemas/actions.ts';
import type { Escalation } from '../../functions/policy/schemas/escalation.ts';
import { attacker, NOW, POLICY } from '../fixtures/case.ts';

const person = (id: string, role: 'analyst' | 'manager' = 'analyst') => ({
  name: id.toUpperCase(),
  email: `${id}@example.com`,
  roles: [role],
  principals: [id],
});
const escalation: Escalation = {
  people: {
    ada: person('ada'),
    bob: person('bob'),
    cyd: person('cyd'),
    mia: person('mia', 'manager'),
  },
  ladder: [
    { atMinutes: 0, ask: ['ada'] },
    { atMinutes: 5, ask: ['bob', 'cyd'] },
  ],
  managers: ['mia'],
};
const block = POLICY.actions.block_ip_at_firewall as Extract<ActionPolicy, { tier: 2 }>;
const asking = (approval: Partial<Approval> = {}, target: Entity = attacker, who = escalation) =>
  requestApproval(who, { ...block, approval: Approval.parse(approval) }, target, NOW);
const ids = (request: ReturnType<typeof asking>) =>
  request?.rungs.map(({ ask }) => ask.map(({ id }) => id));
const user = (name: string): Entity => ({ ...attacker, kind: 'iam-user', value: name });

test('creates the escalation steps of policy with absolute times, and expires at the time limit of the action', () => {
  const request = asking();
  expect(ids(request)).toEqual([['ada'], ['bob', 'cyd']]);
  expect(request?.rungs.map(({ at }) => (Date.parse(at) - NOW.getTime()) / 60_000)).toEqual([0, 5]);
  expect((Date.parse(request!.expiresAt) - NOW.getTime()) / 60_000).toBe(15);
  expect(request?.notes).toEqual([]);
});

test('skips an escalation step without an eligible approver, and notes it', () => {
  const request = asking({}, user('ada'));
  expect(ids(request)).toEqual([['bob', 'cyd']]);
  expect(request?.rungs[0]?.at).toBe(NOW.toISOString());
  expect(request?.notes).toEqual(['Escalation step 1 has no eligible approver']);
});

test('counts the problems with the escalation policy that a request has no room for', () => {
  const ladder = Array.from({ length: 5 }, (_, i) => ({ atMinutes: i, ask: ['ada' as const] }));
  const schedules = Array.from({ length: 30 }, (_, n) => `schedule ${n} could not be read`);
  const request = requestApproval({ ...escalation, ladder }, block, user('ada'), NOW, schedules);
  const { notes } = ApprovalRequest.parse(request);
  expect(notes[3]).toBe('27 more problems with on-call schedules');
  expect(notes.at(-1)).toContain('managers are asked');
});

test('asks only people with an eligible role', () => {
  const people = { ...escalation.people, ada: person('ada', 'manager') };
  expect(ids(asking({ roles: ['analyst'] }, attacker, { ...escalation, people }))).toEqual([
    ['bob', 'cyd'],
  ]);
});

describe('two required approvals', () => {
  test('asks enough people at once when two approvals are required', () => {
    expect(ids(asking({ required: 2 }))).toEqual([['ada', 'bob', 'cyd']]);
  });

  test('asks managers when the escalation policy has too few approvers', () => {
    const ladder = [{ atMinutes: 0, ask: ['ada'] }];
    const request = asking({ required: 2 }, attacker, { ...escalation, ladder });
    expect(ids(request)).toEqual([['ada', 'mia']]);
    expect(request?.notes.join()).toContain('managers are asked');
  });

  test('returns null when too few people may approve', () => {
    const ladder = [{ atMinutes: 0, ask: ['ada'] }];
    expect(
      asking({ required: 2, roles: ['analyst'] }, attacker, { ...escalation, ladder }),
    ).toBeNull();
  });
});

test('waits for each escalation step, for the extra time that may be granted, and for the expiry', () => {
  expect(waitsOf(asking()!)).toEqual([300, 600, 60]);
  expect(waitsOf(asking({ moreTimeMinutes: 10 })!)).toEqual([300, 600, 600, 60]);
});
