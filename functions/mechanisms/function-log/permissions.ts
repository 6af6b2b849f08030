// IAM permissions for changing the log level of functions.
import { arnIn, every, optedIn, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => {
  const anyFunction = every(
    arnIn(stack, 'lambda', 'function:*'),
    'An alert may be about any function. Executors need its opt-in tag; functions of this stack, layers and networks are denied',
  );
  const change = {
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
  };
  return [
    {
      sid: 'ReadHowFunctionsLog',
      actions: ['lambda:GetFunctionConfiguration'],
      resources: [anyFunction],
    },
    {
      ...change,
      sid: 'ChangeHowFunctionsWithTheTagLog',
      only: 'execute',
      conditions: { ...change.conditions, ...optedIn },
    },
    { ...change, sid: 'RestoreHowFunctionsLog', only: 'reverse' },
    {
      sid: 'NeverCountermandItself',
      effect: 'deny',
      actions: ['lambda:UpdateFunctionConfiguration'],
      resources: [arnIn(stack, 'lambda', `function:${stack.prefix}*`)],
    },
  ];
};
