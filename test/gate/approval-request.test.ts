// Who is asked: the ladder as policy has it, without those who may not decide, and with enough who can.
import { describe, expect, test } from 'vitest';
import type { Entity } from '../../functions/domain/alert.ts';
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

test('the rungs are those of policy, in absolute times, up to the action’s own limit', () => {
  const request = asking();
  expect(ids(request)).toEqual([['ada'], ['bob', 'cyd']]);
  expect(request?.rungs.map(({ at }) => (Date.parse(at) - NOW.getTime()) / 60_000)).toEqual([0, 5]);
  expect((Date.parse(request!.expiresAt) - NOW.getTime()) / 60_000).toBe(15);
  expect(request?.notes).toEqual([]);
});

test('a rung that is empty without the person concerned is skipped, and it says so', () => {
  const request = asking({}, user('ada'));
  expect(ids(request)).toEqual([['bob', 'cyd']]);
  expect(request?.rungs[0]?.at).toBe(NOW.toISOString());
  expect(request?.notes).toEqual(['Rung 1 of the ladder has nobody who may decide this']);
});

test('only people with a role that counts are asked', () => {
  const people = { ...escalation.people, ada: person('ada', 'manager') };
  expect(ids(asking({ roles: ['analyst'] }, attacker, { ...escalation, people }))).toEqual([
    ['bob', 'cyd'],
  ]);
});

describe('where two have to agree', () => {
  test('as many are asked at once', () => {
    expect(ids(asking({ required: 2 }))).toEqual([['ada', 'bob', 'cyd']]);
  });

  test('managers are asked when the ladder has too few', () => {
    const ladder = [{ atMinutes: 0, ask: ['ada'] }];
    const request = asking({ required: 2 }, attacker, { ...escalation, ladder });
    expect(ids(request)).toEqual([['ada', 'mia']]);
    expect(request?.notes.join()).toContain('managers are asked');
  });

  test('there is no request when too few could say yes', () => {
    const ladder = [{ atMinutes: 0, ask: ['ada'] }];
    expect(
      asking({ required: 2, roles: ['analyst'] }, attacker, { ...escalation, ladder }),
    ).toBeNull();
  });
});

test('the state machine waits for each rung, for the time that may be added, and for the end', () => {
  expect(waitsOf(asking()!)).toEqual([300, 600, 60]);
  expect(waitsOf(asking({ moreTimeMinutes: 10 })!)).toEqual([300, 600, 600, 60]);
});
