// IAM permissions for opening and resolving tickets.
import { arnIn, every, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => [
  {
    sid: 'FindTickets',
    actions: ['ssm:DescribeOpsItems'],
    resources: [every('*', 'ssm:DescribeOpsItems supports no resource ARNs')],
  },
  {
    sid: 'OpenTickets',
    only: 'execute',
    actions: ['ssm:CreateOpsItem'],
    resources: [every('*', 'An OpsItem has no ARN before it is created')],
  },
  {
    sid: 'ResolveTickets',
    actions: ['ssm:UpdateOpsItem'],
    resources: [
      every(
        arnIn(stack, 'ssm', 'opsitem/*'),
        'An OpsItem gets its ID when it is created; the executor finds its own by source and incident',
      ),
    ],
  },
  {
    sid: 'ReadTheSecretOfTheTicketSystem',
    actions: ['secretsmanager:GetSecretValue'],
    resources: stack.secretArns.tickets,
  },
];
