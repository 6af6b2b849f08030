// What each role may do in the console, and who never approves.
import { describe, expect, test } from 'vitest';
import { may } from '../../functions/policy/may.ts';
import { EscalationFile, type PersonRole } from '../../functions/policy/schemas/escalation.ts';
import { INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { createPages, put, requestWith, waiting } from '../web/approval-pages.ts';

const DEEDS = ['read', 'note', 'halt', 'resume', 'end-tokens'] as const;
const allowed = (...roles: PersonRole[]) => DEEDS.filter((deed) => may({ roles }, deed));

test('viewers read; analysts also note and halt; managers and leads also resume', () => {
  expect(allowed('viewer')).toEqual(['read']);
  expect(allowed('analyst')).toEqual(['read', 'note', 'halt']);
  expect(allowed('manager')).toEqual(['read', 'note', 'halt', 'resume', 'end-tokens']);
  expect(allowed('lead')).toEqual(['read', 'note', 'halt', 'resume', 'end-tokens']);
  expect(allowed('viewer', 'analyst')).toEqual(['read', 'note', 'halt']);
});

test('a person without a role, or who is not in policy, may do nothing', () => {
  expect(DEEDS.filter((deed) => may(undefined, deed))).toEqual([]);
  expect(allowed()).toEqual([]);
});

const withRoles = (...roles: PersonRole[]) => ({
  ...POLICY.escalation,
  people: {
    ...POLICY.escalation.people,
    'ana.silva': { ...POLICY.escalation.people['ana.silva']!, roles },
  },
});

describe.each(['viewer', 'lead'] as const)('a %s', (role) => {
  test.each([
    ['that names roles', ['analyst', 'manager'] as const],
    ['of an earlier version, which names no role', [] as const],
  ])('cannot approve a request %s', async (_, roles) => {
    const store = storeOn(memoryTable());
    const action = await put(store, waiting({ approval: requestWith({ roles: [...roles] }) }));
    const { post, pathOf } = createPages(store, {
      policy: { ...POLICY, escalation: withRoles(role) },
    });
    const form = { verdict: 'approve', reason: '', digest: action.digest };
    expect((await post(await pathOf(action), form)).status).toBe(403);
    const { status } = await store.records.action(INCIDENT_ID, action.actionId);
    expect(status).toBe('awaiting-approval');
  });

  test('cannot be in the escalation policy or a manager there', () => {
    const file = (escalation: typeof POLICY.escalation) =>
      EscalationFile.safeParse(escalation).error?.issues.map(({ path }) => path.join('.'));
    expect(file(withRoles(role))).toEqual(['ladder.0.ask.0']);
    expect(file({ ...withRoles('analyst'), managers: ['ana.silva'] })).toBeUndefined();
    const ofBen = { ...withRoles(role), ladder: [{ atMinutes: 0, ask: ['ben.okafor'] }] };
    expect(file({ ...ofBen, managers: ['ana.silva'] })).toEqual(['managers.0']);
    expect(file(ofBen)).toBeUndefined();
  });
});
