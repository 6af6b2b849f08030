// Texts of the page that asks: title, actions, buttons, unknown facts.
import type { Action } from '../../domain/action.ts';
import { type ApprovalRequest, approvalsIn, peopleAsked } from '../../domain/approval.ts';
import type { IncidentAlert } from '../../domain/incident.ts';
import { counted, oneLine, quoted, span, timeOfDay, truncate, utc } from '../../domain/wording.ts';
import { headlineOf } from '../../messaging/texts/action-line.ts';
import { NOT_PROPOSED, unansweredBy } from '../../messaging/texts/phrases.ts';
import type { Unknown } from '../../messaging/texts/unknown.ts';
import type { Names } from './status.ts';
import { type Reader, timeFor } from './times.ts';

export const APPROVE = {
  title: 'Approve or decline',
  left: (time: string) => `${time} left`,
  deadline: (all: readonly [Action, ...Action[]], reader: Reader & { person: string }) =>
    `You decide as ${reader.person}. ${unansweredBy(all, (at) => timeFor(at, reader))}`,
  why: 'Why',
  form: 'Your decision',
  actions: 'Actions to decide',
  affects: 'Affects',
  undo: 'Undo',
  undoAfter: 'Time until the undo',
  after: (minutes: number) => `after ${span(minutes)}`,
  approve: 'Approve',
  decline: 'Decline',
  declineHint: 'nothing changes',
  selected: 'selected',
  tickFirst: 'tick actions above first',
  later: (count: number) =>
    count === 1
      ? 'One more request is shown after you answer these.'
      : `${count} more requests are shown after you answer these.`,
  approveAll: (count: number) => `Approve all ${count}`,
  declineAll: (count: number) => `Decline all ${count}`,
  stillOpen: 'Still open',
  reason: 'Reason, for the record (optional)',
  notNow: 'Can’t decide now?',
  forAll: (count: number) =>
    `These choices are for ${count === 2 ? 'both' : `all ${count}`} requests.`,
  onIt: 'I am on it',
  onItHint: 'No one else is asked. The deadline does not change.',
  moreTime: (minutes: number) => `${span(minutes)} more`,
  moreTimeHint: 'Once, for all approvers.',
  handTo: 'Hand over to',
  handOver: 'Hand over',
  unknown: 'Unknown facts',
  unknownHint: 'Any of these could change your decision.',
  more: (count: number) => `And ${count} more`,
  details: 'Details',
} as const;

/** `strong` is never shortened. */
export type Notice = { strong: string; text: string };

export const NOTICES = {
  heading: 'Before you decide',
  more: (count: number) =>
    count === 0 ? 'Details' : `Details and ${counted(count, 'more notice')}`,
  news: (at: string, text: string): Notice => ({ strong: `Updated at ${timeOfDay(at)}:`, text }),
  findingClosed: (state: string): Notice => ({
    strong: `The product that reported the finding now marks it as ${state}.`,
    text: '',
  }),
  scanner: ({ owner, text }: { owner: string; text: string }): Notice => ({
    strong: `Policy declares a scanner of ${owner}:`,
    text,
  }),
  raised: ({ title, severity, receivedAt }: IncidentAlert, now: Date): Notice => ({
    strong: `Raised to ${severity} at ${utc(receivedAt, now)}`,
    text: `by ${quoted(title, 120)}.`,
  }),
  hasWorse: ({ title, severity }: IncidentAlert): Notice => ({
    strong: `The incident also has a ${severity} alert:`,
    text: `${quoted(title, 120)}.`,
  }),
  notProposed: (left: readonly string[]): Notice => ({
    strong: `${NOT_PROPOSED}:`,
    text: `${left.join('. ')}.`,
  }),
} as const;

