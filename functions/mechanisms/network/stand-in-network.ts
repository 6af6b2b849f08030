// The network of the stand-in account: instances of the samples and ACLs.
import type { Ec2State } from './stand-in-ec2.ts';

const VPC = 'vpc-0123456789abcdef0';
const [web, batch, back] = ['18', '28', '38'].map((end) => `subnet-0a1b2c3d4e5f607${end}`) as [
  string,
  string,
  string,
];

const behind = (end: string, subnetId: string, instanceId: string | null) => ({
  id: `eni-0f1e2d3c4b5a697${end}`,
  vpcId: VPC,
  subnetId,
  instanceId,
  privateIp: `10.20.1.${Number(end) - 64}`,
});

/** The rules of a new ACL: allow everything, then the default deny rules. */
const openRules = () =>
  [false, true].flatMap((Egress) => [
    {
      RuleNumber: 100,
      Egress,
      Protocol: '-1',
      RuleAction: 'allow' as const,
      CidrBlock: '0.0.0.0/0',
    },
    {
      RuleNumber: 101,
      Egress,
      Protocol: '-1',
      RuleAction: 'allow' as const,
      Ipv6CidrBlock: '::/0',
    },
    {
      RuleNumber: 32767,
      Egress,
      Protocol: '-1',
      RuleAction: 'deny' as const,
      CidrBlock: '0.0.0.0/0',
    },
    {
      RuleNumber: 32768,
      Egress,
      Protocol: '-1',
      RuleAction: 'deny' as const,
      Ipv6CidrBlock: '::/0',
    },
  ]);

export const LOCAL_NETWORK: Ec2State = {
  interfaces: [
    behind('81', web, 'i-0aa1bb2cc3dd4ee5f'),
    behind('82', web, 'i-0bb2cc3dd4ee5ff60'),
    behind('83', web, 'i-0cc3dd4ee5ff60711'),
    behind('84', batch, 'i-0dd4ee5ff60711822'),
    behind('85', back, 'i-0ee5ff60711822933'),
    behind('86', web, 'i-0ff60711822933a44'),
    // A load balancer and a NAT gateway.
    behind('87', web, null),
    { ...behind('88', batch, null), type: 'nat_gateway', publicIp: '203.0.113.250' },
  ],
  networkAcls: [
    {
      id: 'acl-0a1b2c3d4e5f60701',
      vpcId: VPC,
      isDefault: false,
      subnetIds: [web, batch],
      entries: openRules(),
    },
    {
      id: 'acl-0a1b2c3d4e5f60702',
      vpcId: VPC,
      isDefault: true,
      subnetIds: [back],
      entries: openRules(),
    },
  ],
};
