// Lambda entry of `web`, behind the HTTP API.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { SFN } from '@aws-sdk/client-sfn';
import { handle } from 'hono/aws-lambda';
import { ENV, required } from '../domain/env.ts';
import { createKmsMac } from '../links/kms-mac.ts';
import { createSchedules, scheduleTargets } from '../platform/eventbridge-schedules.ts';
import { createCallback, createStarter } from '../platform/executions.ts';
import { remoteClients } from '../platform/http-clients.ts';
import { createCall } from '../platform/invoke.ts';
import { createLog } from '../platform/logger.ts';
import { asText, secretOf } from '../platform/secret.ts';
import { slackAnswersOf } from '../policy/people.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
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
