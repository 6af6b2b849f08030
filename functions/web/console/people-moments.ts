// Requests to people, and their answers, as moments of a timeline.
import { type Action, personIn } from '../../domain/action.ts';
import { informs } from '../../domain/action-catalog.ts';
import { oneLine } from '../../domain/wording.ts';
import { headlineOf, orderOf, sentence } from '../../messaging/texts/action-line.ts';
import type { Names } from '../texts/status.ts';
import type { IncidentView } from './incident-view.ts';
import { firstName, inTime, type Mark, type Moment } from './moments.ts';

/** The short label and the mark of what people did. */
const PERSON: Readonly<Record<string, { short: string; mark: Mark; verb: string }>> = {
  approved: { short: 'Approved', mark: 'yes', verb: 'approved' },
  declined: { short: 'Declined', mark: 'no', verb: 'declined' },
  voted: { short: 'Voted', mark: 'person', verb: 'voted' },
  acknowledged: { short: 'Took over', mark: 'person', verb: 'took over' },
  'handed-over': { short: 'Handed over', mark: 'person', verb: 'handed over' },
  'more-time': { short: 'More time', mark: 'person', verb: 'asked for more time' },
  kept: { short: 'Kept', mark: 'person', verb: 'kept' },
  extended: { short: 'Extended', mark: 'person', verb: 'extended' },
  'undo-ordered': { short: 'Undo ordered', mark: 'person', verb: 'ordered the undo' },
  'asked-anew': { short: 'Asked again', mark: 'person', verb: 'requested again' },
};

export function peopleMoments(action: Action, { names }: IncidentView): Moment[] {
  if (informs(action.name)) return [];
  const what = oneLine(headlineOf(action), 120);
  return action.history.flatMap(({ at, by, event, text }): Moment[] => {
    if (by === 'approve' && event === 'asked')
      return [
        {
          ...{ at, lane: 'people', mark: 'person', short: 'Asked', under: whomIn(text) },
          says: `${sentence(text)} About: ${what}.`,
        },
      ];
    if (event === 'expired')
      return [
        {
          ...{ at, lane: 'people', mark: 'no', short: 'Expired', under: 'no answer' },
          says: `No one decided in time. Nothing was changed. The request was to ${orderOf(action)}.`,
        },
      ];
    const id = personIn(by);
    const said = PERSON[event];
    if (id === null || !said) return [];
    const name = names[id] ?? id;
    return [
      {
        ...{
          at,
          lane: 'people',
          mark: said.mark,
          short: said.short,
          under: `by ${firstName(name)}`,
        },
        says: `${name} ${said.verb}: ${what}.`,
      },
    ];
  });
}

/** The first name in `Asking Ana Silva, Ben Okafor`. */
const whomIn = (text: string): string => firstName(text.replace(/^Asking /, ''));

/** The moments that are due after `now`. */
export function dueMoments(action: Action, { now, names }: IncidentView): Moment[] {
  const { status, approval, reviewAt } = action;
  const what = oneLine(headlineOf(action), 120);
  const later: Moment[] = [];
  if (status === 'awaiting-approval' && approval) {
    const next = approval.acknowledged ? undefined : approval.rungs[approval.askedRungs];
    if (next && next.at > now.toISOString() && next.at < approval.expiresAt)
      later.push({
        ...{ at: next.at, lane: 'people', mark: 'wait', short: 'Next asked' },
        under: firstName(next.ask[0]?.name ?? ''),
        says: `Due: ${next.ask.map(({ name }) => name).join(' and ')} will be asked if no one has answered.`,
      });
    if (approval.expiresAt > now.toISOString())
      later.push({
        ...{ at: approval.expiresAt, lane: 'people', mark: 'wait', short: 'Expires' },
        under: `in ${inTime(approval.expiresAt, now)}`,
        says: `Due: the request expires and nothing is changed: ${what}.`,
      });
  }
  if (status === 'kept' && reviewAt && reviewAt > now.toISOString())
    later.push({
      ...{
        at: reviewAt,
        lane: 'people',
        mark: 'wait',
        short: 'Review',
        under: keeperOf(action, names),
      },
      says: `Due: the person who kept it reviews it: ${what}.`,
    });
  return later;
}

function keeperOf({ history }: Action, names: Names): string {
  const by = history.findLast(({ event }) => event === 'kept')?.by ?? '';
  const id = personIn(by) ?? '';
  return firstName(names[id] ?? id);
}
