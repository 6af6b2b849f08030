// ARNs of functions and state machines built from their fixed names.
import { ArnFormat, type Stack } from 'aws-cdk-lib';

/** ARNs built from these don't depend on the resource, so that resources can name each other without a cycle. */
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
