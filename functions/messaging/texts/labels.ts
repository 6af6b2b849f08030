// Labels of links, and the names of history entries.
import type { Action } from '../../domain/action.ts';
import { IN_PLACE_BEFORE } from '../../domain/effect-state.ts';
import { oneLine, words } from '../../domain/wording.ts';
import { headlineOf } from './action-line.ts';

/** A label beside those of other actions names its action. */
const about = (label: string, action: Action): string => `${label}: ${headline(action)}`;
const headline = (action: Action): string => oneLine(headlineOf(action), 80);

export const LINKS = {
  decide: 'Open, then approve or decline',
  decideOn: (action: Action) => about('Approve or decline', action),
  requestAgain: 'Request again',
  requestAgainFor: (action: Action) => about('Request again', action),
  review: 'Keep, extend or undo',
  retryUndo: 'Retry the undo, or keep the change',
  judge: (action: Action) => about('Right or wrong', action),
} as const;

/** What a message says in place of a link, on a channel that carries none. */
export const LINK_ELSEWHERE = 'The link is in your email or direct message.';

/** History entries whose stored name is not a word that people use. */
const EVENTS: Readonly<Record<string, string>> = {
  'asked-anew': 'requested again',
  collected: 'added to a digest',
  drifted: 'removed by someone else',
  'email-failed': 'email not delivered',
  'handed-over': 'handed over',
  'late-change': 'cleaned up after a late apply',
  looked: 'checked',
  'more-time': 'given more time',
  news: 'updated',
  'not-woken': 'not paged',
  'reversal-failed': 'undo failed',
  reversed: 'undone',
  reversing: 'being undone',
  swept: 'continued by the sweeper',
  'target-gone': 'target deleted',
  'there-again': 'found again',
  telling: 'being notified',
  told: 'notified',
};

export const eventInWords = ({ event, text }: { event: string; text: string }): string =>
  text === IN_PLACE_BEFORE ? 'found in place' : (EVENTS[event] ?? words(event));
