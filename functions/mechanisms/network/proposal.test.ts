// Which network ACLs a block concerns, and what the approver is told of them.
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
  ...change,
});
const other = acl({ networkAclId: 'acl-0a1b2c3d4e5f60702' });
const guardedBy = (number: number, ...acls: NetworkAclFacts[]) =>
  factsAbout(`instance-${number}`, {
    address: null,
    instance: { networkAcls: known(acls), tags: known({}), forwards: known(false) },
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

describe('a block on the network is proposed', () => {
  const both = factsWith(guardedBy(1, acl()), guardedBy(2, acl()));

  test('once for an ACL, however many attacked instances are behind it', () => {
    expect(effects(both)).toEqual([inbound]);
  });

  test('for each ACL around them', () => {
    expect(effects(factsWith(guardedBy(1, acl(), other), guardedBy(2, acl())))).toEqual([
      inbound,
      { ...inbound, networkAclId: other.networkAclId },
    ]);
  });

  test.each([
    ['inbound', 'ingress'],
    ['outbound', 'egress'],
    ['unknown', 'ingress'],
  ] as const)('for traffic that is %s as a rule for %s', (direction, rule) => {
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
  ] as const)('where the traffic was seen at the layer %s: %s', (layer, proposed) => {
    expect(effects(both, { traffic: traffic({ layer }) })).toHaveLength(proposed ? 1 : 0);
  });

  test('not for an instance that is only mentioned', () => {
    const entities = [attacker, instance(1, { part: 'related' })];
    expect(effects(both, { entities })).toEqual([]);
  });

  test('not where the ACLs of one of the instances are unknown', () => {
    const dark = factsAbout('instance-2', {
      instance: { networkAcls: unknown('no rights'), tags: known({}), forwards: known(false) },
    });
    expect(effects(factsWith(guardedBy(1, acl()), dark))).toEqual([]);
    expect(effects(factsWith(guardedBy(1, acl())))).toEqual([]);
    expect(effects(null)).toEqual([]);
  });
});

describe('the approver reads', () => {
  const subject = subjectOn(attacker, { parameters: inbound });
  const told = (change: Partial<NetworkAclFacts> = {}) =>
    denyAddress.describe(subject, factsWith(guardedBy(1, acl(change)), factsAbout('ip-1')));

  test('what changes, and when it ends', () => {
    const { headline, changes, undo } = told();
    expect(headline).toBe('Block traffic from 203.0.113.7 in network ACL acl-0a1b2c3d4e5f60701');
    expect(changes).toEqual([
      'Add one inbound rule to acl-0a1b2c3d4e5f60701, before the rules that allow the traffic: deny 203.0.113.7/32, all protocols',
    ]);
    expect(undo).toContain('after 1 h, unless someone keeps it');
  });

  test('that an ACL is shared, with the subnets and instances that it touches', () => {
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

  test('that an instance is the way of others', () => {
    const nat = guardedBy(1, acl());
    if (nat.instance) nat.instance.forwards = known(true);
    const { affected } = denyAddress.describe(subject, factsWith(nat, factsAbout('ip-1')));
    expect(affected.join()).toContain('forwards traffic, for example as a NAT instance');
    expect(told().affected.join()).not.toContain('forwards traffic');
  });

  test('that it is the default ACL of its VPC', () => {
    const { changes, affected } = told({ isDefault: true });
    expect(changes[0]).toContain('the default network ACL of vpc-1');
    expect(affected[0]).toContain('and every future subnet');
  });

  test('where little room is left, and that a full ACL will refuse', () => {
    const rules = (ipv4: number) => ({ ...acl().rules, ingress: { ipv4, ipv6: 2 } });
    expect(told({ rules: rules(19) }).affected[0]).toContain('19 of 20 inbound rules for IPv4');
    expect(told({ rules: rules(20) }).affected[0]).toContain('The network ACL is full');
  });

  test('that what stands behind it is unknown, where it is', () => {
    const { affected } = denyAddress.describe(subject, null);
    expect(affected[0]).toBe('Unknown: the subnets and instances behind this network ACL');
    expect(affected.at(-1)).toContain('Unknown: earlier incidents with this address');
  });

  test.each([
    ['203.0.113.7', 'ingress', 'CidrBlock==`"203.0.113.7/32"`', 'Egress==`false`'],
    ['2001:db8::7', 'egress', 'Ipv6CidrBlock==`"2001:db8::7/128"`', 'Egress==`true`'],
  ])('how to undo it by hand, for %s %s, with nothing to fill in', (value, direction, ...asked) => {
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
