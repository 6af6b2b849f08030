// Dependencies of `web`, and how they are built in AWS.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SFN } from '@aws-sdk/client-sfn';
import type { Verifier } from '../authority/claims.ts';
import { PROOF_KEY_ENV, proofKeys } from '../authority/keys.ts';
import { ENV, type Env, readEnv } from '../domain/env.ts';
import { createKmsMac } from '../links/kms-mac.ts';
import type { Mac } from '../links/signed-claims.ts';
import {
  createSchedules,
  SCHEDULE_ENV,
  scheduleTargets,
} from '../platform/eventbridge-schedules.ts';
import { createCallback, createStarter } from '../platform/executions.ts';
import type { HttpClients } from '../platform/http.ts';
import { remoteClients } from '../platform/http-clients.ts';
import { createInvoker } from '../platform/invoke.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import type { Schedules } from '../platform/schedules.ts';
import type { Secret } from '../platform/secret.ts';
import { asText, secretOf } from '../platform/secret.ts';
import { slackButtonsOf } from '../policy/people.ts';
import type { Policy } from '../policy/policy.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import type { Provider } from '../sign-in/oidc.ts';
import { providerFrom } from '../sign-in/provider.ts';
import { createApproverAddresses } from '../store/approver-addresses.ts';
import { createBreaker } from '../store/breaker.ts';
import { createEntityHistory } from '../store/entity-history.ts';
import { createLeases } from '../store/leases.ts';
import { createReads } from '../store/reads.ts';
import { createRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { createSummaries } from '../store/summaries.ts';
import { createKillSwitch } from '../store/switch.ts';
import { createTable } from '../store/table.ts';
import { SigningSecret } from './slack-signature.ts';

export type SlackInteractivity = { clients: HttpClients; signingSecret: Secret<string> };

export type WebDeps = {
  store: Pick<
    Store,
    | 'records'
    | 'leases'
    | 'killSwitch'
    | 'entityHistory'
    | 'approverAddresses'
    | 'summaries'
    | 'reads'
  >;
  policy: Policy;
  mac: Pick<Mac, 'verify'>;
  /** Signs what the pages give out. Its key is not the links' key: pages can't make links. */
  pages: Mac;
  /** Signs votes and orders, and verifies rulings. */
  keys: { votes: Mac; rulings: Verifier; evidence: Verifier };
  newId: () => string;
  /** The identity provider; null where policy requires no sign-in. */
  provider: Provider | null;
  callback: (taskToken: string, output: { verdict: string }) => Promise<void>;
  startReverse: (name: string, input: object) => Promise<void>;
  startRespond: (name: string, input: object) => Promise<void>;
  /** Invokes `approve`, to ask one more person or to show a vote in the questions that were sent. */
  ask: (
    input: { incidentId: string; actionId: string } & ({ to: string } | { voted: true }),
  ) => Promise<void>;
  schedules: Schedules;
  /** If policy enables buttons in Slack. */
  slack?: SlackInteractivity;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};

/** Throws InvalidInput when a variable is missing or the policy cannot be read. */
export function webDeps(env: Env): WebDeps {
  const own = readEnv(
    env,
    'policyPath',
    'webBaseUrl',
    'tableName',
    'linkKeyArn',
    'respondArn',
    'approveFunctionName',
    ...PROOF_KEY_ENV,
    ...SCHEDULE_ENV,
  );
  const log = createLog('web', env);
  const sfn = new SFN({});
  const kms = new KMS({});
  const policy = readPolicyFile(own.policyPath);
  const keys = proofKeys(kms, own, env);
  const answers = slackButtonsOf(policy);
  const clients = remoteClients();
  const now = () => new Date();
  const table = createTable(new DynamoDBClient({}), own.tableName);
  return {
    store: {
      records: createRecords(table, log),
      leases: createLeases(table),
      killSwitch: createKillSwitch(table, createBreaker(table, log), keys.resumptions),
      entityHistory: createEntityHistory(table),
      approverAddresses: createApproverAddresses(table),
      summaries: createSummaries(table, log),
      reads: createReads(table),
    },
    policy,
    ...(answers && {
      slack: {
        clients,
        signingSecret: secretOf(clients, answers.signingSecret, SigningSecret, asText),
      },
    }),
    mac: createKmsMac(kms, own.linkKeyArn, env[ENV.previousLinkKeyArn]),
    pages: keys.votes,
    keys,
    newId: randomUUID,
    provider: policy.signIn && providerFrom(policy.signIn, own.webBaseUrl, clients),
    callback: createCallback(sfn),
    startReverse: createStarter(sfn, own.reverseArn),
    startRespond: createStarter(sfn, own.respondArn),
    ask: createInvoker(new Lambda({}), own.approveFunctionName),
    schedules: createSchedules(new Scheduler({}), scheduleTargets(own), now),
    webBaseUrl: own.webBaseUrl,
    now,
    log,
  };
}
