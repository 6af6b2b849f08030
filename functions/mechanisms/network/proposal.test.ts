// Effects of a network block, and the description for the approver.
import { describe, expect, test } from 'vitest';
import {
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  subjectOn,
} from '../../../test/fixtures/case.ts';
import { callsOf } from '../../../test/shell.ts';
import type { Alert, Entity } from '../../domain/alert.ts';
import { type Facts, known, type NetworkAclFacts, unknown } from '../../domain/facts.ts';
import { denyAddress } from './deny-address.ts';

const instance = (number: number, change: Partial<Entity> = {}): Entity => ({
  ...attacker,
  ref: `instance-${number}`,
  kind: 'instance',
  value: `i-0aa1bb2cc3dd4ee5${number}`,
  part: 'target',
  attributes: {},
  ...change,
});
const acl = (change: Partial<NetworkAclFacts> = {}): NetworkAclFacts => ({
  networkAclId: 'acl-0a1b2c3d4e5f60701',
  isDefault: false,
  vpcId: 'vpc-1',
  subnets: { ids: ['subnet-1'], count: 1 },
  instances: { ids: ['i-1'], count: 1 },
  otherInterfaces: 0,
  rules: { ingress: { ipv4: 2, ipv6: 2 }, egress: { ipv4: 2, ipv6: 2 } },
  optedIn: true,
  ...change,
});
const other = acl({ networkAclId: 'acl-0a1b2c3d4e5f60702' });
const guardedBy = (number: number, ...acls: NetworkAclFacts[]) =>
  factsAbout(`instance-${number}`, {
    address: null,
    instance: {
      networkAcls: known(acls),
      tags: known({}),
      forwards: known(false),
      interfaceIds: known([]),
    },
  });
const traffic = (change: Partial<Alert['traffic']> = {}): Alert['traffic'] => ({
  layer: 'network',
  direction: 'inbound',
  localPort: 22,
  protocol: 'TCP',
  ...change,
});
const effects = (facts: Facts | null, change: Partial<Alert> = {}) =>
  denyAddress.effects(
    alertWith({ traffic: traffic(), entities: [attacker, instance(1), instance(2)], ...change }),
    attacker,
    facts,
  );
const inbound = { networkAclId: acl().networkAclId, direction: 'ingress' };

describe('effects of a network block', () => {
  const both = factsWith(guardedBy(1, acl()), guardedBy(2, acl()));

  test('returns one effect per ACL, for any number of attacked instances behind it', () => {
    expect(effects(both)).toEqual([inbound]);
  });

  test('returns an effect for each ACL of the instances', () => {
    expect(effects(factsWith(guardedBy(1, acl(), other), guardedBy(2, acl())))).toEqual([
      inbound,
      { ...inbound, networkAclId: other.networkAclId },
    ]);
  });

  test.each([
    ['inbound', 'ingress'],
    ['outbound', 'egress'],
    ['unknown', 'ingress'],
  ] as const)('returns for %s traffic an %s rule', (direction, rule) => {
    expect(effects(both, { traffic: traffic({ direction }) })).toEqual([
      { ...inbound, direction: rule },
    ]);
  });

  test.each([
    ['network', true],
    ['web', true],
    ['unknown', true],
    ['dns', false],
    ['aws-api', false],
  ] as const)('returns an effect for traffic of layer %s: %s', (layer, proposed) => {
    expect(effects(both, { traffic: traffic({ layer }) })).toHaveLength(proposed ? 1 : 0);
  });

  test('returns no effect for an instance that is only mentioned', () => {
    const entities = [attacker, instance(1, { part: 'related' })];
    expect(effects(both, { entities })).toEqual([]);
  });

  test('returns no effect if the ACLs of any instance are unknown', () => {
    const dark = factsAbout('instance-2', {
      instance: {
        networkAcls: unknown('no rights'),
        tags: known({}),
        forwards: known(false),
        interfaceIds: known([]),
      },
    });
    expect(effects(factsWith(guardedBy(1, acl()), dark))).toEqual([]);
    expect(effects(factsWith(guardedBy(1, acl())))).toEqual([]);
    expect(effects(null)).toEqual([]);
  });
});

