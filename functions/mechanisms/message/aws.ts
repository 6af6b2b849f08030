// Connects the notification mechanism to the channels of policy.
import { readEnv } from '../../domain/env.ts';
import { MESSAGING_ENV, sendFrom } from '../../messaging/deps.ts';
import { onCallOf } from '../../policy/people.ts';
import type { Connect } from '../connect.ts';
import { connected } from '../mechanism.ts';
import { notifyAnalyst } from './notification.ts';

export const connect: Connect = ({ env, policy, store, log }) => [
  connected(notifyAnalyst, {
    send: sendFrom(readEnv(env, ...MESSAGING_ENV), policy, store, log),
    onCall: onCallOf(policy.escalation),
  }),
];
