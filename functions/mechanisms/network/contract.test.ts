// The contract of deny rules in a network ACL, on stand-in and moto.
import { EC2 } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { contract, type Ground } from '../../../test/contract/mechanism-contract.ts';
import { attacker, subjectOn } from '../../../test/fixtures/case.ts';
import { type Moto, startMoto } from '../../../test/moto/moto-server.ts';
import type { NetworkAclApi, NetworkClients } from './acl.ts';
import { denyAddress } from './deny-address.ts';
import type { Direction } from './rules.ts';
import { createEc2 } from './stand-in-ec2.ts';
import { LOCAL_NETWORK } from './stand-in-network.ts';

const ACL = 'acl-0a1b2c3d4e5f60701';
const subjectAt = (networkAclId: string, value: string, direction: Direction) =>
  subjectOn({ ...attacker, value }, { parameters: { networkAclId, direction } });
const theirs = { RuleAction: 'deny', Protocol: '-1', CidrBlock: '198.51.100.0/24' } as const;

/** An account with this ACL. The other writer changes it manually. */
function groundOn(
  ec2: NetworkAclApi,
  id: string,
  direction: Direction,
  deleteTarget: Ground<NetworkClients>['deleteTarget'],
): Ground<NetworkClients> {
  const Egress = direction === 'egress';
  const entries = async () =>
    (await ec2.describeNetworkAcls({ NetworkAclIds: [id] })).NetworkAcls?.[0]?.Entries ?? [];
  return {
    clients: (wrap) => ({ ec2: wrap(ec2), sleep: async () => {} }),
    snapshot: entries,
    othersAdd: async () => {
      await ec2.createNetworkAclEntry({ NetworkAclId: id, RuleNumber: 30, Egress, ...theirs });
    },
    deleteTarget,
    othersUndo: async ({ target }) => {
      for (const { RuleNumber, CidrBlock = '', Ipv6CidrBlock = '' } of await entries())
        if (`${CidrBlock}${Ipv6CidrBlock}`.startsWith(`${target.value}/`))
          await ec2.deleteNetworkAclEntry({ NetworkAclId: id, RuleNumber, Egress });
    },
  };
}

/** Replaces our rule by another one with the same number, and returns the new rule in words. */
const replaceIn =
  (ec2: () => NetworkAclApi, id: () => string, Egress: boolean) =>
  async (ground: Ground<NetworkClients>) => {
    const entries = (await ground.snapshot()) as { RuleNumber: number; CidrBlock: string }[];
    const RuleNumber = entries.find(({ CidrBlock }) => CidrBlock === '203.0.113.7/32')?.RuleNumber;
    const NetworkAclId = id();
    await ec2().deleteNetworkAclEntry({ NetworkAclId, RuleNumber, Egress });
    await ec2().createNetworkAclEntry({ NetworkAclId, RuleNumber, Egress, ...theirs });
    return `rule ${RuleNumber}: deny 198.51.100.0/24`;
  };

const cases: { value: string; direction: Direction }[] = [
  { value: '203.0.113.7', direction: 'ingress' },
  { value: '2001:db8::7', direction: 'ingress' },
  { value: '203.0.113.7', direction: 'egress' },
];

for (const { value, direction } of cases) {
  let ec2: NetworkAclApi;
  contract(`${denyAddress.id} of ${value}, ${direction}, on the stand-in`, {
    mechanism: denyAddress,
    subject: subjectAt(ACL, value, direction),
    setup: async () => {
      const file = inMemory(LOCAL_NETWORK);
      ec2 = createEc2(file);
      return groundOn(ec2, ACL, direction, async () => {
        const state = file.read();
        file.write({ ...state, networkAcls: state.networkAcls.filter(({ id }) => id !== ACL) });
      });
    },
    conflict: 'NetworkAclEntryAlreadyExists',
    ...(value.includes('.') && {
      othersChange: replaceIn(
        () => ec2,
        () => ACL,
        direction === 'egress',
      ),
    }),
  });
}

