// Lambda entry of `enrich`.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLog } from '../audit/logger.ts';
import { ENV, required } from '../domain/env.ts';
import { readPolicyFile } from '../store/policy-file.ts';
import { createStore } from '../store/store.ts';
import { type EnrichDeps, enrich } from './enrich.ts';

const log = createLog('enrich');
const deps: EnrichDeps = {
  store: createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log),
  policy: readPolicyFile(required(process.env, ENV.policyPath)),
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => enrich(deps, event);
