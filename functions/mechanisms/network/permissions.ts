// IAM permissions for blocking addresses in network ACLs.
import { arnIn, type DeployedStack, every, optedIn, type Permissions } from '../permissions.ts';

const anyAcl = (stack: DeployedStack) =>
  every(
    arnIn(stack, 'ec2', 'network-acl/*'),
    'The attacked instance determines the network ACL; see docs/decisions/0007',
  );

export const permissions: Permissions = (stack) => [
  {
    sid: 'ReadNetworkAcls',
    actions: ['ec2:DescribeNetworkAcls'],
    resources: [every('*', 'ec2:DescribeNetworkAcls supports no resource ARNs')],
    conditions: { StringEquals: { 'ec2:Region': stack.region } },
  },
  {
    sid: 'AddRulesToNetworkAcls',
    only: 'execute',
    actions: ['ec2:CreateNetworkAclEntry'],
    resources: [anyAcl(stack)],
    conditions: optedIn,
  },
  {
    sid: 'RemoveRulesFromNetworkAcls',
    only: 'reverse',
    actions: ['ec2:DeleteNetworkAclEntry'],
    resources: [anyAcl(stack)],
  },
];
