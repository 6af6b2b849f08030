// IAM permissions for changing the log level of functions.
import { arnIn, every, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => {
  const anyFunction = every(
    arnIn(stack, 'lambda', 'function:*'),
    'An alert may be about any function; functions of this stack, layers and networks are denied',
  );
  return [
    {
      sid: 'ReadHowFunctionsLog',
      actions: ['lambda:GetFunctionConfiguration'],
      resources: [anyFunction],
    },
    {
      sid: 'ChangeHowFunctionsLogAndNeitherLayersNorNetwork',
      actions: ['lambda:UpdateFunctionConfiguration'],
      resources: [anyFunction],
      conditions: {
        Null: {
          'lambda:Layer': 'true',
          'lambda:VpcIds': 'true',
          'lambda:SubnetIds': 'true',
          'lambda:SecurityGroupIds': 'true',
        },
      },
    },
    {
      sid: 'NeverCountermandItself',
      effect: 'deny',
      actions: ['lambda:UpdateFunctionConfiguration'],
      resources: [arnIn(stack, 'lambda', `function:${stack.prefix}*`)],
    },
  ];
};
