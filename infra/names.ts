// Fixed names and ARNs made from them: what calls each other can be named before it exists, without a circle.
import { ArnFormat, type Stack } from 'aws-cdk-lib';

export type Names = { prefix: string; stack: Stack };

export const functionArn = ({ stack, prefix }: Names, name: string): string =>
  stack.formatArn({
    service: 'lambda',
    resource: 'function',
    resourceName: `${prefix}${name}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

export const stateMachineArn = ({ stack, prefix }: Names, name: 'respond' | 'reverse'): string =>
  stack.formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: `${prefix}${name}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
