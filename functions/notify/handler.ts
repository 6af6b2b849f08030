// Lambda entry of `notify`.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { SSM } from '@aws-sdk/client-ssm';
import { createLog } from '../audit/logger.ts';
import { ENV, required } from '../domain/env.ts';
import { openTicket } from '../execute/ticket/ops-item.ts';
import { readPolicyFile } from '../store/policy-file.ts';
import { createStore } from '../store/store.ts';
import { createKmsMac } from '../web/kms-mac.ts';
import { sendFrom } from './deployed.ts';
import { type NotifyDeps, notify } from './notify.ts';

const log = createLog('notify');
const ssm = new SSM({});
const deps: NotifyDeps = {
  store: createStore(new DynamoDBClient({}), required(process.env, ENV.tableName), log),
  policy: readPolicyFile(required(process.env, ENV.policyPath)),
  send: sendFrom(process.env),
  openTicket: (ticket) => openTicket(ssm, ticket),
  mac: createKmsMac(new KMS({}), required(process.env, ENV.linkKeyArn)),
  webBaseUrl: required(process.env, ENV.webBaseUrl),
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => notify(deps, event);
