// Deny rules in a network ACL: rule numbers, quota and concurrent changes.
import type { NetworkAclEntry } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { attacker, subjectOn } from '../../../test/fixtures/case.ts';
import { QuotaExceeded, StateChanged } from '../../domain/errors.ts';
import type { NetworkAclApi } from './acl.ts';
import { denyAddress } from './deny-address.ts';
import { createEc2 } from './stand-in-ec2.ts';
import { LOCAL_NETWORK } from './stand-in-network.ts';

const NetworkAclId = 'acl-0a1b2c3d4e5f60701';
const parameters = { networkAclId: NetworkAclId, direction: 'ingress' };
const subject = subjectOn(attacker, { parameters });
const about = (value: string) => subjectOn({ ...attacker, value }, { parameters });
const all = { Protocol: '-1', Egress: false } as const;
const deny = (RuleNumber: number, CidrBlock: string): NetworkAclEntry => ({
  ...all,
  RuleAction: 'deny',
  RuleNumber,
  CidrBlock,
});
const allow = (RuleNumber: number, CidrBlock = '0.0.0.0/0'): NetworkAclEntry => ({
  ...deny(RuleNumber, CidrBlock),
  RuleAction: 'allow',
});
const last = deny(32_767, '0.0.0.0/0');

/** An account with one ACL that has these ingress rules. */
function account(entries: NetworkAclEntry[] = [allow(100), last]) {
  const [acl] = LOCAL_NETWORK.networkAcls;
  if (!acl) throw new Error('the fixture has no ACL');
  const file = inMemory({ ...LOCAL_NETWORK, networkAcls: [{ ...acl, entries }] });
  const ec2 = createEc2(file);
  const join = (client: NetworkAclApi = ec2) =>
    denyAddress.connect({ ec2: client, sleep: async () => {} });
  return {
    ec2,
    join,
    rules: () => file.read().networkAcls[0]?.entries ?? [],
    put: (entry: NetworkAclEntry) =>
      ec2.createNetworkAclEntry({
        ...(entry as Parameters<NetworkAclApi['createNetworkAclEntry']>[0]),
        NetworkAclId,
      }),
    takeOut: (RuleNumber: number) =>
      ec2.deleteNetworkAclEntry({ NetworkAclId, RuleNumber, Egress: false }),
    loseTheAcl: () => file.write({ ...LOCAL_NETWORK, networkAcls: [] }),
  };
}
const inForce = async (of = account()) => {
  const driver = of.join();
  const before = await driver.capture(subject);
  await driver.apply(subject, before);
  const [ours = 0] = before.ruleNumbers;
  return { ...of, driver, before, ours };
};

describe('the number of the rule', () => {
  const numberIn = async (entries: NetworkAclEntry[]) => (await inForce(account(entries))).ours;

  test('chooses a number lower than every existing rule', async () => {
    expect(await numberIn([allow(100), last])).toBeLessThan(100);
    expect(await numberIn([deny(40, '198.51.100.0/24'), allow(100), last])).toBeLessThan(40);
    expect(await numberIn([allow(3), last])).toBeLessThan(3);
  });

  test('chooses a gap before the first allow rule when no lower number is free', async () => {
    const low = [1, 2, 3].map((number) => deny(number, '198.51.100.0/24'));
    const number = await numberIn([...low, allow(10), last]);
    expect(number).toBeGreaterThan(3);
    expect(number).toBeLessThan(10);
  });

  test('may choose a number after a rule that allows other addresses', async () => {
    const number = await numberIn([allow(1, '10.0.0.0/8'), allow(100), last]);
    expect(number).toBeGreaterThan(1);
    expect(number).toBeLessThan(100);
  });

  test('chooses a low number when no rule allows anything', async () => {
    expect(await numberIn([last])).toBeLessThan(100);
  });

  test('throws an error and changes nothing when no number is free', async () => {
    const { join, rules } = account([allow(1), last]);
    await expect(join().capture(subject)).rejects.toThrow(/no rule number .* is free/);
    expect(rules()).toHaveLength(2);
  });

  test('chooses different numbers for ten addresses that are blocked at the same time', async () => {
    const { join, rules } = account();
    const subjects = Array.from({ length: 10 }, (_, i) => about(`203.0.${113 + i}.${40 - i}`));
    const befores = await Promise.all(subjects.map((one) => join().capture(one)));
    expect(new Set(befores.map(({ ruleNumbers }) => ruleNumbers[0])).size).toBe(1);
    const jobs = subjects.map((one, i) => ({ one, before: befores[i]! }));
    await Promise.all(jobs.map(({ one, before }) => join().apply(one, before)));
    expect(new Set(rules().map(({ RuleNumber }) => RuleNumber)).size).toBe(12);
    for (const { one, before } of jobs) expect((await join().verify(one, before)).holds).toBe(true);
    await Promise.all(jobs.map(({ one, before }) => join().revert(one, before)));
    expect(rules()).toEqual([allow(100), last]);
  });
});

describe('the rule quota', () => {
  const theirs = Array.from({ length: 18 }, (_, i) => deny(40 + i, `198.51.100.${i}/32`));

  test('adds a rule when exactly one is left in the quota', async () => {
    const { rules } = await inForce(account([...theirs.slice(1), allow(100), last]));
    expect(rules()).toHaveLength(20);
  });

  test('throws QuotaExceeded before calling EC2 when the quota is used up', async () => {
    const { ec2, join, rules } = account([...theirs, allow(100), last]);
    const never = () => Promise.reject(new Error('EC2 was asked'));
    const driver = join({ ...ec2, createNetworkAclEntry: never });
    await expect(driver.capture(subject)).rejects.toBeInstanceOf(QuotaExceeded);
    await expect(driver.capture(subject)).rejects.toThrow('20 of 20 ingress rules for ipv4');
    const roomy = await join().capture(about('2001:db8::7'));
    await join().apply(about('2001:db8::7'), roomy);
    expect(rules(), 'IPv6 has its own 20').toHaveLength(21);
  });

  test('throws QuotaExceeded on apply when others used up the quota after the capture', async () => {
    const { join, put, rules } = account([...theirs.slice(1), allow(100), last]);
    const before = await join().capture(subject);
    await put(deny(30, '198.51.100.99/32'));
    await expect(join().apply(subject, before)).rejects.toBeInstanceOf(QuotaExceeded);
    expect(rules()).toHaveLength(20);
  });
});

