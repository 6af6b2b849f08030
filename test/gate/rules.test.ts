// How each rule tightens a decision.
import { describe, expect, test } from 'vitest';
import type { Disposition } from '../../functions/domain/action.ts';
import { known, unknown } from '../../functions/domain/facts.ts';
import { decide } from '../../functions/gate/decide.ts';
import type { Circumstances } from '../../functions/gate/proposal.ts';
import { RULES } from '../../functions/gate/rules.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import {
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  HERE,
  leakedKey,
  POLICY,
  recommend,
  theFunction,
} from '../fixtures/case.ts';
import {
  addressFacts,
  at,
  blockInForce,
  circumstances,
  codes,
  logs,
  ORDINARY_USER,
  revokes,
  withTarget,
} from './deciding.ts';

describe('each rule', () => {
  const blocks = (given: Circumstances, change = {}) => decide(recommend(change), given);
  const history = factsAbout('ip-1').history;
  const watch = { action: 'add_ip_to_watchlist' };
  const seen = (at: string | null) => alertWith({ lastSeenAt: at, updatedAt: at, firstSeenAt: at });
  const cases: [string, ReturnType<typeof decide>, Disposition, string][] = [
    [
      'a target outside the alert',
      blocks(circumstances(), { target: 'ip-9' }),
      'dropped',
      'target-not-in-alert',
    ],
    [
      'a target of the wrong kind',
      blocks(circumstances(), { target: 'alert-1' }),
      'dropped',
      'wrong-kind-of-target',
    ],
    [
      'low confidence',
      blocks(circumstances(), { confidence: 69 }),
      'dropped',
      'below-confidence-floor',
    ],
    [
      'a network that could not be read',
      blocks(
        circumstances({
          alert: alertWith({
            entities: [
              attacker,
              { ...attacker, ref: 'instance-1', kind: 'instance', part: 'target' },
            ],
          }),
          facts: factsWith(
            factsAbout('ip-1'),
            factsAbout('instance-1', {
              instance: {
                networkAcls: unknown('no permission'),
                tags: known({}),
                forwards: known(false),
                interfaceIds: known([]),
              },
            }),
          ),
        }),
      ),
      'approve',
      'network-unknown',
    ],
    [
      'an action that policy has not enabled',
      blocks(
        circumstances({
          policy: {
            ...POLICY,
            actions: {
              ...POLICY.actions,
              block_ip_at_firewall: { ...POLICY.actions.block_ip_at_firewall, enabled: false },
            } as Policy['actions'],
          },
        }),
      ),
      'hand-off',
      'not-enabled',
    ],
    [
      'traffic that no block stops',
      blocks(
        circumstances({ alert: alertWith({ traffic: { ...alertWith().traffic, layer: 'dns' } }) }),
      ),
      'hand-off',
      'no-mechanism',
    ],
    [
      'a function of another account',
      blocks(
        circumstances({
          alert: alertWith({ entities: [attacker, at({ account: '999999999999' }, theFunction)] }),
          facts: factsWith(factsAbout('function-1', { address: null })),
        }),
        { action: 'increase_logging_verbosity', target: 'function-1' },
      ),
      'hand-off',
      'other-account',
    ],
    [
      'a function of an unknown account',
      logs(at({ account: 'unknown' }, theFunction)),
      'hand-off',
      'other-account',
    ],
    [
      'a function of another region',
      logs(at({ region: 'us-east-1' }, theFunction)),
      'hand-off',
      'other-region',
    ],
    [
      'a function of an unknown region',
      logs(at({ region: 'unknown' }, theFunction)),
      'hand-off',
      'other-region',
    ],
    [
      'an address that was seen in another account',
      blocks(withTarget({ place: { ...HERE, account: '999999999999' } })),
      'hand-off',
      'other-account',
    ],
    [
      'an address that was seen in another region',
      blocks(withTarget({ place: { ...HERE, region: 'us-east-1' } })),
      'hand-off',
      'other-region',
    ],
    [
      'a key of a stack that is not in the home region',
      revokes('us-east-1'),
      'hand-off',
      'other-home-region',
    ],
    ['a key without a home region', revokes(null), 'hand-off', 'no-home-region'],
    ['no facts', blocks(circumstances({ facts: null })), 'hand-off', 'facts-missing'],
    [
      'a protected target',
      blocks(withTarget({}, factsAbout('ip-1', { protectedBy: known('private-space') }))),
      'hand-off',
      'protected-target',
    ],
    [
      'an address that an approver uses',
      blocks(withTarget({}, factsAbout('ip-1', { protectedBy: known('approver-address') }))),
      'hand-off',
      'approver-address',
    ],
    [
      'unknown protection',
      blocks(withTarget({}, factsAbout('ip-1', { protectedBy: unknown('unreadable') }))),
      'hand-off',
      'protection-unknown',
    ],
    [
      'an address of this account',
      blocks(withTarget({}, addressFacts({ ownedBy: known('nat gateway eni-1') }))),
      'hand-off',
      'counts-as-isolate-production-host',
    ],
    [
      'an address that may be ours',
      blocks(withTarget({}, addressFacts({ ownedBy: unknown('EC2 did not answer') }))),
      'hand-off',
      'owner-unknown',
    ],
    [
      'planned work',
      blocks(withTarget({}, factsAbout('ip-1', { plannedWork: 'nightly-export' })), {
        action: 'add_ip_to_watchlist',
      }),
      'approve',
      'planned-work',
    ],
    [
      'a closed change calendar',
      blocks(circumstances({ facts: { ...factsWith(), calendar: known('closed') } }), {
        action: 'add_ip_to_watchlist',
      }),
      'approve',
      'calendar-closed',
    ],
    [
      'a change calendar that cannot be read',
      blocks(circumstances({ facts: { ...factsWith(), calendar: unknown('no answer') } }), {
        action: 'add_ip_to_watchlist',
      }),
      'approve',
      'calendar-unknown',
    ],
    [
      'an AWS address',
      blocks(withTarget({}, addressFacts({ awsServices: known(['S3']) }))),
      'hand-off',
      'aws-address',
    ],
    [
      'an address that cannot be understood',
      blocks(
        withTarget({ value: '999.1' }, addressFacts({ singleHost: unknown('not an address') })),
      ),
      'hand-off',
      'counts-as-block-cidr-range',
    ],
    ['our own address', blocks(withTarget({ part: 'target' })), 'hand-off', 'not-the-actor'],
    [
      'an action that may be in force already',
      blocks(
        withTarget(
          {},
          factsAbout('ip-1', {
            history: { ...history, inForce: known([blockInForce]) },
          }),
        ),
      ),
      'approve',
      'may-be-in-force',
    ],
    [
      'an alert that our own action caused',
      blocks(
        circumstances({
          alert: alertWith({ causedBy: { incidentId: null, actionId: null, why: 'our role' } }),
        }),
        { action: 'add_ip_to_watchlist' },
      ),
      'approve',
      'self-inflicted',
    ],
    [
      'an incident with an alert that our own action caused',
      blocks(circumstances({ generation: 2 }), { action: 'add_ip_to_watchlist' }),
      'approve',
      'cascade',
    ],
    [
      'an alert without proof that intake accepted it',
      blocks(circumstances({ isAlertProven: false }), { action: 'add_ip_to_watchlist' }),
      'approve',
      'alert-unproven',
    ],
    [
      'a finding of medium severity that was closed meanwhile',
      blocks(
        circumstances({
          alert: alertWith({ severity: { score: 5, label: 'medium' } }),
          findingState: 'resolved',
        }),
      ),
      'dropped',
      'finding-closed',
    ],
    [
      'an archived finding',
      blocks(circumstances({ alert: alertWith({ archived: true }) })),
      'approve',
      'archived-finding',
    ],
    [
      'a finding that was last seen more than 24 hours ago',
      blocks(circumstances({ alert: seen('2026-11-23T02:59:00.000Z') }), watch),
      'approve',
      'old-finding',
    ],
    [
      'a finding that was last seen in the future',
      blocks(circumstances({ alert: seen('2026-11-24T04:01:00.000Z') }), watch),
      'approve',
      'old-finding',
    ],
    [
      'a finding without any time',
      blocks(circumstances({ alert: seen(null) }), watch),
      'approve',
      'old-finding',
    ],
    [
      'a kill switch set to halt',
      blocks(circumstances({ switchMode: 'halt' })),
      'hand-off',
      'switch-halt',
    ],
    [
      'shadow mode',
      blocks(circumstances({ policy: { ...POLICY, mode: 'shadow' } })),
      'observe',
      'shadow-mode',
    ],
    [
      'a sample finding in production',
      blocks(
        circumstances({
          alert: alertWith({ sample: true }),
          policy: { ...POLICY, stage: 'production' },
        }),
      ),
      'observe',
      'sample-finding',
    ],
  ];
  test.each(cases)('tightens the decision for %s', (_, ruling, disposition, code) => {
    expect(codes(ruling)).toContain(code);
    expect(ruling.disposition).toBe(disposition);
  });

  test('explains a missing mechanism for an address by its traffic, and for a key by its type', () => {
    const why = (given: Circumstances, change = {}) =>
      decide(recommend(change), given).reasons.find(({ code }) => code === 'no-mechanism')?.text;
    const dns = { ...alertWith().traffic, layer: 'dns' as const };
    expect(why(circumstances({ alert: alertWith({ traffic: dns }) }))).toContain('(traffic: dns)');
    const sessionKey = { ...leakedKey, value: 'ASIAIOSFODNN7EXAMPLE' };
    const ofAKey = why(
      circumstances({
        alert: alertWith({ entities: [sessionKey] }),
        facts: factsWith(factsAbout('key-1', { address: null, identity: ORDINARY_USER })),
      }),
      { action: 'revoke_api_key', target: 'key-1' },
    );
    expect(ofAKey).toContain('long-lived key');
    expect(ofAKey).not.toContain('traffic');
  });

  test('observes an action in shadow mode in a live account', () => {
    const block = { ...POLICY.actions.block_ip_at_firewall, mode: 'shadow' as const };
    const actions = { ...POLICY.actions, block_ip_at_firewall: block };
    const ruling = decide(recommend(), circumstances({ policy: { ...POLICY, actions } }));
    expect(ruling).toMatchObject({ disposition: 'observe' });
    expect(codes(ruling)).toContain('shadow-action');
  });

  test('records the inputs and the verdict of every rule, including rules without a verdict', () => {
    const { considered } = decide(recommend({ confidence: 69 }), circumstances());
    expect(considered.map(({ rule }) => rule)).toEqual(['tier-map', ...RULES.map(({ id }) => id)]);
    expect(considered).toContainEqual({
      rule: 'confident-enough',
      inputs: '{"confidence":69,"floor":70}',
      verdict: 'dropped',
    });
    expect(considered).toContainEqual({
      rule: 'kill-switch',
      inputs: '{"switch":"run"}',
      verdict: null,
    });
  });

  test('requests approval for an automatic action while the kill switch is set to ask', () => {
    const ruling = decide(
      recommend({ action: 'add_ip_to_watchlist' }),
      circumstances({ switchMode: 'ask' }),
    );
    expect(ruling.disposition).toBe('approve');
  });

  test.each(['2026-11-23T03:00:00.000Z', '2026-11-24T04:00:00.000Z'])(
    'acts automatically on a finding that was last seen at %s',
    (at) => {
      expect(blocks(circumstances({ alert: seen(at) }), watch).disposition).toBe('auto');
    },
  );

  test('opens a ticket for an old finding', () => {
    const alert = seen('2026-08-20T03:00:00.000Z');
    const ticket = { action: 'create_alert_ticket', target: 'alert-1' } as const;
    expect(blocks(circumstances({ alert }), ticket).disposition).toBe('auto');
  });

  test('opens a ticket for an archived finding, even when it has a ticket and an earlier one was withdrawn', () => {
    const before = {
      ...history,
      inForce: known([{ name: 'create_alert_ticket', actionId: 'act-x', effect: null }]),
      reversedByPeople: known(1),
    };
    const ruling = decide(
      recommend({ action: 'create_alert_ticket', target: 'alert-1' }),
      circumstances({
        alert: alertWith({ archived: true }),
        facts: factsWith(
          factsAbout('ip-1'),
          factsAbout('alert-1', { address: null, history: before }),
        ),
      }),
    );
    expect(ruling.disposition).toBe('auto');
  });

  test.each([known('countermand-itself'), unknown('the approvers could not be read')])(
    'opens a ticket even when the target is or may be protected',
    (protectedBy) => {
      const ruling = decide(
        recommend({ action: 'create_alert_ticket', target: 'alert-1' }),
        circumstances({
          facts: factsWith(factsAbout('alert-1', { address: null, protectedBy })),
        }),
      );
      expect(ruling.disposition).toBe('auto');
    },
  );

  test('requests approval for a target on which people reversed an action before', () => {
    const facts = factsAbout('ip-1', { history: { ...history, reversedByPeople: known(1) } });
    const ruling = decide(recommend({ action: 'add_ip_to_watchlist' }), withTarget({}, facts));
    expect(ruling).toMatchObject({ disposition: 'approve' });
  });
});
