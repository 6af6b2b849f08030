// Protection rules: by name, pattern, address and holder of a key.
import { describe, expect, test } from 'vitest';
import type { Entity, EntityKind } from '../../functions/domain/alert.ts';
import { known } from '../../functions/domain/facts.ts';
import { protection } from '../../functions/enrich/protection.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { attacker, POLICY } from '../fixtures/case.ts';

const entity = (
  kind: EntityKind,
  value: string,
  attributes: Entity['attributes'] = {},
): Entity => ({ ...attacker, kind, value, attributes });
const by = (one: Entity) => protection(one, POLICY.protected);
const rules = (...given: Partial<Policy['protected'][number]>[]) =>
  given.map((rule, i) => ({ id: `rule-${i + 1}`, why: 'because of the test', ...rule }));

describe('an address', () => {
  test('protects an address inside a protected range, also when it is written as IPv6', () => {
    expect(by(entity('ip', '10.1.2.3'))).toEqual(known('private-space'));
    expect(by(entity('ip', '::ffff:10.1.2.3'))).toEqual(known('private-space'));
    expect(by(entity('ip', '169.254.169.254'))).toEqual(known('link-local-and-resolver'));
    expect(by(entity('ip', 'fd00:ec2::253'))).toEqual(known('private-space'));
  });
  test('protects the NAT64 and 6to4 forms of a protected IPv4 address', () => {
    const only = rules({ cidrs: ['203.0.113.7/32'] });
    for (const form of ['64:ff9b::203.0.113.7', '2002:cb00:7107::1'])
      expect(protection(entity('ip', form), only)).toEqual(known('rule-1'));
    expect(protection(entity('ip', '64:ff9b::203.0.113.8'), only)).toEqual(known(null));
  });
  test('does not protect an address outside every protected range', () => {
    expect(by(entity('ip', '203.0.113.7'))).toEqual(known(null));
    expect(by(entity('ip', '11.0.0.0'))).toEqual(known(null));
  });
  test('leaves protection unknown for an address that cannot be parsed', () => {
    expect(by(entity('ip', '10.0.0.0.1')).known).toBe(false);
  });
  test('does not apply an IPv4 range to an IPv6 address', () => {
    const only = rules({ cidrs: ['0.0.0.0/0'] });
    expect(protection(entity('ip', '2001:db8::1'), only)).toEqual(known(null));
  });
});

test.each(['0.0.0.0/0', '8.0.0.0/6', '::/0', '10.128.0.0/9', '::ffff:0:0/96'])(
  'protects the range %s, which overlaps a protected one',
  (range) => {
    const touched = by(entity('ip', range));
    expect(touched.known && touched.value).toBeTruthy();
  },
);

test('protects the range of all IPv6 addresses, which contains the mapped IPv4 addresses', () => {
  const only = rules({ cidrs: ['203.0.113.0/24'] });
  expect(protection(entity('ip', '::/0'), only)).toEqual(known('rule-1'));
});

describe('a name', () => {
  test('matches a full name against a pattern, in any letter case', () => {
    expect(by(entity('iam-user', 'Admin-BREAK-GLASS-2'))).toEqual(known('break-glass'));
    expect(by(entity('iam-user', 'Root'))).toEqual(known('break-glass'));
    expect(by(entity('iam-user', 'rooted'))).toEqual(known(null));
  });
  test('matches a pattern against the ARN of an entity', () => {
    const arn = 'arn:aws:lambda:eu-central-1:111122223333:function:countermand-gate';
    expect(by(entity('function', 'gate', { arn }))).toEqual(known('countermand-itself'));
  });
  test('treats special characters of regular expressions in a name literally', () => {
    const only = rules({ values: ['a.b(c)+[d]^$|\\'] });
    expect(protection(entity('iam-user', 'a.b(c)+[d]^$|\\'), only)).toEqual(known('rule-1'));
    expect(protection(entity('iam-user', 'axb(c)+[d]^$|\\'), only)).toEqual(known(null));
  });
  test('applies a rule only to the kinds that it names', () => {
    expect(by(entity('bucket', 'break-glass-documents'))).toEqual(known(null));
  });
});

test('protects a key whose holder is protected by a rule about users', () => {
  const key = entity('access-key', 'AKIAIOSFODNN7EXAMPLE', { userName: 'break-glass' });
  expect(by(key)).toEqual(known('break-glass'));
  expect(by(entity('access-key', 'AKIAIOSFODNN7EXAMPLE', { userName: 'ana' }))).toEqual(
    known(null),
  );
});