describe('the description', () => {
  const subject = subjectOn(attacker, { parameters: inbound });
  const told = (change: Partial<NetworkAclFacts> = {}) =>
    denyAddress.describe(subject, factsWith(guardedBy(1, acl(change)), factsAbout('ip-1')));

  test('describes what changes and when it ends', () => {
    const { headline, changes, undo } = told();
    expect(headline).toBe('Block traffic from 203.0.113.7 in network ACL acl-0a1b2c3d4e5f60701');
    expect(changes).toEqual([
      'Add one inbound rule to acl-0a1b2c3d4e5f60701: deny 203.0.113.7/32, all protocols, before the allow rules',
    ]);
    expect(undo).toContain('after 1 h, unless someone keeps it');
  });

  test('names the subnets and instances of a shared ACL', () => {
    const ids = Array.from({ length: 30 }, (_, i) => `i-${i}`);
    const { affected } = told({
      subnets: { ids: ['subnet-1', 'subnet-2'], count: 2 },
      instances: { ids, count: 40 },
      otherInterfaces: 3,
    });
    expect(affected[0]).toBe('Shared: 2 subnets, 40 instances, 3 other interfaces');
    expect(affected).toContain('Subnets: subnet-1, subnet-2');
    expect(affected.join('\n')).toMatch(/Instances: i-0, .*, i-11 and 28 more/);
    expect(told().affected[0]).toBe('1 subnet, 1 instance');
  });

  test('warns that an instance forwards traffic of others', () => {
    const nat = guardedBy(1, acl());
    if (nat.instance) nat.instance.forwards = known(true);
    const { affected } = denyAddress.describe(subject, factsWith(nat, factsAbout('ip-1')));
    expect(affected.join()).toContain('forwards traffic, for example as a NAT instance');
    expect(told().affected.join()).not.toContain('forwards traffic');
  });

  test('names the default ACL of a VPC', () => {
    const { changes, affected } = told({ isDefault: true });
    expect(changes[0]).toContain('the default network ACL of vpc-1');
    expect(affected[0]).toContain('and every future subnet');
  });

  test('warns when the rule quota is almost or completely used up', () => {
    const rules = (ipv4: number) => ({ ...acl().rules, ingress: { ipv4, ipv6: 2 } });
    expect(told({ rules: rules(19) }).affected[0]).toContain('19 of 20 inbound rules for IPv4');
    expect(told({ rules: rules(20) }).affected[0]).toContain('The network ACL is full');
  });

  test('reports unknown subnets and instances', () => {
    const { affected } = denyAddress.describe(subject, null);
    expect(affected[0]).toBe('Unknown: the subnets and instances behind this network ACL');
    expect(affected.at(-1)).toContain('Unknown: earlier incidents with this address');
  });

  test.each([
    ['203.0.113.7', 'ingress', 'CidrBlock==`"203.0.113.7/32"`', 'Egress==`false`'],
    ['2001:db8::7', 'egress', 'Ipv6CidrBlock==`"2001:db8::7/128"`', 'Egress==`true`'],
  ])('returns undo commands for %s %s that need no editing', (value, direction, ...asked) => {
    const { manualUndo } = denyAddress.describe(
      { ...subject, target: { ...attacker, value }, parameters: { ...inbound, direction } },
      null,
    );
    const calls = callsOf(manualUndo, { '': '93' }).map((words) => words.join(' '));
    for (const part of asked) expect(calls[0]).toContain(part);
    expect(calls[1]).toBe(
      `ec2 delete-network-acl-entry --region eu-central-1 --network-acl-id acl-0a1b2c3d4e5f60701 --${direction} --rule-number 93`,
    );
  });
});
