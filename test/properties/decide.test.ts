// Properties of the decision over any policy and facts (P1, P2, P5, P9, P10).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Disposition } from '../../functions/domain/action.ts';
import { ActionName } from '../../functions/domain/action-catalog.ts';
import type { Entity } from '../../functions/domain/alert.ts';
import {
  type EntityFacts,
  type Fact,
  type Facts,
  known,
  unknown,
} from '../../functions/domain/facts.ts';
import { decide, isStricter } from '../../functions/gate/decide.ts';
import type { Circumstances } from '../../functions/gate/proposal.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { ActionPolicy } from '../../functions/policy/schemas/actions.ts';
import {
  alertWith,
  attacker,
  DRILLED,
  factsAbout,
  factsWith,
  HERE,
  leakedKey,
  NOW,
  POLICY,
  recommend,
  suspectUser,
  theAlertItself,
  theFunction,
  theInstance,
} from '../fixtures/case.ts';
import { circumstances } from '../gate/deciding.ts';

const fact = <T>(...values: T[]): fc.Arbitrary<Fact<T>> =>
  fc.oneof(fc.constantFrom(...values).map(known), fc.constant(unknown('not read')));

/** A network ACL of the instance. */
const acl = {
  networkAclId: 'acl-0a1b2c3d4e5f60718',
  isDefault: false,
  vpcId: 'vpc-1',
  subnets: { ids: ['subnet-1'], count: 1 },
  instances: { ids: [theInstance.value], count: 1 },
  otherInterfaces: 0,
  rules: { ingress: { ipv4: 2, ipv6: 1 }, egress: { ipv4: 2, ipv6: 1 } },
  optedIn: true,
};
const inForce = ActionName.options.map((name) => ({ name, actionId: 'act-x', effect: null }));
const anyHistory = fc.record({
  earlierIncidents: fact<string[]>([], ['inc-x']),
  inForce: fact(...[[], ...inForce.map((one) => [one])]),
  reversedByPeople: fact(0, 2),
  declined: fact(0, 2),
});
const anyFactsOn = ({ ref, kind }: Entity): fc.Arbitrary<EntityFacts> =>
  fc.record({
    ref: fc.constant(ref),
    protectedBy: fact(null, null, 'break-glass', 'approver-address', 'a-rule-of-yesterday'),
    history: anyHistory,
    address:
      kind === 'ip'
        ? (fc.record({
            ...Object.fromEntries(
              Object.entries(factsAbout(ref).address ?? {}).map(([key, value]) => [
                key,
                fc.constant(value),
              ]),
            ),
            singleHost: fact(true, true, false),
            awsServices: fact<string[]>([], [], ['S3']),
            ownedBy: fact(null, null, 'nat gateway eni-1'),
          }) as unknown as fc.Arbitrary<EntityFacts['address']>)
        : fc.constant(null),
    instance:
      kind === 'instance'
        ? fc.record({
            networkAcls: fact([], [acl]),
            tags: fact({}),
            forwards: fact(true, false),
            interfaceIds: fact([], ['eni-0123456789abcdef0']),
          })
        : fc.constant(null),
    lambda: kind === 'function' ? fc.record({ tags: fact({}) }) : fc.constant(null),
    identity:
      kind === 'iam-user' || kind === 'access-key'
        ? fc.record({
            serviceAccount: fact(true, false, false),
            tags: fact({}),
            groups: fact<string[]>([]),
            consoleAccess: fact(true),
            mfa: fact(true),
            lastUsed: fact(null),
            status: fact<string | null>('Active'),
            createdAt: fact('2024-01-01T00:00:00.000Z'),
          })
        : fc.constant(null),
    plannedWork: fc.constantFrom(null, null, 'nightly-export'),
  });

const ENTITIES = [attacker, leakedKey, suspectUser, theFunction, theInstance, theAlertItself];
const anyFacts: fc.Arbitrary<Facts | null> = fc.option(
  fc.record({
    readAt: fc.constant(NOW.toISOString()),
    calendar: fact<'open' | 'closed' | 'none'>('open', 'none', 'closed'),
    entities: fc.tuple(...ENTITIES.map(anyFactsOn)),
  }),
  { freq: 8 },
);

const anyAction = (name: ActionName): fc.Arbitrary<ActionPolicy> => {
  const given = POLICY.actions[name];
  const floor = fc.integer({ min: 0, max: 100 });
  return given.tier === 3
    ? floor.map((confidenceFloor) => ({ ...given, confidenceFloor }))
    : fc
        .record({
          confidenceFloor: floor,
          enabled: fc.boolean(),
          mode: fc.constantFrom('live' as const, 'live' as const, 'shadow' as const),
        })
        .map((change) => ({ ...given, ...change }) as ActionPolicy);
};
const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    actions: fc
      .tuple(...ActionName.options.map(anyAction))
      .map(
        (all) =>
          Object.fromEntries(
            ActionName.options.map((name, i) => [name, all[i]]),
          ) as Policy['actions'],
      ),
    effective: fc.subarray([...POLICY.effective]),
    mode: fc.constantFrom('live' as const, 'live' as const, 'shadow' as const),
    stage: fc.constantFrom<Policy['stage']>('local', 'staging', 'production'),
  })
  .map((change) => ({
    ...POLICY,
    ...change,
    plannedWork: [
      {
        id: 'nightly-export',
        why: 'The export runs',
        days: ['mon' as const],
        fromUtc: '01:00',
        toUtc: '05:00',
        values: ['*'],
      },
    ],
  }));

