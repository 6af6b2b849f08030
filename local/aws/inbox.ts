// The stand-in of SES and SNS: an inbox that the console shows.
import type { Message, Send } from '../../functions/messaging/message.ts';
import type { Rows } from './rows.ts';

export type Delivered = { at: string; message: Message };

/** Messages that are kept. The oldest are deleted first. */
const KEPT = 200;

export const createInbox =
  (inbox: Rows<Delivered>, now: () => Date): Send =>
  async (message) => {
    // An email can't be edited.
    if (message.revises || inbox.get(message.key)) return { notBy: [] };
    inbox.put(message.key, { at: now().toISOString(), message });
    for (const { message: old } of inbox.all().slice(0, -KEPT)) inbox.remove(old.key);
    return { notBy: [] };
  };
