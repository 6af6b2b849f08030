// Lambda entries of the scope `message`.
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SNS } from '@aws-sdk/client-sns';
import { ENV, required } from '../../domain/env.ts';
import { onCallOf } from '../../domain/people.ts';
import { createSend } from '../../notify/channels.ts';
import { deploy } from '../deployed.ts';
import { connected } from '../mechanism.ts';
import { notifyAnalyst } from './notification.ts';

export const { execute, reverse } = deploy('message', (policy) => [
  connected(notifyAnalyst, {
    send: createSend({
      ses: new SESv2({}),
      sns: new SNS({}),
      mailFrom: required(process.env, ENV.mailFrom),
      teamTopicArn: required(process.env, ENV.teamTopicArn),
    }),
    onCall: onCallOf(policy.escalation),
  }),
]);
