// Labels of links, and the names of history entries.
import { type Action, personIn } from '../../domain/action.ts';
import { IN_PLACE_BEFORE } from '../../domain/effect-state.ts';
import { oneLine, utc, words } from '../../domain/wording.ts';
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
  'channel-failed': 'not delivered by one channel',
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
  'slack-failed': 'not delivered by Slack',
  swept: 'continued by the sweeper',
  'target-gone': 'target deleted',
  'there-again': 'found again',
  telling: 'being notified',
  told: 'notified',
  'told-earlier': 'notified of the earlier state',
};

/** Who made an entry, if no person did. Every other step is Countermand to its readers. */
const ACTORS: Readonly<Record<string, string>> = {
  gate: 'the rules',
  policy: 'policy',
  breaker: 'the breaker',
  schedule: 'the schedule',
};

/** The name of a person, or what else made a history entry. */
export function actorInWords(by: string, names: Readonly<Record<string, string>>): string {
  const id = personIn(by);
  return id === null ? (ACTORS[by] ?? 'Countermand') : (names[id] ?? id);
}

/** A stored text about an action, without the IDs of actions and of its own incident. */
export const withoutIds = (text: string, { incidentId }: Pick<Action, 'incidentId'>): string =>
  text
    .replace(/\bact-[0-9a-z]{16}-\w+/g, 'another action')
    .replace(` of ${incidentId}`, ' of this incident');

/** The text of a history entry. A proposal's stored text names the action by its code name. */
export function textInWords(
  { event, text }: { event: string; text: string },
  action: Pick<Action, 'recommendation' | 'incidentId'> | null,
  now: Date,
): string {
  if (action && event === 'proposed')
    return `Confidence ${action.recommendation.confidence} of 100`;
  return (action ? withoutIds(text, action) : text).replace(INSTANT, (at) => utc(at, now));
}
const INSTANT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

export const eventInWords = ({ event, text }: { event: string; text: string }): string =>
  text === IN_PLACE_BEFORE ? 'found in place' : (EVENTS[event] ?? words(event));
