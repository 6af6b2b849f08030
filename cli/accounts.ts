// The accounts that have a policy file.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Refused } from './refused.ts';

const ACCOUNTS = join(import.meta.dirname, '..', 'policies', 'accounts');

/** Throws Refused, with the names that exist, for an account without a file in policies/accounts. */
export function requireAccount(name: string): void {
  const known = readdirSync(ACCOUNTS)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length));
  if (!known.includes(name))
    throw new Refused(`unknown account "${name}"; known accounts: ${known.sort().join(', ')}`);
}
