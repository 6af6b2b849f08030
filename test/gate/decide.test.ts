// The decision on one recommendation (P1, P2, P3, P5, P9, P10), rule by rule.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Disposition } from '../../functions/domain/action.ts';
import { ActionName } from '../../functions/domain/action-catalog.ts';
import type { Entity } from '../../functions/domain/alert.ts';
import { Recommendation } from '../../functions/domain/assessment.ts';
import {
  type EntityFacts,
  type Fact,
  type IdentityFacts,
  type InForce,
  known,
  unknown,
} from '../../functions/domain/facts.ts';
import type { Place } from '../../functions/domain/place.ts';
import { decide, isStricter } from '../../functions/gate/decide.ts';
import { sharedKeyOf } from '../../functions/gate/effect-key.ts';
import type { Circumstances, ExistingAction } from '../../functions/gate/proposal.ts';
import { RULES } from '../../functions/gate/rules.ts';
import { effectsOf, MECHANISMS } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import {
  alertWith,
  attacker,
  DRILLED,
  factsAbout,
  factsWith,
  HERE,
  INCIDENT_ID,
  leakedKey,
  NOW,
  POLICY,
  recommend,
  theFunction,
} from '../fixtures/case.ts';

const circumstances = (change: Partial<Circumstances> = {}): Circumstances => ({
  alert: alertWith(),
  facts: factsWith(),
  policy: POLICY,
  here: HERE,
  generation: 1,
  switchMode: 'run',
  drills: DRILLED,
  now: NOW,
  effectsOf,
  existingActions: new Map(),
  isAlertProven: true,
  findingState: 'active' as const,
  ...change,
});
const SCANNER = { id: 'scan', owner: 'Ana', why: 'The weekly scan', until: '2026-12-31' };
const NAME = { name: 'a.scan.example', domain: 'scan.example', isConfirmed: true };
test.each<Partial<EntityFacts>>([
  { address: { ...factsAbout('ip-1').address!, scanner: SCANNER } },
  ...(['network', 'domain', 'role'] as const).map((kind) => ({
    scanner: known({ ...SCANNER, by: { kind, value: 'any' } }),
  })),
  { reverseDns: known({ names: [NAME.name], count: 1, claim: NAME }) },
  { scanner: unknown('no answer'), reverseDns: unknown('no answer') },
])(
  'decides about a declared scanner as about any address, for low and critical severity: %j',
  (change) => {
    const facts = factsWith(factsAbout('ip-1', change));
    for (const label of ['low', 'critical'] as const)
      for (const action of ['add_ip_to_watchlist', 'block_ip_at_firewall'] as const) {
        const alert = alertWith({ severity: { score: 9, label } });
        const one = recommend({ action });
        expect(decide(one, circumstances({ alert, facts }))).toEqual(
          decide(one, circumstances({ alert, facts: factsWith(factsAbout('ip-1')) })),
        );
      }
  },
);

const ORDINARY_USER: IdentityFacts = {
  serviceAccount: known(false),
  tags: known({}),
  groups: known([]),
  consoleAccess: known(false),
  mfa: known(false),
  lastUsed: known(null),
  status: known('Active'),
  createdAt: known('2024-01-01T00:00:00.000Z'),
};
const codes = ({ reasons }: { reasons: { code: string }[] }) => reasons.map(({ code }) => code);
const withTarget = (change: Partial<typeof attacker>, facts = factsAbout('ip-1')) =>
  circumstances({
    alert: alertWith({ entities: [{ ...attacker, ...change }] }),
    facts: factsWith(facts),
  });
const inForce = (effect: InForce['effect']): InForce => ({
  name: 'block_ip_at_firewall',
  actionId: 'act-x',
  effect,
});
const blockInForce = inForce({ mechanism: 'waf.block-address', parameters: {} });
const addressFacts = (change: object) =>
  factsAbout('ip-1', { address: { ...factsAbout('ip-1').address!, ...change } });

describe('the tier map', () => {
  test('runs a watch-list entry automatically', () => {
    expect(decide(recommend({ action: 'add_ip_to_watchlist' }), circumstances()).disposition).toBe(
      'auto',
    );
  });

  test('requests approval for a block', () => {
    expect(decide(recommend(), circumstances()).disposition).toBe('approve');
  });

  test('hands off or drops every tier-3 action, with the reason', () => {
    for (const action of ActionName.options.filter((name) => POLICY.actions[name].tier === 3)) {
      const ruling = decide(recommend({ action, target: 'ip-1' }), circumstances());
      expect(['hand-off', 'dropped'], action).toContain(ruling.disposition);
      expect(codes(ruling)).toContain('tier-3');
    }
  });

  test('hands off an unknown action, and names it in the reason', () => {
    const ruling = decide(recommend({ action: 'format_all_disks' }), circumstances());
    expect(ruling).toMatchObject({ disposition: 'hand-off', name: null });
    expect(ruling.reasons[0]?.text).toContain('format_all_disks');
  });
});

