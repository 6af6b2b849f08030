// IAM permissions for quarantine: reading the secrets of mail providers.
import type { Permissions } from '../permissions.ts';

export const permissions: Permissions = ({ secretArns }) => [
  {
    sid: 'ReadTheSecretsOfTheMailProviders',
    actions: ['secretsmanager:GetSecretValue'],
    resources: secretArns.mail,
  },
];
