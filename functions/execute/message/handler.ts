// Lambda entries of the scope `message`.
import { createLog } from '../../audit/logger.ts';
import { onCallOf } from '../../domain/people.ts';
import { sendFrom } from '../../notify/deployed.ts';
import { deploy } from '../deployed.ts';
import { connected } from '../mechanism.ts';
import { notifyAnalyst } from './notification.ts';

export const { execute, reverse, mechanisms } = deploy('message', (policy, store) => [
  connected(notifyAnalyst, {
    send: sendFrom(process.env, policy, store, createLog('message')),
    onCall: onCallOf(policy.escalation),
  }),
]);
