// Creates the canary of the scope `network` in an account.
import { EC2 } from '@aws-sdk/client-ec2';
import { OPT_IN } from '../../domain/opt-in.ts';
import type { CreateCanaries } from '../stand-in.ts';

export const createCanaries: CreateCanaries = async (clientOf) => {
  const ec2 = clientOf(EC2);
  const { Vpc } = await ec2.createVpc({ CidrBlock: '10.1.0.0/16' });
  const { NetworkAcl } = await ec2.createNetworkAcl({
    VpcId: Vpc?.VpcId,
    TagSpecifications: [
      { ResourceType: 'network-acl', Tags: [{ Key: OPT_IN.key, Value: OPT_IN.value }] },
    ],
  });
  const networkAclId = NetworkAcl?.NetworkAclId ?? '';
  return [
    {
      mechanisms: ['network.deny-address'],
      kind: 'ip',
      value: '203.0.113.100',
      parameters: { networkAclId, direction: 'ingress' },
    },
  ];
};
