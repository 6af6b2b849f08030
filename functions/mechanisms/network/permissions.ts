// What blocking an address at a network ACL may do in AWS.
import { arnIn, every, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => [
  {
    sid: 'ReadNetworkAcls',
    actions: ['ec2:DescribeNetworkAcls'],
    resources: [every('*', 'Descriptions of EC2 have no resource to name')],
    conditions: { StringEquals: { 'ec2:Region': stack.region } },
  },
  {
    sid: 'AddAndRemoveRulesInNetworkAcls',
    actions: ['ec2:CreateNetworkAclEntry', 'ec2:DeleteNetworkAclEntry'],
    resources: [
      every(
        arnIn(stack, 'ec2', 'network-acl/*'),
        'The attacked instance decides which network ACL it is; see docs/decisions/0007',
      ),
    ],
  },
];
