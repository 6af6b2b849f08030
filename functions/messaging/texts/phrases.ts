// What the texts of messages share: the line about an action, its facts, and what was seen since.

import type { Action } from '../../domain/action.ts';
import { opensTicketUnanswered } from '../../domain/action-catalog.ts';
import type { Alert } from '../../domain/alert.ts';
import type { Approver } from '../../domain/approval.ts';
import type { Incident } from '../../domain/incident.ts';
import { oneLine, quoted, unlinked, utc, words } from '../../domain/wording.ts';
import type { Message } from '../message.ts';

export type Text = Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps'>;

/** One line about the action, in plain words. */
export const headlineOf = ({ description, recommendation, name, target }: Action): string =>
  description?.headline ??
  `${words(name ?? oneLine(recommendation.action, 64))} on ${named(target?.value ?? recommendation.target)}`;

/** Identifiers as they are; whatever could be more than that in quotation marks, with no link in it. */
const named = (value: string): string =>
  /^[\w.:@/+=-]{1,100}$/.test(value) && !value.includes('//') ? value : quoted(value, 100);

/** A block that is lifted while the attack goes on is a gift: what was seen since, as far as we know. */
export function seenSince(
  incident: Incident | undefined,
  { appliedAt }: Pick<Action, 'appliedAt'>,
): string {
  if (!incident)
    return 'What was seen since is not known: the record of the incident cannot be read.';
  const { alerts } = incident;
  const joined = appliedAt ? alerts.filter(({ receivedAt }) => receivedAt > appliedAt).length : 0;
  const repeats = alerts.reduce((sum, alert) => sum + alert.repeats, 0);
  const seen = [
    ...(joined > 0
      ? [`${joined} further alert${joined === 1 ? '' : 's'} joined the incident`]
      : []),
    ...(repeats > 0
      ? [`its alerts were repeated ${repeats} time${repeats === 1 ? '' : 's'} in all`]
      : []),
  ].join(', and ');
  return seen === ''
    ? 'No alert of this incident was repeated, and none joined it.'
    : `${seen.charAt(0).toUpperCase()}${seen.slice(1)}: the activity may go on.`;
}

/** One line, whatever an attacker named the target; phone screens and SNS end at 100 characters. */
export const subjectOf = (word: string, action: Action) =>
  oneLine(`${word} ${headlineOf(action)}`, 99);

/** A request for a ticket that nobody answers gets one, as every request does that nobody answers. */
export const unanswered = ({ name }: Pick<Action, 'name'>): string =>
  opensTicketUnanswered(name) ? 'a ticket is opened all the same' : 'nothing is done';

/** A sentence of a mechanism or an error, with one full stop at its end. */
export const sentence = (text: string) => `${unlinked(text).replace(/[.\s]+$/, '')}.`;

export const changesOf = (action: Action): string =>
  (action.description?.changes ?? [headlineOf(action)]).map(sentence).join('\n');

export const incidentFact = ({ incidentId, account, region }: Action) => ({
  label: 'Incident',
  value: `${incidentId}, account ${account}, ${region}`,
});

export const whyFact = (alert: Alert | undefined) => ({
  label: 'Why',
  value: alert
    ? `${quoted(alert.type)}, severity ${alert.severity.label} (${alert.severity.score} of 10)`
    : 'The record of the alert cannot be read.',
});

export const steps = (title: string, lines: readonly string[]): Text['steps'] =>
  lines.length === 0 ? [] : [{ title, lines: [...lines] }];

/** `Block web requests from 203.0.113.7/32: in force until 03:15 UTC on 24 Nov`. */
export const standingLine = (action: Action): string =>
  `${headlineOf(action)}: ${words(action.status)}${action.askedAnew ? ', and asked anew' : ''}${action.status === 'in-force' && action.dueAt ? ` until ${utc(action.dueAt)}` : ''}`;

export const namesOf = (people: readonly Approver[]) => people.map(({ name }) => name).join(', ');

/** Begins with a space; empty for an action without a review date. */
export const reviewSentence = ({ reviewAt }: Pick<Action, 'reviewAt'>): string =>
  reviewAt
    ? ` It is not undone by itself; a person can undo it. Review on ${reviewAt.slice(0, 10)}.`
    : '';
