// Dependencies of `enrich`, and how they are built in AWS.

import { randomBytes } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { ConfigService } from '@aws-sdk/client-config-service';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { SSM } from '@aws-sdk/client-ssm';
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { ENV, type Env, readEnv } from '../domain/env.ts';
import { CLOUDFRONT_REGION } from '../domain/ip-set.ts';
import type { Place } from '../domain/place.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import type { SampleClients } from '../platform/sampled-requests.ts';
import type { Policy } from '../policy/policy.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { stackPlace } from '../policy/stack-place.ts';
import { createApproverAddresses } from '../store/approver-addresses.ts';
import { createEntityHistory } from '../store/entity-history.ts';
import { createLookUps } from '../store/look-ups.ts';
import { createModelCalls } from '../store/model-calls.ts';
import { createRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { createTable } from '../store/table.ts';
import type { OwnershipApi } from './address-owner.ts';
import type { CalendarApi } from './calendar.ts';
import type { ConfigApi } from './config-changes.ts';
import { createDns, type Dns } from './dns.ts';
import type { FlowSource } from './flows.ts';
import type { FunctionTagsApi } from './function.ts';
import type { InstanceProfileApi } from './host-role.ts';
import type { IdentityApi } from './identity.ts';
import type { InstanceApi } from './instance.ts';
import type { TagApis } from './opt-in.ts';
import type { ReadDeps } from './read-fact.ts';
import type { SecurityGroupApi } from './security-groups.ts';
import type { TrailDeps } from './trail-events.ts';

export type EnrichDeps = ReadDeps & {
  store: Pick<Store, 'records' | 'entityHistory' | 'approverAddresses' | 'modelCalls' | 'lookUps'>;
  /** Whether a model is configured. */
  asksModel: boolean;
  policy: Policy;
  here: Place;
  ec2: InstanceApi & OwnershipApi & SecurityGroupApi;
  iam: IdentityApi & InstanceProfileApi;
  lambda: FunctionTagsApi;
  gateway: TagApis['gateway'];
  cognito: TagApis['cognito'];
  ssm: CalendarApi;
  waf: SampleClients['waf'];
  trailIn: TrailDeps['trailIn'];
  flowSource: FlowSource;
  /** Null unless policy turns the look-up on. */
  awsConfig: ConfigApi | null;
  dns: Dns;
  now: () => Date;
  /** Marks untrusted text in the dossier. New for each request. */
  nonce: () => string;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export function enrichDeps(env: Env): EnrichDeps {
  const { tableName, policyPath, flowLogGroup } = readEnv(
    env,
    'tableName',
    'policyPath',
    'flowLogGroup',
  );
  const ec2 = new EC2({});
  const log = createLog('enrich', env);
  const policy = readPolicyFile(policyPath);
  const table = createTable(new DynamoDBClient({}), tableName);
  return {
    store: {
      records: createRecords(table, log),
      entityHistory: createEntityHistory(table),
      approverAddresses: createApproverAddresses(table),
      modelCalls: createModelCalls(table),
      lookUps: createLookUps(table),
    },
    asksModel: env[ENV.modelSettings] !== undefined,
    policy,
    here: stackPlace(policy, env),
    ec2,
    iam: new IAM({}),
    lambda: new Lambda({}),
    gateway: new APIGateway({}),
    cognito: new CognitoIdentityProvider({}),
    ssm: new SSM({}),
    waf: { REGIONAL: new WAFV2({}), CLOUDFRONT: new WAFV2({ region: CLOUDFRONT_REGION }) },
    trailIn: (region) => new CloudTrail({ region }),
    flowSource: { ec2, logs: new CloudWatchLogs({}), ownGroup: flowLogGroup },
    awsConfig: policy.configHistory ? new ConfigService({}) : null,
    // Two questions, each asked twice with 1 s and 2 s of patience, end before the deadline.
    dns: createDns(() => new Resolver({ timeout: 1_000, tries: 2 })),
    // Far below the function's timeout of 60 s, and long enough for a few pages of results.
    readDeadline: () => AbortSignal.timeout(8_000),
    now: () => new Date(),
    nonce: () => randomBytes(4).toString('hex'),
    log,
  };
}
