// Texts of the page that asks: title, actions, buttons, unknown facts.
import type { Action } from '../../domain/action.ts';
import { approvalsIn, peopleAsked } from '../../domain/approval.ts';
import type { IncidentAlert } from '../../domain/incident.ts';
import { oneLine, quoted, span, timeOfDay, utc } from '../../domain/wording.ts';
import { headlineOf } from '../../messaging/texts/action-line.ts';
import { unansweredBy } from '../../messaging/texts/phrases.ts';
import type { Unknown } from '../../messaging/texts/unknown.ts';
import type { Names } from './status.ts';
import { type Reader, timeFor } from './times.ts';

export const APPROVE = {
  title: 'Approve or decline',
  left: (time: string) => `${time} left`,
  deadline: (all: readonly [Action, ...Action[]], reader: Reader & { person: string }) =>
    `You decide as ${reader.person}. ${unansweredBy(all, (at) => timeFor(at, reader))}`,
  why: 'Why',
  news: (at: string) => `Updated at ${timeOfDay(at)}:`,
  findingClosed: (state: string) =>
    `The product that reported the finding now marks it as ${state}.`,
  raised: ({ title, severity, receivedAt }: IncidentAlert, now: Date) =>
    `The incident was raised to ${severity} at ${utc(receivedAt, now)} by ${quoted(title, 120)}.`,
  hasWorse: ({ title, severity }: IncidentAlert) =>
    `The incident also has a ${severity} alert: ${quoted(title, 120)}.`,
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
  details: 'Details',
} as const;

/** One action is the question itself. Several actions on one target name the target once. */
export function questionOf(actions: readonly Action[]): string {
  const [first] = actions;
  if (!first) return APPROVE.title;
  if (actions.length === 1) return `${headlineOf(first)}?`;
  const [target, ...others] = new Set(actions.map(ownerOf));
  const on = target !== undefined && others.length === 0 ? ` for ${oneLine(target, 48)}` : '';
  return `Approve ${actions.length} actions${on}?`;
}

/** A user's key belongs to the user. */
const ownerOf = ({ target }: Action): string | undefined =>
  target?.attributes.userName ?? target?.value;

/** The change's undo in a few words. The page lists the conditions and the rest of the text further down. */
export function howUndone({ description, durationMinutes }: Action): string {
  const undo = description?.undo ?? 'Unknown';
  const time = durationMinutes === null ? null : ` after ${span(durationMinutes)}, unless`;
  const [how = undo, rest] = time ? undo.split(time) : [undo];
  return rest === undefined ? (undo.split('. ')[0] ?? undo) : how;
}

/** Under the Approve button: the first of several approvers carries nothing out. */
export function approveHint({ approval }: Action, names: Names, person: string): string {
  const approved = approvalsIn(approval);
  const others = (approval?.required ?? 1) - approved.length - 1;
  if (others > 0) {
    const answered = new Set([person, ...(approval?.votes ?? []).map(({ by }) => by)]);
    const left = (approval ? peopleAsked(approval) : []).filter(({ id }) => !answered.has(id));
    const who =
      left.length > 0 && left.length < 4 ? `: ${left.map(({ name }) => name).join(' or ')}` : '';
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
export const approvals = (required: number, voted: readonly string[]) => ({
  required: `${required} people must approve.`,
  voted: voted.length === 0 ? 'No one has answered yet.' : `${voted.join(', ')}.`,
});

/** At most two by name: the others are listed on the page. */
export function unknownHint(unknowns: readonly Unknown[]): { count: string; which: string } {
  const kinds = [...new Set(unknowns.map(({ what }) => what))];
  const shown = kinds.slice(0, 2);
  const left = kinds.length - shown.length;
  const more = left > 0 ? `; and ${left} more` : '';
  return { count: `${unknowns.length} unknown:`, which: `${shown.join('; ')}${more}.` };
}
