// The mechanisms of a deployed stack, joined as its own functions join them, with the operator's credentials.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { ENV, readEnv } from '../../functions/domain/env.ts';
import type { Connect, ConnectDeps } from '../../functions/mechanisms/connect.ts';
import type { Connected } from '../../functions/mechanisms/mechanism.ts';
import { SCOPES, type Scope } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { createStore, type Store } from '../../functions/store/store.ts';
import { environmentOf } from '../operator.ts';

/**
 * Reads what each executor is told by its environment, and loads its handler under the same one: the handler then builds
 * the same clients for the same resources, in this process and in the operator's name.
 *
 * `env` is the environment to fill, which has to be that of this process. Throws Refused when the functions are not
 * there, or belong to another account than the policy.
 */
export async function joinDeployed(
  policy: Policy,
  prefix: string,
  env: Record<string, string | undefined>,
): Promise<{ mechanisms: Map<string, Connected>; store: Store }> {
  const lambda = new Lambda({});
  for (const scope of SCOPES)
    Object.assign(env, await environmentOf(lambda, `${prefix}execute-${scope}`, policy));
  env[ENV.policyPath] = policyFile(policy);
  const log = () => {};
  const store = createStore(new DynamoDBClient({}), readEnv(env, 'tableName').tableName, log);
  const joined = await Promise.all(
    SCOPES.map((scope) => mechanismsOf(scope, { env, policy, store, log })),
  );
  return { mechanisms: new Map(joined.flat().map((one) => [one.info.id, one])), store };
}

function policyFile(policy: Policy): string {
  const path = join(mkdtempSync(join(tmpdir(), 'countermand-drill-')), 'policy.json');
  writeFileSync(path, JSON.stringify(policy));
  return path;
}

async function mechanismsOf(scope: Scope, deps: ConnectDeps): Promise<readonly Connected[]> {
  const { connect }: { connect: Connect } = await import(
    `../../functions/mechanisms/${scope}/aws.ts`
  );
  return connect(deps);
}
