// Messages to the team about Countermand's own operation.
import { utc } from '../../domain/wording.ts';
import type { Message } from '../message.ts';

type Words = Pick<Message, 'subject' | 'paragraphs'>;

export const breakerText = (account: string, at: string, why: string): Words => ({
  subject: 'The breaker tripped: a person decides every action',
  paragraphs: [
    `Since ${utc(at)}, no action in account ${account} runs automatically: ${why}.`,
    'Undoing still works. Find the cause, then set the kill switch back to run. Only a person can set it back.',
  ],
});

export const unfinishedText = (incidentId: string, restarts: number): Words => ({
  subject: 'An incident could not be processed',
  paragraphs: [
    `Please look at incident ${incidentId}: it did not finish after ${restarts} restarts.`,
  ],
});