describe('on moto', () => {
  let moto: Moto;
  let ec2: EC2;
  let vpcId: string;
  beforeAll(async () => {
    moto = await startMoto();
    // moto returns 500 for a missing entry, so retries would only take time.
    ec2 = new EC2({ ...moto.clientConfig, maxAttempts: 1 });
    vpcId = (await ec2.createVpc({ CidrBlock: '10.20.0.0/16' })).Vpc?.VpcId ?? '';
  });
  afterAll(async () => {
    ec2?.destroy();
    await moto?.stop();
  });

  for (const { value, direction } of cases) {
    // The ID of the ACL is filled in once moto has created it.
    const subject = subjectAt('acl-00000000', value, direction);
    contract(`${denyAddress.id} of ${value}, ${direction}, on moto`, {
      mechanism: denyAddress,
      subject,
      setup: async () => {
        const { NetworkAcl } = await ec2.createNetworkAcl({ VpcId: vpcId });
        const NetworkAclId = NetworkAcl?.NetworkAclId ?? '';
        const all = { NetworkAclId, Protocol: '-1', RuleAction: 'allow' } as const;
        for (const Egress of [false, true]) {
          await ec2.createNetworkAclEntry({
            ...all,
            Egress,
            RuleNumber: 100,
            CidrBlock: '0.0.0.0/0',
          });
          await ec2.createNetworkAclEntry({
            ...all,
            Egress,
            RuleNumber: 101,
            Ipv6CidrBlock: '::/0',
          });
        }
        subject.parameters = { networkAclId: NetworkAclId, direction };
        // moto reports a missing ACL as InvalidRouteTableID.NotFound; EC2 as InvalidNetworkAclID.NotFound.
        return groundOn(ec2, NetworkAclId, direction, null);
      },
      conflict: 'NetworkAclEntryAlreadyExists',
      ...(value.includes('.') && {
        othersChange: replaceIn(
          () => ec2,
          () => String(subject.parameters.networkAclId),
          direction === 'egress',
        ),
      }),
    });
  }
});

describe('the stand-in', () => {
  const ec2 = createEc2(inMemory(LOCAL_NETWORK));
  const rule = { NetworkAclId: ACL, RuleNumber: 50, Egress: false, ...theirs };
  test.each([
    [{ RuleNumber: 0 }, 'InvalidParameterValue'],
    [{ RuleNumber: 32_767 }, 'InvalidParameterValue'],
    [{ RuleNumber: 100 }, 'NetworkAclEntryAlreadyExists'],
    [{ NetworkAclId: 'acl-99999999' }, 'InvalidNetworkAclID.NotFound'],
    [{ CidrBlock: '203.0.113.7' }, 'InvalidParameterValue'],
    [{ CidrBlock: '2001:db8::7/128' }, 'InvalidParameterValue'],
    [{ CidrBlock: undefined }, 'InvalidParameterValue'],
    [{ RuleAction: undefined }, 'MissingParameter'],
  ])('the stand-in rejects %j like EC2', async (change, name) => {
    await expect(ec2.createNetworkAclEntry({ ...rule, ...change })).rejects.toMatchObject({ name });
  });

  test('the stand-in accepts 20 rules per family and direction, including the default rule', async () => {
    const full = createEc2(inMemory(LOCAL_NETWORK));
    const add = (RuleNumber: number, change = {}) =>
      full.createNetworkAclEntry({ ...rule, RuleNumber, ...change });
    for (let number = 1; number <= 18; number++) await add(number);
    await expect(add(19)).rejects.toMatchObject({ name: 'NetworkAclEntryLimitExceeded' });
    await add(19, { Egress: true });
    await add(20, { CidrBlock: undefined, Ipv6CidrBlock: '2001:db8::/32' });
  });

  test('the stand-in rejects the removal of a missing rule and of the default rule', async () => {
    const { NetworkAclId, Egress } = rule;
    for (const [RuleNumber, name] of [
      [7, 'InvalidNetworkAclEntry.NotFound'],
      [32_767, 'InvalidParameterValue'],
    ] as const)
      await expect(
        ec2.deleteNetworkAclEntry({ NetworkAclId, Egress, RuleNumber }),
      ).rejects.toMatchObject({ name });
  });
});
