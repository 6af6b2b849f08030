// Commands of an operator: how they end, and what of a deployed stack they have to know.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lambda } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { PolicyError } from '../functions/policy/load.ts';
import type { Policy } from '../functions/policy/policy.ts';
import { DataDirectoryInUse, DataDirectoryUnwritable } from '../local/data-directory.ts';

/** Thrown for what an operator has to do otherwise. The message says it all. */
export class Refused extends Error {
  override name = 'Refused';
}

const isForTheOperator = (error: unknown): error is Error =>
  error instanceof Refused ||
  error instanceof PolicyError ||
  error instanceof DataDirectoryInUse ||
  error instanceof DataDirectoryUnwritable ||
  (error instanceof TypeError &&
    'code' in error &&
    String(error.code).startsWith('ERR_PARSE_ARGS'));

/** Runs a command to its exit code: 2, with one message, where the operator has to do something otherwise. */
export async function endOf(command: () => Promise<number>): Promise<void> {
  process.exitCode = await command().catch((error: unknown) => {
    if (!isForTheOperator(error)) throw error;
    console.error(error.message);
    return 2;
  });
}

/** Which stack a command is about. */
export const STACK_OPTIONS = {
  account: { type: 'string' },
  profile: { type: 'string' },
  region: { type: 'string' },
  prefix: { type: 'string' },
} as const;

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
