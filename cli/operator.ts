// What commands read from a deployed stack, and the prefix of its names.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lambda } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { Policy } from '../functions/policy/policy.ts';
import { Refused } from './refused.ts';

/** The prefix that a stack has unless it was deployed with another one. */
export function prefixOfCdk(): string {
  const Cdk = z.object({ context: z.object({ prefix: z.string() }) });
  const file = join(import.meta.dirname, '..', 'cdk.json');
  return Cdk.parse(JSON.parse(readFileSync(file, 'utf8'))).context.prefix;
}

/**
 * What a function of a deployed stack is told by its environment. Throws Refused where it is not there, or belongs to
 * another account than the policy.
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
        `the stack's function ${FunctionName} cannot be read: ${error instanceof Error ? error.message : error}`,
      );
    });
  const [, , , , owner] = FunctionArn.split(':');
  if (owner !== account)
    throw new Refused(
      `${FunctionName} is in account ${owner}, and the policy is that of ${account}: choose another profile`,
    );
  const { NODE_OPTIONS: _options, ...told } = Environment?.Variables ?? {};
  return told;
}