describe('the effective action', () => {
  test('treats a block or a watch of an address wider than one host as a range block', () => {
    const facts = addressFacts({ singleHost: known(false), cidr: known('0.0.0.0/0') });
    for (const action of ['block_ip_at_firewall', 'add_ip_to_watchlist']) {
      const ruling = decide(recommend({ action }), withTarget({ value: '0.0.0.0/0' }, facts));
      expect(ruling).toMatchObject({
        name: 'block_cidr_range',
        disposition: 'hand-off',
        effects: [],
      });
    }
  });

  test('treats a block as a range block when it is unknown whether the address is one host, and says so', () => {
    const ruling = decide(recommend(), circumstances({ facts: null }));
    expect(ruling.name).toBe('block_cidr_range');
    expect(ruling.reasons.map(({ text }) => text).join()).toContain('unknown whether');
  });

  const onAKey = (serviceAccount: Fact<boolean>) => {
    const key = { ...attacker, ref: 'key-1', kind: 'access-key' as const, value: 'AKIAEXAMPLE' };
    const identity = { ...ORDINARY_USER, serviceAccount };
    return decide(
      recommend({ action: 'revoke_api_key', target: 'key-1' }),
      circumstances({
        alert: alertWith({ entities: [key] }),
        facts: factsWith(factsAbout('key-1', { address: null, identity })),
      }),
    );
  };

  test('treats a key as the credential of a service account when it is or may be one', () => {
    for (const fact of [known(true), unknown('IAM did not answer')])
      expect(onAKey(fact)).toMatchObject({
        name: 'revoke_service_account_credential',
        disposition: 'hand-off',
      });
    expect(onAKey(known(false)).name).toBe('revoke_api_key');
  });

  test('takes the effective action from the table in policy', () => {
    const facts = addressFacts({ singleHost: known(false) });
    const effective = [
      {
        actions: ['block_ip_at_firewall' as const],
        when: 'wider-than-one-host' as const,
        becomes: 'isolate_production_host' as const,
        why: 'a table of another account',
      },
    ];
    const given = { ...withTarget({}, facts), policy: { ...POLICY, effective } };
    expect(decide(recommend(), given).name).toBe('isolate_production_host');
  });
});

describe('drills in a live account', () => {
  const watch = recommend({ action: 'add_ip_to_watchlist' });
  const days = (n: number) => new Date(NOW.getTime() + n * 86_400_000);
  const drill = DRILLED.get('waf.watch-address')!;
  const given = (change: Partial<Circumstances>) => decide(watch, circumstances(change));
  const withDrill = (change: Partial<typeof drill>) =>
    given({ drills: new Map([[drill.mechanism, { ...drill, ...change }]]) });

  test('P3: runs an action automatically when its drill is recent enough', () => {
    expect(given({}).disposition).toBe('auto');
    const now = days(POLICY.limits.drillMaxAgeDays);
    const alert = alertWith({ lastSeenAt: now.toISOString() });
    expect(given({ now, alert }).disposition).toBe('auto');
  });

  test.each([
    ['missing', given({ drills: new Map() }), 'has never been drilled'],
    ['failed', withDrill({ outcome: 'failed' }), 'failed its last drill'],
    [
      'of another version',
      withDrill({ version: drill.version + 1 }),
      `its version is now ${drill.version}`,
    ],
    ['too old', given({ now: days(POLICY.limits.drillMaxAgeDays + 1) }), 'policy allows 90 days'],
    ['from the future', withDrill({ at: days(2).toISOString() }), 'has a date in the future'],
  ])('P3: requests approval when the drill is %s', (_what, ruling, says) => {
    expect(ruling.disposition).toBe('approve');
    expect(ruling.reasons.find(({ code }) => code === 'not-drilled')?.text).toContain(says);
  });

  test('P3: requests approval for a ticket when its mechanism was never drilled', () => {
    const ticket = recommend({ action: 'create_alert_ticket', target: 'alert-1' });
    expect(decide(ticket, circumstances({ drills: new Map() })).disposition).toBe('approve');
  });

  test('observes an action without a drill in shadow mode', () => {
    const shadow = { policy: { ...POLICY, mode: 'shadow' as const }, drills: new Map() };
    expect(given(shadow).disposition).toBe('observe');
  });
});

