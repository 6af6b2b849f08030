// IAM permissions for disabling API Gateway keys.
import { every, optedIn, type Permissions } from '../permissions.ts';

export const permissions: Permissions = ({ partition, region }) => {
  const anyKey = every(
    `arn:${partition}:apigateway:${region}::/apikeys/*`,
    'An alert may be about any key. Executors need its opt-in tag',
  );
  return [
    { sid: 'ReadApiKeys', actions: ['apigateway:GET'], resources: [anyKey] },
    {
      sid: 'ChangeApiKeysWithTheTag',
      only: 'execute',
      actions: ['apigateway:PATCH'],
      resources: [anyKey],
      conditions: optedIn,
    },
    { sid: 'RestoreApiKeys', only: 'reverse', actions: ['apigateway:PATCH'], resources: [anyKey] },
  ];
};
