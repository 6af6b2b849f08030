// Connects to the mechanisms of a deployed stack, as the operator.
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
import { createTable } from '../../functions/store/table.ts';
import { environmentOf } from '../operator.ts';

/**
 * Copies the environment variables of each executor into this process and connects the mechanisms under them. They then
 * use the same clients for the same resources as in Lambda, but with the operator's credentials.
 *
 * `env` must be the environment of this process. Throws Refused when a function doesn't exist or belongs to another
 * account than the policy.
 */
export async function connectDeployed(
  policy: Policy,
  prefix: string,
  env: Record<string, string | undefined>,
): Promise<{ mechanisms: Map<string, Connected>; store: Store }> {
  const lambda = new Lambda({});
  for (const scope of SCOPES)
    Object.assign(env, await environmentOf(lambda, `${prefix}execute-${scope}`, policy));
  env[ENV.policyPath] = policyFile(policy);
  const log = () => {};
  const store = createStore(
    createTable(new DynamoDBClient({}), readEnv(env, 'tableName').tableName),
    log,
  );
  const connected = await Promise.all(
    SCOPES.map((scope) => mechanismsOf(scope, { env, policy, table: store.table, log })),
  );
  return { mechanisms: new Map(connected.flat().map((one) => [one.info.id, one])), store };
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
