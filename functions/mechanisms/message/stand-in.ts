// Stand-in of the scope `message`: messages go to the laptop's inbox.
import { onCallOf } from '../../policy/people.ts';
import { connected } from '../mechanism.ts';
import type { StandIn } from '../stand-in.ts';
import { notifyAnalyst } from './notification.ts';

export const standIn: StandIn = {
  connect: ({ policy, send, writeTicket }) => [
    connected(notifyAnalyst, { send, writeTicket, onCall: onCallOf(policy.escalation) }),
  ],
};
