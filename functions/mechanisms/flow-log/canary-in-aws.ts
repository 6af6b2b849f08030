// Creates the canary of the scope `flow-log` in an account.
import { EC2 } from '@aws-sdk/client-ec2';
import type { CreateCanaries } from '../stand-in.ts';

export const createCanaries: CreateCanaries = async (clientOf) => {
  const ec2 = clientOf(EC2);
  const { Vpc } = await ec2.createVpc({ CidrBlock: '10.0.0.0/16' });
  const { Subnet } = await ec2.createSubnet({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' });
  const { NetworkInterface } = await ec2.createNetworkInterface({ SubnetId: Subnet?.SubnetId });
  const interfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
  return [
    {
      mechanisms: ['flow-log.interface'],
      kind: 'network-interface',
      value: interfaceId,
      parameters: { interfaceId },
    },
  ];
};
