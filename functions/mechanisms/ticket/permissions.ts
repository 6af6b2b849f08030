// What opening and resolving tickets may do in AWS.
import { arnIn, every, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => [
  {
    sid: 'OpenAndFindTickets',
    actions: ['ssm:CreateOpsItem', 'ssm:DescribeOpsItems'],
    resources: [every('*', 'An OpsItem has no resource to name before it exists')],
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