/** One action is the question itself. Several actions on one target name the target once, unless `brief`. */
export function questionOf(actions: readonly Action[], { brief = false } = {}): string {
  const [first] = actions;
  if (!first) return APPROVE.title;
  if (actions.length === 1) return `${inBrief(headlineOf(first))}?`;
  if (brief) return `Approve ${actions.length} actions?`;
  const [target, ...others] = new Set(actions.map(ownerOf));
  const on = target !== undefined && others.length === 0 ? ` for ${oneLine(target, 48)}` : '';
  return `Approve ${actions.length} actions${on}?`;
}

/** A user's key belongs to the user. */
const ownerOf = ({ target }: Action): string | undefined =>
  target?.attributes.userName ?? target?.value;

/** Characters of the effect above the buttons. The facts below have all of it. */
export const MAX_EFFECT = 120;
/** Characters of the title of another alert, above the buttons. */
export const MAX_TITLE = 120;
const MAX_HEADLINE = 140;

/** Shortened in the middle, because names often differ in their last characters. The facts below have all of it. */
export function inBrief(headline: string): string {
  if (headline.length <= MAX_HEADLINE) return headline;
  const end = headline.slice(-(MAX_HEADLINE / 2)).toWellFormed();
  return `${truncate(headline, MAX_HEADLINE / 2)}…${end}`;
}

/** The change's undo in a few words. The page lists the conditions and the rest of the text further down. */
export function howUndone({ description, durationMinutes }: Action): string {
  const undo = description?.undo ?? 'Unknown';
  const time = durationMinutes === null ? null : ` after ${span(durationMinutes)}, unless`;
  const [how = undo, rest] = time ? undo.split(time) : [undo];
  return rest === undefined ? (undo.split('. ')[0] ?? undo) : how;
}

/** In one line of the button. */
const MAX_NAMES = 24;

/** Under the Approve button: the first of several approvers carries nothing out. */
export function approveHint({ approval }: Action, names: Names, person: string): string {
  const approved = approvalsIn(approval);
  const others = (approval?.required ?? 1) - approved.length - 1;
  if (others > 0) {
    const answered = new Set([person, ...(approval?.votes ?? []).map(({ by }) => by)]);
    const left = (approval ? peopleAsked(approval) : []).filter(({ id }) => !answered.has(id));
    const names = left.map(({ name }) => name).join(' or ');
    const who = names.length > 0 && names.length <= MAX_NAMES ? `: ${names}` : '';
    return others === 1
      ? `one more person must agree${who}`
      : `${others} more people must agree${who}`;
  }
  const before = approved.map(({ by, at }) => `${names[by] ?? by} approved at ${timeOfDay(at)}`);
  return ['carried out at once', ...before].join('; ');
}

/** One hint for several actions: their own if it is the same for all. */
export const approveAllHint = (all: readonly Action[], names: Names, person: string): string => {
  const hints = new Set(all.map((one) => approveHint(one, names, person)));
  return hints.size === 1 ? [...hints].join() : 'some need one more person';
};

/** How many must approve, and who already answered. */
export function approvals({ required, votes }: ApprovalRequest, names: Names): string {
  const voted = votes.map(({ by, verdict }) => `${names[by] ?? by} ${verdict}`);
  return `${required} people must approve. ${voted.length === 0 ? 'No one has answered yet' : voted.join(', ')}.`;
}

/** At most two by name, one if `brief`: the others are listed on the page. Those about the targets need no name. */
export function unknownHint(
  unknowns: readonly Unknown[],
  { brief = false } = {},
): { count: string; which: string } {
  const said = ({ what, of, isAboutTarget }: Unknown) =>
    isAboutTarget || !of ? what : `${what} (${of})`;
  const kinds = [...new Set(unknowns.map(said))];
  const shown = kinds.slice(0, brief ? 1 : 2);
  const left = unknowns.filter((one) => !shown.includes(said(one))).length;
  const more = left > 0 ? `; and ${left} more` : '';
  return { count: `${unknowns.length} unknown:`, which: `${shown.join('; ')}${more}.` };
}
