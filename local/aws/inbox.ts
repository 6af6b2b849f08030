// The stand-in of SES and SNS: an inbox that the console shows.
import type { StateFile } from '../../functions/mechanisms/stand-in.ts';
import type { Message, Send } from '../../functions/messaging/message.ts';

export type Delivered = { at: string; message: Message };

/** Messages that are kept. The oldest are deleted first. */
const KEPT = 200;

export const createInbox =
  (file: StateFile<Delivered[]>, now: () => Date): Send =>
  async (message) => {
    // An email can't be edited.
    if (message.revises) return { notBy: [] };
    const delivered = file.read();
    if (!delivered.some((one) => one.message.key === message.key))
      file.write([...delivered, { at: now().toISOString(), message }].slice(-KEPT));
    return { notBy: [] };
  };