describe('a block that is in force', () => {
  const instance = {
    ...attacker,
    ref: 'instance-1',
    kind: 'instance' as const,
    part: 'target' as const,
  };
  const acls = (...ids: string[]) =>
    factsAbout('instance-1', {
      address: null,
      instance: {
        tags: known({}),
        forwards: known(false),
        interfaceIds: known([]),
        networkAcls: known(
          ids.map((networkAclId) => ({
            networkAclId,
            isDefault: false,
            vpcId: 'vpc-1',
            subnets: { ids: [], count: 0 },
            instances: { ids: [], count: 0 },
            otherInterfaces: 0,
            rules: { ingress: { ipv4: 2, ipv6: 0 }, egress: { ipv4: 2, ipv6: 0 } },
            optedIn: true,
          })),
        ),
      },
    });
  const onNetwork = alertWith({
    traffic: { layer: 'network', direction: 'inbound', localPort: 22, protocol: 'TCP' },
    entities: [attacker, instance],
  });
  const first = 'acl-0a1b2c3d4e5f60701';
  const second = 'acl-0a1b2c3d4e5f60702';
  const given = (ids: string[], there: InForce[] = []) =>
    circumstances({
      alert: onNetwork,
      facts: factsWith(
        factsAbout('ip-1', { history: { ...factsAbout('ip-1').history, inForce: known(there) } }),
        acls(...ids),
      ),
    });
  const other: ExistingAction = {
    incidentId: INCIDENT_ID,
    actionId: 'act-fedcba9876543210-1',
    state: 'in-force',
    until: '2026-11-24T09:00:00.000Z',
  };
  /** The ruling while another action has, or asks about, the block at the first ACL. */
  const joining = (change: Partial<ExistingAction>, ...ids: string[]) => {
    const about = given(ids);
    const mechanism = MECHANISMS.find(({ id }) => id === 'network.deny-address')!;
    const effect = { mechanism, parameters: { networkAclId: first, direction: 'ingress' } };
    const key = sharedKeyOf(about, attacker, effect)!;
    return decide(recommend(), {
      ...about,
      existingActions: new Map([[key, { ...other, ...change }]]),
    });
  };
  const withHistory = (there: InForce, ...ids: string[]) =>
    decide(recommend(), given(ids, [there]));
  const atFirst = inForce({
    mechanism: 'network.deny-address',
    parameters: { networkAclId: first, direction: 'ingress' },
  });

  test('joins the block that is in force at the same network ACL, and says when it ends', () => {
    const { disposition, reasons } = joining({}, first);
    expect(disposition).toBe('dropped');
    expect(reasons.at(-1)).toEqual({
      code: 'already-in-force',
      text: `Already in force until 09:00 UTC on 24 Nov 2026: this joins act-fedcba9876543210-1 of ${INCIDENT_ID}`,
    });
  });

  test('joins the request that is open for the same network ACL', () => {
    const { disposition, reasons } = joining({ state: 'asked' }, first);
    expect(disposition).toBe('dropped');
    expect(reasons.at(-1)?.text).toBe(
      `Already requested: this joins act-fedcba9876543210-1 of ${INCIDENT_ID}`,
    );
  });

  test('requests approval for two network ACLs while the block is in force at one of them', () => {
    expect(joining({}, first, second).disposition).toBe('approve');
  });

  test('requests approval for a block at the network while a block on the web is in force', () => {
    const ruling = withHistory(blockInForce, first);
    expect(ruling.disposition).toBe('approve');
    expect(codes(ruling)).not.toContain('may-be-in-force');
  });

  test('asks a person about a block that only the history of the address calls in force', () => {
    for (const there of [atFirst, inForce(null)]) {
      const ruling = withHistory(there, first);
      expect(ruling.disposition).toBe('approve');
      expect(codes(ruling)).toContain('may-be-in-force');
    }
  });
});

const at = (change: Partial<Place>, entity: Entity): Entity => ({
  ...entity,
  place: { ...HERE, ...change },
});
const aboutTheFunction = (entity: Entity, change: Partial<Circumstances> = {}) =>
  circumstances({
    alert: alertWith({ entities: [attacker, entity] }),
    facts: factsWith(factsAbout('function-1', { address: null })),
    ...change,
  });
