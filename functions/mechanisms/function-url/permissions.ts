// IAM permissions for changing the auth type of function URLs.
import { arnIn, every, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => {
  const anyFunction = every(
    arnIn(stack, 'lambda', 'function:*'),
    'An alert may be about any function; functions of this stack are denied',
  );
  const change = { actions: ['lambda:UpdateFunctionUrlConfig'], resources: [anyFunction] };
  return [
    {
      sid: 'ReadFunctionUrls',
      actions: ['lambda:GetFunctionUrlConfig'],
      resources: [anyFunction],
    },
    {
      ...change,
      sid: 'OnlyRequireAuthentication',
      only: 'execute',
      conditions: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
    },
    {
      ...change,
      sid: 'OnlyTheReverserOpensAUrl',
      only: 'reverse',
      conditions: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
    },
    {
      sid: 'NeverCountermandItself',
      effect: 'deny',
      actions: ['lambda:UpdateFunctionUrlConfig'],
      resources: [arnIn(stack, 'lambda', `function:${stack.prefix}*`)],
    },
  ];
};
