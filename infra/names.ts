// Fixed names, unique in a region or in the account, and ARNs built from them.
import { ArnFormat, type Stack, Token } from 'aws-cdk-lib';
import { type Settings, SettingsError } from './settings.ts';

/** ARNs built from these don't depend on the resource, so that resources can name each other without a cycle. */
export type Names = Pick<Settings, 'prefix' | 'namesWithoutRegion'> & {
  stack: Stack;
  /** The region in which the functions run. The edge stack is in another one. */
  region: string;
};

/** `region`: the deployed one, if it is known. Otherwise the names refer to it as CloudFormation does. */
export const namesIn = (
  stack: Stack,
  { prefix, namesWithoutRegion }: Settings,
  region = stack.region,
): Names => ({ prefix, namesWithoutRegion, stack, region });

/**
 * The name of a resource that all regions of the account share: an IAM role or policy, or an IP set for CloudFront. It
 * carries the region, except in a stack of an earlier version, because CloudFormation can't rename an attached policy.
 *
 * Throws SettingsError if only the region tells whether the stack is such a one, and is not known.
 */
export function accountName({ prefix, namesWithoutRegion, region }: Names, name: string): string {
  if (
    namesWithoutRegion !== undefined &&
    namesWithoutRegion !== 'none' &&
    Token.isUnresolved(region)
  )
    throw new SettingsError('namesWithoutRegion needs a region: choose one with AWS_REGION');
  return namesWithoutRegion === undefined || namesWithoutRegion === region
    ? `${prefix}${name}`
    : `${prefix}${region}-${name}`;
}

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
