// Lambda entry of `enrich`.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { SSM } from '@aws-sdk/client-ssm';
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { readEnv } from '../domain/env.ts';
import { CLOUDFRONT_REGION } from '../domain/ip-set.ts';
import { createLog } from '../platform/logger.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import { type EnrichDeps, enrich } from './enrich.ts';

const env = readEnv(process.env, 'tableName', 'policyPath');
const log = createLog('enrich');
const deps: EnrichDeps = {
  store: createStore(new DynamoDBClient({}), env.tableName, log),
  policy: readPolicyFile(env.policyPath),
  ec2: new EC2({}),
  iam: new IAM({}),
  lambda: new Lambda({}),
  ssm: new SSM({}),
  waf: { REGIONAL: new WAFV2({}), CLOUDFRONT: new WAFV2({ region: CLOUDFRONT_REGION }) },
  // Far below the function's own limit, and long enough for a few pages.
  lookDeadline: () => AbortSignal.timeout(8_000),
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => enrich(deps, event);
