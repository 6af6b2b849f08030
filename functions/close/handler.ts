// Lambda entry of `close`.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createLog } from '../audit/logger.ts';
import { ENV, required } from '../domain/env.ts';
import { sendFrom } from '../notify/deployed.ts';
import { readPolicyFile } from '../store/policy-file.ts';
import { createStore } from '../store/store.ts';
import { type CloseDeps, close } from './close.ts';

const log = createLog('close');
const policy = readPolicyFile(required(process.env, ENV.policyPath));
const store = createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log);
const deps: CloseDeps = {
  store,
  send: sendFrom(process.env, policy, store, log),
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => close(deps, event);
