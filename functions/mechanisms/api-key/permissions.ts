// IAM permissions for disabling API Gateway keys.
import { every, type Permissions } from '../permissions.ts';

export const permissions: Permissions = ({ partition, region }) => {
  const anyKey = `arn:${partition}:apigateway:${region}::/apikeys/*`;
  return [
    {
      sid: 'ReadAndChangeApiKeys',
      actions: ['apigateway:GET', 'apigateway:PATCH'],
      resources: [
        every(
          anyKey,
          'An alert may be about any key; keys tagged countermand=protected are denied',
        ),
      ],
    },
    {
      sid: 'NeverAKeyTaggedAsProtected',
      effect: 'deny',
      actions: ['apigateway:PATCH'],
      resources: [anyKey],
      conditions: { StringEqualsIgnoreCase: { 'aws:ResourceTag/countermand': 'protected' } },
    },
  ];
};
