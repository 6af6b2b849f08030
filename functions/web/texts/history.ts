// Texts of the history entries that a person's answer adds to the record.
import { span } from '../../domain/wording.ts';

export const HISTORY = {
  acknowledged: 'Is working on it: no one else is asked, and the deadline does not change',
  moreTime: (minutes: number, expiresAt: string) => `${span(minutes)} more, until ${expiresAt}`,
  handedOver: (name: string) => `Handed over to ${name}`,
  kept: (reviewAt: string) =>
    `Kept: no longer undone automatically; review on ${reviewAt.slice(0, 10)}`,
  undoOrdered: 'Ordered the undo',
  extended: (dueAt: string) => `Extended to ${dueAt}`,
  judged: (judgement: 'right' | 'wrong', name: string | null, note: string) =>
    `${judgement}: ${name ?? 'no known action'}${note ? `, with the note ${note}` : ''}`,
  requestedAgain: (actionId: string) => `Requested again as ${actionId}`,
} as const;
