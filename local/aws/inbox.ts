// The stand-in of SES and SNS: an inbox that the console shows.
import type { StateFile } from '../../functions/mechanisms/stand-in.ts';
import type { Message, Send } from '../../functions/messaging/message.ts';

export type Delivered = { at: string; message: Message };

/** By the key of the message, oldest first. */
export type Inbox = Readonly<Record<string, Delivered>>;

/** Messages that are kept. The oldest are deleted first. */
const KEPT = 200;

export const createInbox =
  (file: StateFile<Inbox>, now: () => Date): Send =>
  async (message) => {
    // An email can't be edited.
    if (message.revises) return { notBy: [] };
    const delivered = file.view();
    if (message.key in delivered) return { notBy: [] };
    const all = { ...delivered, [message.key]: { at: now().toISOString(), message } };
    const [oldest = ''] = Object.keys(all);
    if (Object.keys(all).length > KEPT) delete all[oldest];
    file.write(all);
    return { notBy: [] };
  };
