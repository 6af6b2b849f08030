// Lambda entry of `notify`.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { SSM } from '@aws-sdk/client-ssm';
import { readEnv } from '../domain/env.ts';
import { createKmsMac } from '../links/kms-mac.ts';
import { deskOf } from '../mechanisms/ticket/desks.ts';
import { MESSAGING_ENV, sendFrom } from '../messaging/deps.ts';
import { withDeadline } from '../platform/deadline.ts';
import { remoteClients } from '../platform/http-clients.ts';
import { createLog } from '../platform/logger.ts';
import { createOnCall } from '../platform/on-call-schedule.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createStore } from '../store/store.ts';
import { type NotifyDeps, notify } from './notify.ts';

/** Less than half of the function's time: people are told afterwards, with or without a ticket. */
const TICKET_MS = 25_000;

const env = readEnv(
  process.env,
  'policyPath',
  'tableName',
  'linkKeyArn',
  'webBaseUrl',
  ...MESSAGING_ENV,
);
const log = createLog('notify');
const policy = readPolicyFile(env.policyPath);
const desk = deskOf(policy, { ...remoteClients(), ssm: new SSM({}) });
const store = createStore(new DynamoDBClient({}), env.tableName, log);
const deps: NotifyDeps = {
  store,
  policy,
  onCall: createOnCall(policy.escalation.onCall ?? {}, remoteClients()),
  send: sendFrom(env, policy, store, log),
  openTicket: async (ticket) =>
    (await withDeadline(AbortSignal.timeout(TICKET_MS), () => desk.open(ticket))).name,
  mac: createKmsMac(new KMS({}), env.linkKeyArn),
  webBaseUrl: env.webBaseUrl,
  now: () => new Date(),
  log,
};

export const handler = (event: unknown) => notify(deps, event);
