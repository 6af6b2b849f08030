// How functions in AWS send messages: the channels of policy, set up from the environment.

import { PinpointSMSVoiceV2 } from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SNS } from '@aws-sdk/client-sns';
import { ENV, type Env, required } from '../domain/env.ts';
import { remoteClients } from '../platform/http-clients.ts';
import type { Log } from '../platform/log.ts';
import type { Policy } from '../policy/policy.ts';
import type { Store } from '../store/store.ts';
import { channelsOf } from './channels.ts';
import type { Send } from './message.ts';
import { capped } from './rate-limited-send.ts';
import { createSend } from './send.ts';

/** Throws InvalidInput, naming the variable, when one that it needs is not set. */
export function sendFrom(
  env: Env,
  { channels, limits }: Pick<Policy, 'channels' | 'limits'>,
  store: Store,
  log: Log,
): Send {
  const clients = {
    ...remoteClients(),
    posts: store.posts,
    log,
    ses: new SESv2({}),
    sns: new SNS({}),
    texting: textingFrom(channels),
    mailFrom: required(env, ENV.mailFrom),
    teamTopicArn: required(env, ENV.teamTopicArn),
  };
  const { now } = clients;
  const send = createSend({ channels: channelsOf(channels, clients), now, log });
  return capped(send, { store, limits, now, log });
}

/** In the region of the number, which may be another one: the service is not in every region. */
export const textingFrom = ({ sms }: Policy['channels']): PinpointSMSVoiceV2 => {
  const region = sms?.from.split(':')[3];
  return new PinpointSMSVoiceV2(region ? { region } : {});
};
