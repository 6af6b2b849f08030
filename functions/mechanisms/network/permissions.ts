// IAM permissions for blocking addresses in network ACLs.
import { arnIn, every, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => [
  {
    sid: 'ReadNetworkAcls',
    actions: ['ec2:DescribeNetworkAcls'],
    resources: [every('*', 'ec2:DescribeNetworkAcls supports no resource ARNs')],
    conditions: { StringEquals: { 'ec2:Region': stack.region } },
  },
  {
    sid: 'AddAndRemoveRulesInNetworkAcls',
    actions: ['ec2:CreateNetworkAclEntry', 'ec2:DeleteNetworkAclEntry'],
    resources: [
      every(
        arnIn(stack, 'ec2', 'network-acl/*'),
        'The attacked instance determines the network ACL; see docs/decisions/0007',
      ),
    ],
  },
];
