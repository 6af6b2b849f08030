// Canaries of the scope `network` on a laptop.

import { type Canaries, canaryState } from '../stand-in.ts';
import type { Ec2State } from './stand-in-ec2.ts';

export const canary: Canaries = {
  states: [
    canaryState<Ec2State>('ec2', (state) => ({
      ...state,
      interfaces: [
        ...state.interfaces,
        {
          id: 'eni-0c0c0c0c0c0c0c0c0',
          vpcId: 'vpc-0c0c0c0c0c0c0c0c0',
          subnetId: 'subnet-0c0c0c0c0c0c0c0c0',
          instanceId: null,
        },
      ],
      networkAcls: [
        ...state.networkAcls,
        {
          id: 'acl-0c0c0c0c0c0c0c0c0',
          vpcId: 'vpc-0c0c0c0c0c0c0c0c0',
          isDefault: false,
          subnetIds: [],
          entries: [],
        },
      ],
    })),
  ],
  targets: [
    {
      mechanisms: ['network.deny-address'],
      kind: 'ip',
      value: '203.0.113.100',
      parameters: { networkAclId: 'acl-0c0c0c0c0c0c0c0c0', direction: 'ingress' },
    },
    {
      mechanisms: ['network.deny-address'],
      kind: 'ip',
      value: '2001:db8::100',
      parameters: { networkAclId: 'acl-0c0c0c0c0c0c0c0c0', direction: 'egress' },
    },
  ],
  inStaging: 'A network ACL of no subnet: `aws ec2 create-network-acl`, tagged countermand=allowed',
};