const anyCircumstances: fc.Arbitrary<Circumstances> = fc
  .record({
    facts: anyFacts,
    policy: anyPolicy,
    layer: fc.constantFrom('web' as const, 'network' as const, 'dns' as const, 'unknown' as const),
    part: fc.constantFrom(
      'actor' as const,
      'actor' as const,
      'target' as const,
      'related' as const,
    ),
    address: fc.constantFrom(
      attacker.value,
      attacker.value,
      '0.0.0.0/0',
      '2001:db8::7',
      'nonsense',
    ),
    account: fc.constantFrom(POLICY.account, POLICY.account, '999999999999'),
    region: fc.constantFrom(HERE.region, HERE.region, 'us-east-1', 'unknown'),
    archived: fc.boolean(),
    sample: fc.boolean(),
    generation: fc.constantFrom(1, 1, 2),
    switchMode: fc.constantFrom('run' as const, 'run' as const, 'ask' as const, 'halt' as const),
    drilled: fc.boolean(),
  })
  .map(
    ({
      facts,
      policy,
      layer,
      part,
      address,
      account,
      region,
      archived,
      sample,
      drilled,
      ...given
    }) => ({
      ...given,
      facts,
      policy,
      here: HERE,
      alert: alertWith({
        entities: ENTITIES.map((one) => ({
          ...one,
          place: { account, region },
          ...(one.kind === 'ip' && { part, value: address }),
        })),
        traffic: { ...alertWith().traffic, layer },
        account,
        region,
        archived,
        sample,
      }),
      drills: drilled ? DRILLED : new Map(),
      now: NOW,
      effectsOf,
      existingActions: new Map(),
      isAlertProven: true,
      findingState: 'active' as const,
    }),
  );
const anyRecommendation = fc
  .record({
    action: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom<string>(...ActionName.options) },
      { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 64 }) },
    ),
    target: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...ENTITIES.map(({ ref }) => ref)) },
      { weight: 1, arbitrary: fc.constantFrom('ip-2', '0.0.0.0/0', '__proto__', 'constructor') },
      { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 64 }) },
    ),
    confidence: fc.integer({ min: 0, max: 100 }),
  })
  .map(recommend);

/** The facts, the rules and the target let each of these run, with or without a person. */
const ORDINARY = circumstances({
  facts: {
    ...factsWith(...ENTITIES.map(({ ref, kind }) => ordinaryFacts(ref, kind))),
    calendar: known('open'),
  },
  alert: alertWith({ entities: ENTITIES }),
});

function ordinaryFacts(ref: string, kind: Entity['kind']): EntityFacts {
  const isIdentity = kind === 'iam-user' || kind === 'access-key';
  return factsAbout(ref, {
    ...(kind !== 'ip' && { address: null }),
    ...(kind === 'function' && { lambda: { tags: known({}) } }),
    ...(isIdentity && {
      identity: {
        ...{ serviceAccount: known(false), tags: known({}), groups: known([]) },
        ...{ consoleAccess: known(true), mfa: known(true), lastUsed: known(null) },
        ...{ status: known('Active'), createdAt: known('2024-01-01T00:00:00.000Z') },
      },
    }),
  });
}

/** Any circumstances, or ordinary ones of which at most one differs: few of the former let anything run. */
const anyOrOrdinary = fc
  .tuple(
    anyCircumstances,
    fc.constantFrom(
      'all',
      'none',
      'facts',
      'policy',
      'alert',
      'switchMode',
      'drills',
      'generation',
    ),
  )
  .map(([any, differs]): Circumstances => {
    if (differs === 'all') return any;
    const other = Object.entries(any).filter(([key]) => key === differs);
    return { ...ORDINARY, ...Object.fromEntries(other) };
  });
const aRecommendation = fc.oneof(
  anyRecommendation,
  fc
    .constantFrom(
      ['block_ip_at_firewall', attacker],
      ['add_ip_to_watchlist', attacker],
      ['revoke_api_key', leakedKey],
      ['disable_user_account_temporarily', suspectUser],
      ['increase_logging_verbosity', theFunction],
      ['create_alert_ticket', theAlertItself],
    )
    .map(([action, { ref }]) => recommend({ action, target: ref, confidence: 99 })),
);

const mayRun = (disposition: Disposition) => disposition === 'auto' || disposition === 'approve';
const runs = { numRuns: Number(process.env.PROPERTY_RUNS ?? 2000) };

