// The first sentences about an incident: the changes so far, and the next step.
import type { Action } from '../../domain/action.ts';
import { informs } from '../../domain/action-catalog.ts';
import { counted, oneLine, utc } from '../../domain/wording.ts';
import { doneOf, orderOf, progressOf } from '../../messaging/texts/action-line.ts';
import type { IncidentView } from './incident-view.ts';

const AND = new Intl.ListFormat('en-GB', { type: 'conjunction' });
const OR = new Intl.ListFormat('en-GB', { type: 'disjunction' });

/** Joins at most two texts, and the number of further ones. */
const listed = (texts: readonly string[], list = AND): string =>
  list.format(texts.length > 2 ? [...texts.slice(0, 2), `${texts.length - 2} more`] : texts);

const lowered = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

/** `Countermand blocked web requests from 203.0.113.7.` */
export function soFarSentence({ actions, now }: Pick<IncidentView, 'actions' | 'now'>): string {
  const changes = actions.filter(({ name }) => !informs(name));
  const made = changes.filter((one) => progressOf(one, now) === 'made');
  const undone = changes.filter((one) => progressOf(one, now) === 'undone');
  if (made.length > 0) return `Countermand ${listed(made.map((one) => lowered(doneOf(one))))}.`;
  if (undone.length > 0)
    return `Nothing is in force any more: ${counted(undone.length, 'change was', 'changes were')} undone.`;
  return 'Nothing has been changed.';
}

/** The next step: a failed undo, an open request, a hand-off or the next undo; otherwise that no decision is open. */
export function nextSentence({ actions, now }: Pick<IncidentView, 'actions' | 'now'>): string {
  const failed = actions.filter(({ status }) => status === 'reversal-failed');
  if (failed.length > 0)
    return `The undo failed. A person must undo this manually: ${listed(failed.map((one) => lowered(doneOf(one))))}.`;
  const asked = actions.filter(
    (one) => one.status === 'awaiting-approval' && progressOf(one, now) === 'ahead',
  );
  const [first] = asked;
  if (first) return `${whoDecides(first, now)} whether to ${listed(asked.map(orderOf))}.`;
  const handed = actions.filter(({ status, name }) => status === 'handed-off' && !informs(name));
  if (handed.length > 0) return `A person has to decide whether to ${listed(handed.map(orderOf))}.`;
  const due = actions
    .filter((one) => one.status === 'in-force' && one.dueAt && progressOf(one, now) === 'made')
    .toSorted((a, b) => `${a.dueAt}`.localeCompare(`${b.dueAt}`))[0];
  if (due?.dueAt)
    return `The next undo is at ${utc(due.dueAt, now)}, unless a person keeps the change.`;
  return 'No decision is open.';
}

function whoDecides({ approval }: Action, now: Date): string {
  const asked = approval?.rungs
    .slice(0, Math.max(1, approval.askedRungs))
    .flatMap(({ ask }) => ask);
  const names = asked?.map(({ name }) => oneLine(name, 40)) ?? [];
  const who = names.length > 0 ? listed(names, OR) : 'A person';
  return `${who} decides by ${utc(approval?.expiresAt, now)}`;
}
