// Lambda entry of `web`, behind the HTTP API.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SFN } from '@aws-sdk/client-sfn';
import { handle } from 'hono/aws-lambda';
import { createLog } from '../audit/logger.ts';
import { ENV, required } from '../domain/env.ts';
import { slackAnswersOf } from '../domain/people.ts';
import { remoteClients } from '../remote/deployed.ts';
import { asText, secretOf } from '../remote/secret.ts';
import { createCall } from '../scheduling/calls.ts';
import { createSchedules, scheduleTargets } from '../scheduling/eventbridge.ts';
import { createCallback, createStarter } from '../scheduling/executions.ts';
import { readPolicyFile } from '../store/policy-file.ts';
import { createStore } from '../store/store.ts';
import { createKmsMac } from './kms-mac.ts';
import { providerFrom } from './sign-in.ts';
import { SigningSecret } from './slack.ts';
import { createWeb } from './web.ts';

const log = createLog('web');
const sfn = new SFN({});
const kms = new KMS({});
const policy = readPolicyFile(required(process.env, ENV.policyPath));
const webBaseUrl = required(process.env, ENV.webBaseUrl);
const answers = slackAnswersOf(policy);
const clients = remoteClients();

export const handler = handle(
  createWeb({
    store: createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log),
    policy,
    ...(answers && {
      slack: {
        clients,
        signingSecret: secretOf(clients, answers.signingSecret, SigningSecret, asText),
      },
    }),
    mac: createKmsMac(
      kms,
      required(process.env, ENV.linkKeyArn),
      process.env[ENV.previousLinkKeyArn],
    ),
    pages: createKmsMac(kms, required(process.env, ENV.pageKeyArn)),
    newId: randomUUID,
    provider: policy.signIn && providerFrom(policy.signIn, webBaseUrl, clients),
    callback: createCallback(sfn),
    startReverse: createStarter(sfn, required(process.env, ENV.reverseArn)),
    startRespond: createStarter(sfn, required(process.env, ENV.respondArn)),
    askAlso: createCall(new Lambda({}), required(process.env, ENV.approveFunctionName)),
    schedules: createSchedules(new Scheduler({}), scheduleTargets(process.env), () => new Date()),
    webBaseUrl,
    now: () => new Date(),
    log,
  }),
);