const logs = (entity: Entity) =>
  decide(
    recommend({ action: 'increase_logging_verbosity', target: 'function-1' }),
    aboutTheFunction(entity),
  );
const onTheKey = (policy: Policy, entity = leakedKey) =>
  decide(
    recommend({ action: 'revoke_api_key', target: 'key-1' }),
    circumstances({
      policy,
      alert: alertWith({ entities: [entity] }),
      facts: factsWith(factsAbout('key-1', { address: null, identity: ORDINARY_USER })),
    }),
  );
const revokes = (homeRegion: string | null) => onTheKey({ ...POLICY, homeRegion });

describe('the place of the target', () => {
  test('lets the stack of the home region act on a key that was seen in another region', () => {
    const seen = at({ region: 'us-east-1' }, leakedKey);
    expect(onTheKey(POLICY, seen)).toMatchObject({
      disposition: 'approve',
      name: 'revoke_api_key',
    });
  });

  test('names the home region when another stack must act', () => {
    expect(
      revokes('us-east-1')
        .reasons.map(({ text }) => text)
        .join(),
    ).toContain('us-east-1');
  });

  test('still opens the ticket about an alert of another account and region', () => {
    const alert = at({ account: '999999999999', region: 'us-east-1' }, alertWith().entities[1]!);
    const ruling = decide(
      recommend({ action: 'create_alert_ticket', target: 'alert-1' }),
      circumstances({ alert: alertWith({ entities: [attacker, alert] }) }),
    );
    expect(ruling.disposition).toBe('auto');
  });

  test('does not take an address that was seen elsewhere for one of this account', () => {
    const facts = addressFacts({ ownedBy: unknown('it is elsewhere') });
    const ruling = decide(
      recommend(),
      withTarget({ place: { ...HERE, account: '999999999999' } }, facts),
    );
    expect(ruling.name).toBe('block_ip_at_firewall');
    expect(codes(ruling)).toEqual(['tier-2', 'other-account']);
  });
});

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

