// What quarantining mail may do in AWS: read the mail providers' secrets.
import type { Permissions } from '../permissions.ts';

export const permissions: Permissions = ({ secretArns }) => [
  {
    sid: 'ReadTheSecretsOfTheMailProviders',
    actions: ['secretsmanager:GetSecretValue'],
    resources: secretArns.mail,
  },
];
