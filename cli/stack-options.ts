// The options that choose a deployed stack.
import type { Command } from 'commander';
import { requireAccount } from './accounts.ts';
import { Refused } from './refused.ts';

export type StackOptions = {
  account?: string;
  region?: string;
  profile?: string;
  prefix?: string;
};

export const withStackOptions = (command: Command): Command =>
  command
    .option('--account <file>', 'the account: a file in policies/accounts, without .yaml')
    .option('--region <region>', 'the AWS Region of its stack')
    .option('--profile <profile>', 'the AWS profile to use')
    .option('--prefix <prefix>', "the prefix of the stack's names (default: that of cdk.json)");

/** Throws Refused for an unknown account, and for an option that needs another one. */
export function checkStackOptions({ account, region, profile, prefix }: StackOptions): void {
  if (account === undefined) {
    const [lonely] = Object.entries({ region, profile, prefix }).find(([, given]) => given) ?? [];
    if (lonely) throw new Refused(`--${lonely} needs --account`);
    return;
  }
  requireAccount(account);
  if (account !== 'local' && !region) throw new Refused(`--account ${account} needs --region`);
}

/** Makes the SDK use the chosen Region and profile. */
export function useRegion({ region, profile }: StackOptions): void {
  Object.assign(process.env, {
    ...(region && { AWS_REGION: region }),
    ...(profile && { AWS_PROFILE: profile }),
  });
}