describe('an existing rule for the address', () => {
  test('counts an identical effective rule as already in place', async () => {
    const { join } = account([deny(50, '203.0.113.7/32'), allow(100), last]);
    expect(denyAddress.alreadyInPlace(await join().capture(subject))).toBe(true);
  });

  test('adds its own rule when an identical one is ineffective, and keeps that one on revert', async () => {
    const late = deny(200, '203.0.113.7/32');
    const { driver, before, rules } = await inForce(account([allow(100), late, last]));
    expect(denyAddress.alreadyInPlace(before)).toBe(false);
    await driver.revert(subject, before);
    expect(rules()).toEqual([allow(100), late, last]);
  });
});

describe('changes by someone else', () => {
  const changed: [string, (ours: number) => NetworkAclEntry][] = [
    ['renumbered', () => deny(20, '203.0.113.7/32')],
    ['moved behind everything', () => deny(300, '203.0.113.7/32')],
    ['widened', (ours) => deny(ours, '203.0.113.0/24')],
    ['turned into its opposite', (ours) => allow(ours, '203.0.113.7/32')],
    ['pointed at another address', (ours) => deny(ours, '198.51.100.9/32')],
  ];
  test.each(changed)('throws StateChanged on revert for a rule that someone %s', async (_, to) => {
    const { driver, before, ours, rules, put, takeOut } = await inForce();
    const entry = to(ours);
    await takeOut(ours);
    await put(entry);
    const left = rules();
    const error: unknown = await driver.revert(subject, before).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(StateChanged);
    expect((error as Error).message).toContain(
      `rule ${entry.RuleNumber}: ${entry.RuleAction} ${entry.CidrBlock}`,
    );
    expect(rules()).toEqual(left);
  });

  test('reverts without an error when someone removed the rule', async () => {
    const { driver, before, ours, rules, takeOut } = await inForce();
    await takeOut(ours);
    await driver.revert(subject, before);
    expect((await driver.verifyReverted(subject, before)).holds).toBe(true);
    expect(rules()).toEqual([allow(100), last]);
  });

  test('reverts without an error when someone removes the rule at the same time', async () => {
    const { ec2, join, before, rules } = await inForce();
    const twice = {
      ...ec2,
      deleteNetworkAclEntry: (async (
        request: Parameters<NetworkAclApi['deleteNetworkAclEntry']>[0],
      ) => {
        await ec2.deleteNetworkAclEntry(request);
        return ec2.deleteNetworkAclEntry(request);
      }) as NetworkAclApi['deleteNetworkAclEntry'],
    };
    await join(twice).revert(subject, before);
    expect(rules()).toEqual([allow(100), last]);
  });

  test('names the deleted ACL on revert', async () => {
    const { driver, before, loseTheAcl } = await inForce();
    loseTheAcl();
    await expect(driver.revert(subject, before)).rejects.toThrow(
      'the network ACL acl-0a1b2c3d4e5f60701 no longer exists',
    );
  });

  test('does not verify when an allow rule overrides the rule', async () => {
    const { driver, before, put } = await inForce();
    await put(allow(1));
    expect(await driver.verify(subject, before)).toMatchObject({
      holds: false,
      found: expect.stringContaining('does not deny 203.0.113.7/32 in effect'),
    });
  });
});

describe('while EC2 returns outdated rules', () => {
  /** Returns the original rules for the first `looks` reads. */
  async function behind(ec2: NetworkAclApi, looks: number): Promise<NetworkAclApi> {
    const old = await ec2.describeNetworkAcls({ NetworkAclIds: [NetworkAclId] });
    let left = looks;
    const describeNetworkAcls = ((request: Parameters<NetworkAclApi['describeNetworkAcls']>[0]) =>
      left-- > 0
        ? Promise.resolve(old)
        : ec2.describeNetworkAcls(request)) as NetworkAclApi['describeNetworkAcls'];
    return { ...ec2, describeNetworkAcls };
  }

  test('repeats the read until EC2 shows the rule', async () => {
    const { ec2, join } = account();
    const late = await behind(ec2, 2);
    const before = await join().capture(subject);
    await join().apply(subject, before);
    expect((await join(late).verify(subject, before)).holds).toBe(true);
  });

  test('removes a rule that outdated reads do not show yet', async () => {
    const { ec2, join, rules } = account();
    const late = await behind(ec2, 2);
    const before = await join().capture(subject);
    await join().apply(subject, before);
    await join(late).revert(subject, before);
    expect(rules()).toEqual([allow(100), last]);
  });

  test('removes both rules when the response to the first was lost', async () => {
    const { ec2, join, rules } = account();
    const before = await join().capture(subject);
    const late = await behind(ec2, 3);
    await join().apply(subject, before);
    await join(late).apply(subject, before);
    expect(rules().filter(({ CidrBlock }) => CidrBlock === '203.0.113.7/32')).toHaveLength(2);
    await join().revert(subject, before);
    expect(rules()).toEqual([allow(100), last]);
  });
});
