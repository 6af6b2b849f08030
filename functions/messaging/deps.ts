// Wires message sending in AWS from policy and the environment.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { PinpointSMSVoiceV2 } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SNS } from '@aws-sdk/client-sns';
import { type Env, type EnvName, readEnv } from '../domain/env.ts';
import { createKmsMac } from '../links/kms-mac.ts';
import { remoteClients } from '../platform/http-clients.ts';
import type { Log } from '../platform/log.ts';
import { createLog } from '../platform/logger.ts';
import type { Policy } from '../policy/policy.ts';
import { readPolicyFile } from '../policy/policy-file.ts';
import { createPager } from '../store/pager.ts';
import { createPosts } from '../store/posts.ts';
import { createRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { createTable } from '../store/table.ts';
import { channelsOf } from './channels.ts';
import { sendingHarmless } from './harmless.ts';
import type { Send } from './message.ts';
import { rateLimited } from './rate-limited-send.ts';
import { createSend } from './send.ts';

/** The variables that sending needs. */
export const MESSAGING_ENV = [
  'mailFrom',
  'mailConfigurationSet',
  'teamTopicArn',
  'pageKeyArn',
] as const;

export function sendFrom(
  {
    mailFrom,
    mailConfigurationSet,
    teamTopicArn,
    pageKeyArn,
  }: Record<(typeof MESSAGING_ENV)[number], string>,
  policy: Pick<Policy, 'channels' | 'limits' | 'escalation'>,
  store: Pick<Store, 'pager' | 'posts'>,
  log: Log,
): Send {
  const clients = {
    ...remoteClients(),
    posts: store.posts,
    log,
    ses: new SESv2({}),
    sns: new SNS({}),
    texting: textingFrom(policy.channels),
    mailFrom,
    configurationSet: mailConfigurationSet,
    teamTopicArn,
  };
  const { now } = clients;
  const send = createSend({ channels: channelsOf(policy.channels, clients), now, log });
  const pageKey = createKmsMac(new KMS({}), pageKeyArn);
  return sendingHarmless(rateLimited(send, { store, policy, pageKey, now, log }));
}

type SenderEnv = 'policyPath' | 'tableName' | (typeof MESSAGING_ENV)[number];

/**
 * What every step that sends messages needs, and the values of the variables in `names`.
 *
 * Throws InvalidInput when a variable is missing or the policy cannot be read.
 */
export function senderDeps<Name extends EnvName = never>(
  step: string,
  env: Env,
  ...names: readonly Name[]
) {
  const own = readEnv<SenderEnv | Name>(env, 'policyPath', 'tableName', ...MESSAGING_ENV, ...names);
  const log = createLog(step, env);
  const policy = readPolicyFile(own.policyPath);
  const table = createTable(new DynamoDBClient({}), own.tableName);
  const store = { pager: createPager(table, log), posts: createPosts(table) };
  const send = sendFrom(own, policy, store, log);
  return { own, table, store, policy, send, now: () => new Date(), log };
}

/** The dependencies of a step that sends messages with signed links. Throws like `senderDeps`. */
export function linkDeps(step: string, env: Env) {
  const { own, table, store, ...deps } = senderDeps(step, env, 'linkKeyArn', 'webBaseUrl');
  return {
    ...deps,
    store: { ...store, records: createRecords(table, deps.log) },
    mac: createKmsMac(new KMS({}), own.linkKeyArn),
    pageKey: createKmsMac(new KMS({}), own.pageKeyArn),
    webBaseUrl: own.webBaseUrl,
  };
}

/** Uses the region of the phone number: the service does not exist in every region. */
export const textingFrom = ({ sms }: Policy['channels']): PinpointSMSVoiceV2 => {
  const region = sms?.from.split(':')[3];
  return new PinpointSMSVoiceV2(region ? { region } : {});
};
