// IAM permissions for flow logs of network interfaces.
import { ENV } from '../../domain/env.ts';
import { arnIn, type Environment, every, type Permissions } from '../permissions.ts';
import { TAG } from './flow-logs.ts';

export const permissions: Permissions = (stack) => {
  const flowLogs = every(
    arnIn(stack, 'ec2', 'vpc-flow-log/*'),
    'A flow log gets its ID when it is created; those of this stack have a tag',
  );
  return [
    {
      sid: 'SeeFlowLogsAndInterfaces',
      actions: ['ec2:DescribeFlowLogs', 'ec2:DescribeNetworkInterfaces'],
      resources: [every('*', 'Neither action supports resource ARNs')],
    },
    {
      sid: 'RecordInterfacesAndNeitherSubnetsNorNetworks',
      only: 'execute',
      actions: ['ec2:CreateFlowLogs'],
      resources: [
        every(arnIn(stack, 'ec2', 'network-interface/*'), 'An alert may be about any interface'),
      ],
    },
    {
      sid: 'CreateNoneWithoutOurTag',
      only: 'execute',
      actions: ['ec2:CreateFlowLogs'],
      resources: [flowLogs],
      conditions: {
        Null: { [`aws:RequestTag/${TAG}`]: 'false' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': [TAG, 'countermand-incident'] },
      },
    },
    {
      sid: 'TagOnlyWhileCreating',
      only: 'execute',
      actions: ['ec2:CreateTags'],
      resources: [flowLogs],
      conditions: { StringEquals: { 'ec2:CreateAction': 'CreateFlowLogs' } },
    },
    {
      sid: 'DeleteOnlyWhatCarriesOurTag',
      only: 'reverse',
      actions: ['ec2:DeleteFlowLogs'],
      resources: [flowLogs],
      conditions: { Null: { [`aws:ResourceTag/${TAG}`]: 'false' } },
    },
    {
      sid: 'PassTheDeliveryRole',
      only: 'execute',
      actions: ['iam:PassRole'],
      resources: [stack.flowLogs.deliveryRoleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'vpc-flow-logs.amazonaws.com' } },
    },
  ];
};

export const environment: Environment = ({ flowLogs, toJson }) => ({
  [ENV.flowLogs]: toJson(flowLogs),
});
