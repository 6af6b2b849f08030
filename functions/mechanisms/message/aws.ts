// Connects the notification mechanism to the channels of policy.
import { readEnv } from '../../domain/env.ts';
import { MESSAGING_ENV, sendFrom } from '../../messaging/deps.ts';
import { ticketOf } from '../../messaging/ticket.ts';
import { onCallOf } from '../../policy/people.ts';
import { createPager } from '../../store/pager.ts';
import { createPosts } from '../../store/posts.ts';
import { createRecords } from '../../store/records.ts';
import type { Connect } from '../connect.ts';
import { connected } from '../mechanism.ts';
import { notifyAnalyst } from './notification.ts';

export const connect: Connect = ({ env, policy, table, log }) => [
  connected(notifyAnalyst, {
    send: sendFrom(
      readEnv(env, ...MESSAGING_ENV),
      policy,
      { pager: createPager(table, log), posts: createPosts(table) },
      log,
    ),
    onCall: onCallOf(policy.escalation),
    writeTicket: (incidentId, readIn) =>
      ticketOf(createRecords(table, log), incidentId, new Date(), readIn ? { readIn } : {}),
  }),
];
