// Lambda entries of the scope `message`.

import { deploy } from '../../execute/serve.ts';
import { sendFrom } from '../../messaging/deps.ts';
import { createLog } from '../../platform/logger.ts';
import { onCallOf } from '../../policy/people.ts';
import { connected } from '../mechanism.ts';
import { notifyAnalyst } from './notification.ts';

export const { execute, reverse, mechanisms } = deploy('message', (policy, store) => [
  connected(notifyAnalyst, {
    send: sendFrom(process.env, policy, store, createLog('message')),
    onCall: onCallOf(policy.escalation),
  }),
]);
