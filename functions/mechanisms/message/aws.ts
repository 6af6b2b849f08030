// Connects the notification mechanism to the channels of policy.
import { sendFrom } from '../../messaging/deps.ts';
import { onCallOf } from '../../policy/people.ts';
import type { Connect } from '../connect.ts';
import { connected } from '../mechanism.ts';
import { notifyAnalyst } from './notification.ts';

export const connect: Connect = ({ env, policy, store, log }) => [
  connected(notifyAnalyst, {
    send: sendFrom(env, policy, store, log),
    onCall: onCallOf(policy.escalation),
  }),
];
