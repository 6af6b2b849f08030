// Reads the settings of a deployed stack, and the prefix of its names.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lambda } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import type { Policy } from '../functions/policy/policy.ts';
import { Refused } from './refused.ts';

/** The default prefix of a stack. */
export function prefixOfCdk(): string {
  const Cdk = z.object({ context: z.object({ prefix: z.string() }) });
  const file = join(import.meta.dirname, '..', 'cdk.json');
  return Cdk.parse(JSON.parse(readFileSync(file, 'utf8'))).context.prefix;
}

/**
 * The environment variables of a function in a deployed stack. Throws Refused if the function can't be read, or belongs
 * to another account than the policy.
 */
export async function environmentOf(
  lambda: Lambda,
  FunctionName: string,
  { account }: Policy,
): Promise<Record<string, string>> {
  const { FunctionArn = '', Environment } = await lambda
    .getFunctionConfiguration({ FunctionName })
    .catch((error: unknown) => {
      throw new Refused(
        `cannot read the stack's function ${FunctionName}: ${error instanceof Error ? error.message : error}`,
      );
    });
  const [, , , , owner] = FunctionArn.split(':');
  if (owner !== account)
    throw new Refused(
      `${FunctionName} is in account ${owner}, but the policy is for ${account}; choose another profile`,
    );
  const { NODE_OPTIONS: _options, ...variables } = Environment?.Variables ?? {};
  return variables;
}
