// Lambda entry of `web`, behind the HTTP API.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SFN } from '@aws-sdk/client-sfn';
import { handle } from 'hono/aws-lambda';
import { ENV, readEnv } from '../domain/env.ts';
import { createKmsMac } from '../links/kms-mac.ts';
import {
  createSchedules,
  SCHEDULE_ENV,
  scheduleTargets,
} from '../platform/eventbridge-schedules.ts';
import { createCallback, createStarter } from '../platform/executions.ts';
import { remoteClients } from '../platform/http-clients.ts';
import { createCall } from '../platform/invoke.ts';
import { createLog } from '../platform/logger.ts';
import { asText, secretOf } from '../platform/secret.ts';
import { slackButtonsOf } from '../policy/people.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import { providerFrom } from './sign-in.ts';
import { SigningSecret } from './slack.ts';
import { createWeb } from './web.ts';

const env = readEnv(
  process.env,
  'policyPath',
  'webBaseUrl',
  'tableName',
  'linkKeyArn',
  'pageKeyArn',
  'respondArn',
  'approveFunctionName',
  ...SCHEDULE_ENV,
);
const log = createLog('web');
const sfn = new SFN({});
const kms = new KMS({});
const policy = readPolicyFile(env.policyPath);
const webBaseUrl = env.webBaseUrl;
const answers = slackButtonsOf(policy);
const clients = remoteClients();

export const handler = handle(
  createWeb({
    store: createStore(new DynamoDBClient({}), env.tableName, log),
    policy,
    ...(answers && {
      slack: {
        clients,
        signingSecret: secretOf(clients, answers.signingSecret, SigningSecret, asText),
      },
    }),
    mac: createKmsMac(kms, env.linkKeyArn, process.env[ENV.previousLinkKeyArn]),
    pages: createKmsMac(kms, env.pageKeyArn),
    newId: randomUUID,
    provider: policy.signIn && providerFrom(policy.signIn, webBaseUrl, clients),
    callback: createCallback(sfn),
    startReverse: createStarter(sfn, env.reverseArn),
    startRespond: createStarter(sfn, env.respondArn),
    askAlso: createCall(new Lambda({}), env.approveFunctionName),
    schedules: createSchedules(new Scheduler({}), scheduleTargets(env), () => new Date()),
    webBaseUrl,
    now: () => new Date(),
    log,
  }),
);