describe('any model output, facts and policy', () => {
  const fact = <T>(value: fc.Arbitrary<T>) =>
    fc.oneof(value.map(known), fc.constant(unknown('not read')));
  const anyFacts = fc.record({
    protectedBy: fact(fc.constantFrom(null, 'private-space')),
    singleHost: fact(fc.boolean()),
    awsServices: fact(fc.constantFrom<string[]>([], ['S3'])),
    inForce: fact(fc.constantFrom<InForce[]>([], [blockInForce])),
    reversedByPeople: fact(fc.constantFrom(0, 2)),
  });
  const anyRecommendation = fc.record({
    action: fc.oneof(
      fc.constantFrom<string>(...ActionName.options),
      fc.string({ minLength: 1, maxLength: 64 }),
    ),
    target: fc.oneof(
      fc.constantFrom('ip-1', 'alert-1', 'ip-2', 'user-1'),
      fc.string({ minLength: 1, maxLength: 64 }),
    ),
    parameters: fc.record({ durationMinutes: fc.option(fc.integer({ min: 1, max: 10_080 })) }),
    confidence: fc.integer({ min: 0, max: 100 }),
    reasoning: fc.string({ maxLength: 200 }),
  });
  const anyCircumstances = fc
    .record({
      facts: fc.option(anyFacts),
      part: fc.constantFrom('actor' as const, 'target' as const, 'related' as const),
      value: fc.constantFrom('203.0.113.7', '0.0.0.0/0', '2001:db8::7', 'nonsense'),
      archived: fc.boolean(),
      sample: fc.boolean(),
      account: fc.constantFrom(POLICY.account, '999999999999', 'unknown' as const),
      generation: fc.constantFrom(1, 2, 3),
      switchMode: fc.constantFrom('run' as const, 'ask' as const, 'halt' as const),
      drilled: fc.boolean(),
      mode: fc.constantFrom('shadow' as const, 'live' as const),
      stage: fc.constantFrom<Policy['stage']>('local', 'staging', 'production'),
    })
    .map(
      ({
        facts,
        part,
        value,
        archived,
        sample,
        account,
        generation,
        switchMode,
        drilled,
        mode,
        stage,
      }): Circumstances => {
        const base = factsAbout('ip-1');
        const entity = facts && {
          ...base,
          protectedBy: facts.protectedBy,
          address: {
            ...base.address!,
            singleHost: facts.singleHost,
            awsServices: facts.awsServices,
          },
          history: {
            ...base.history,
            inForce: facts.inForce,
            reversedByPeople: facts.reversedByPeople,
          },
        };
        return {
          alert: alertWith({
            entities: [
              { ...attacker, part, value, place: { ...HERE, account } },
              alertWith().entities[1]!,
            ],
            archived,
            sample,
            account,
          }),
          facts: entity ? factsWith(entity) : null,
          policy: { ...POLICY, mode, stage },
          here: HERE,
          generation,
          switchMode,
          drills: drilled ? DRILLED : new Map(),
          now: NOW,
          effectsOf,
          existingActions: new Map(),
          isAlertProven: true,
          findingState: 'active' as const,
        };
      },
    );
  const runs = { numRuns: Number(process.env.PROPERTY_RUNS ?? 2000) };

  test('P1: never runs tier-3 and unknown actions, and never requests approval for them', () => {
    fc.assert(
      fc.property(anyRecommendation, anyCircumstances, (recommendation, given) => {
        const { name, disposition, effects } = decide(Recommendation.parse(recommendation), given);
        if (name !== null && POLICY.actions[name].tier !== 3) return;
        expect(['auto', 'approve', 'observe']).not.toContain(disposition);
        expect(effects).toEqual([]);
      }),
      runs,
    );
  });

  test('P2: never runs a tier-2 action automatically', () => {
    fc.assert(
      fc.property(anyRecommendation, anyCircumstances, (recommendation, given) => {
        const { name, disposition } = decide(recommendation, given);
        if (name !== null && POLICY.actions[name].tier === 2) expect(disposition).not.toBe('auto');
      }),
      runs,
    );
  });

  test('P5: targets an entity of the alert with every action that could run', () => {
    fc.assert(
      fc.property(anyRecommendation, anyCircumstances, (recommendation, given) => {
        const { target, disposition } = decide(recommendation, given);
        if (disposition === 'auto' || disposition === 'approve')
          expect(given.alert.entities).toContain(target);
      }),
      runs,
    );
  });

  test('P9: never drops the ticket of an alert', () => {
    const ticket = recommend({ action: 'create_alert_ticket', target: 'alert-1', confidence: 0 });
    fc.assert(
      fc.property(anyCircumstances, (given) => {
        expect(decide(ticket, given).disposition).not.toBe('dropped');
      }),
      runs,
    );
  });

  test('P10: losing a fact or adding a restriction never loosens the decision', () => {
    const restriction = fc.constantFrom<(given: Circumstances) => Circumstances>(
      (given) => ({ ...given, facts: null }),
      (given) => ({ ...given, switchMode: given.switchMode === 'run' ? 'ask' : 'halt' }),
      (given) => ({ ...given, drills: new Map() }),
      (given) => ({ ...given, now: new Date(given.now.getTime() + 400 * 86_400_000) }),
      (given) => ({ ...given, policy: { ...given.policy, mode: 'shadow' } }),
      (given) => ({ ...given, alert: { ...given.alert, archived: true } }),
      (given) => ({ ...given, generation: given.generation + 1 }),
      (given) => ({ ...given, effectsOf: () => [] }),
      (given) => forget(given, 'protectedBy'),
      (given) => forgetAddress(given, 'singleHost'),
      (given) => forgetAddress(given, 'awsServices'),
      (given) => forgetAddress(given, 'ownedBy'),
      (given) => ({
        ...given,
        facts: given.facts && { ...given.facts, calendar: unknown('forgotten') },
      }),
    );
    fc.assert(
      fc.property(
        anyRecommendation,
        anyCircumstances,
        restriction,
        (recommendation, given, restrict) => {
          const before = decide(recommendation, given);
          const after = decide(recommendation, restrict(given));
          const mayRun = (disposition: Disposition) =>
            disposition === 'auto' || disposition === 'approve';
          // An action that could not run before can't run after. One that could is controlled at least as strictly.
          if (mayRun(after.disposition))
            expect(isStricter(before.disposition, after.disposition)).toBe(false);
        },
      ),
      runs,
    );
  });
});

const forget = (given: Circumstances, key: 'protectedBy'): Circumstances => ({
  ...given,
  facts: given.facts && {
    ...given.facts,
    entities: given.facts.entities.map((facts) => ({ ...facts, [key]: unknown('forgotten') })),
  },
});
const forgetAddress = (
  given: Circumstances,
  key: 'singleHost' | 'awsServices' | 'ownedBy',
): Circumstances => ({
  ...given,
  facts: given.facts && {
    ...given.facts,
    entities: given.facts.entities.map((facts) => ({
      ...facts,
      address: facts.address && { ...facts.address, [key]: unknown('forgotten') },
    })),
  },
});