test('P1, P2, P5: tier 3 never runs, tier 2 never runs automatically, and every target is an entity of the alert', () => {
  let count = 0;
  fc.assert(
    fc.property(aRecommendation, anyOrOrdinary, (recommendation, given) => {
      const { name, target, disposition, effects, reasons } = decide(recommendation, given);
      const tier = name === null ? null : given.policy.actions[name].tier;
      expect(reasons.length).toBeGreaterThan(0);
      if (tier === 3 || tier === null) {
        expect(mayRun(disposition)).toBe(false);
        expect(effects).toEqual([]);
      }
      if (tier === 2) expect(disposition).not.toBe('auto');
      if (!mayRun(disposition)) return;
      count++;
      expect(given.alert.entities).toContain(target);
      expect(given.switchMode).not.toBe('halt');
      expect(given.policy.mode).toBe('live');
      const facts = given.facts?.entities.find(({ ref }) => ref === target?.ref);
      if (target?.kind !== 'alert') expect(facts?.protectedBy).toEqual(known(null));
    }),
    runs,
  );
  expect(count, 'runs in which the action may run').toBeGreaterThan(runs.numRuns / 10);
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

/** The paths of all facts. */
const factsIn = (value: unknown, path: string[] = []): string[][] =>
  typeof value !== 'object' || value === null
    ? []
    : 'known' in value
      ? [path]
      : Object.entries(value).flatMap(([key, inner]) => factsIn(inner, [...path, key]));
function forgotten(given: Circumstances, pick: number): Circumstances {
  const facts = structuredClone(given.facts);
  const paths = factsIn(facts);
  const path = paths[pick % Math.max(1, paths.length)];
  const last = path?.at(-1);
  if (!path || !last) return given;
  const holder = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>(
      (at, key) => at[key] as Record<string, unknown>,
      facts as unknown as Record<string, unknown>,
    );
  holder[last] = unknown('forgotten');
  return { ...given, facts };
}
const withActions = (
  given: Circumstances,
  change: (action: ActionPolicy) => object,
): Circumstances => ({
  ...given,
  policy: {
    ...given.policy,
    actions: Object.fromEntries(
      Object.entries(given.policy.actions).map(([name, one]) => [name, { ...one, ...change(one) }]),
    ) as Policy['actions'],
  },
});
const inPolicy = (given: Circumstances, change: Partial<Policy>): Circumstances => ({
  ...given,
  policy: { ...given.policy, ...change },
});

const RESTRICTIONS: readonly ((given: Circumstances) => Circumstances)[] = [
  (given) => ({ ...given, facts: null }),
  (given) => ({ ...given, switchMode: given.switchMode === 'run' ? 'ask' : 'halt' }),
  (given) => ({ ...given, drills: new Map() }),
  (given) => ({ ...given, now: new Date(given.now.getTime() + 400 * 86_400_000) }),
  (given) => ({ ...given, generation: given.generation + 1 }),
  (given) => ({ ...given, effectsOf: () => [] }),
  (given) => ({ ...given, alert: { ...given.alert, archived: true } }),
  (given) => ({ ...given, facts: given.facts && { ...given.facts, calendar: known('closed') } }),
  (given) => inPolicy(given, { mode: 'shadow' }),
  (given) => inPolicy(given, { effective: POLICY.effective }),
  (given) => withActions(given, ({ tier }) => (tier === 3 ? {} : { enabled: false })),
  (given) => withActions(given, ({ tier }) => (tier === 3 ? {} : { mode: 'shadow' })),
  (given) => withActions(given, () => ({ confidenceFloor: 100 })),
];

test('P11: never acts on a target in another account or region, nor asks anyone to approve it', () => {
  const anyOther = fc.constantFrom(
    { ...HERE, account: '999999999999' },
    { ...HERE, account: 'unknown' },
    { ...HERE, region: 'us-east-1' },
    { ...HERE, region: 'unknown' },
  );
  fc.assert(
    fc.property(anyOrOrdinary, aRecommendation, anyOther, (given, recommendation, place) => {
      const entities = given.alert.entities.map((one) => ({ ...one, place }));
      const { disposition, target } = decide(recommendation, {
        ...given,
        policy: { ...given.policy, homeRegion: 'us-west-2' },
        alert: { ...given.alert, entities },
      });
      fc.pre(target?.kind !== 'alert');
      expect(['hand-off', 'dropped']).toContain(disposition);
    }),
  );
});

test('P10: losing a fact or adding a restriction never loosens a decision', () => {
  const restriction = fc.oneof(
    fc.nat(200).map((pick) => (given: Circumstances) => forgotten(given, pick)),
    fc.constantFrom(...RESTRICTIONS),
  );
  fc.assert(
    fc.property(aRecommendation, anyOrOrdinary, restriction, (recommendation, given, restrict) => {
      const before = decide(recommendation, given);
      const after = decide(recommendation, restrict(given));
      if (mayRun(after.disposition))
        expect(isStricter(before.disposition, after.disposition)).toBe(false);
    }),
    runs,
  );
});
