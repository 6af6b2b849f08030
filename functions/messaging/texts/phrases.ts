// Phrases that several messages share: facts, subjects, recent activity.

import type { Action } from '../../domain/action.ts';
import { opensTicketUnanswered } from '../../domain/action-catalog.ts';
import type { Alert, Entity, EntityKind } from '../../domain/alert.ts';
import type { Approver } from '../../domain/approval.ts';
import { closingOf } from '../../domain/closed-finding.ts';
import { isTargetGone, wasInPlaceBefore } from '../../domain/effect-state.ts';
import type { Incident } from '../../domain/incident.ts';
import { capitalised, counted, oneLine, quoted, utc } from '../../domain/wording.ts';
import type { Message } from '../message.ts';
import { doneOf, headlineOf, orderOf, progressOf, stateOf } from './action-line.ts';

/** The kinds of entity in the words of AWS. */
export const KINDS: Readonly<Record<EntityKind, string>> = {
  ip: 'IP address',
  'access-key': 'access key',
  'iam-user': 'IAM user',
  'iam-role': 'IAM role',
  'root-user': 'root user',
  'cognito-user': 'Cognito user',
  'api-key': 'API key',
  instance: 'instance',
  'network-interface': 'network interface',
  function: 'function',
  bucket: 'bucket',
  database: 'database',
  cluster: 'cluster',
  workload: 'workload',
  domain: 'domain',
  'email-message': 'email message',
  resource: 'resource',
  alert: 'alert',
};

const ROLES = { target: 'target', related: 'also named' } as const;

/** A key, a user or a host may be the victim's own, in the attacker's hands. */
export function roleOf({ kind, part }: Entity): string {
  if (part !== 'actor') return ROLES[part];
  return kind === 'ip' || kind === 'domain' ? 'attacker' : 'source of the activity';
}

export type Text = Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps'>;

/** Alerts that joined since the action was applied, and all repeats of the incident's alerts. */
const activityIn = ({ alerts }: Incident, { appliedAt }: Pick<Action, 'appliedAt'>) => ({
  joined: appliedAt ? alerts.filter(({ receivedAt }) => receivedAt > appliedAt).length : 0,
  repeats: alerts.reduce((sum, alert) => sum + alert.repeats, 0),
});

/** False if the incident cannot be read. */
export function isQuietSince(
  incident: Incident | undefined,
  action: Pick<Action, 'appliedAt'>,
): boolean {
  if (!incident) return false;
  const { joined, repeats } = activityIn(incident, action);
  return joined + repeats === 0;
}

/** The alerts since the action was applied: lifting a block during an attack helps the attacker. */
export function seenSince(
  incident: Incident | undefined,
  action: Pick<Action, 'appliedAt'>,
): string {
  if (!incident) return 'Activity since then is unknown: the incident’s record cannot be read.';
  const { joined, repeats } = activityIn(incident, action);
  const seen = [
    ...(joined > 0 ? [`${counted(joined, 'new alert')} joined the incident`] : []),
    ...(repeats > 0 ? [`its alerts were repeated ${counted(repeats, 'time')} in total`] : []),
  ].join(', and ');
  return seen === ''
    ? 'No new alert joined the incident, and none was repeated.'
    : `${capitalised(seen)}. The activity may continue.`;
}

/** One line of at most 99 characters: phone screens and SNS cut off longer subjects. */
const subject = (text: string): string => oneLine(text, 99);

/** `Declined: request to block web requests from 203.0.113.7`, for what was not carried out. */
export const requestSubject = (word: string, action: Action): string =>
  subject(`${word} request to ${orderOf(action)}`);

/** What was changed, or was already in place. */
export const doneLine = (action: Action): string =>
  wasInPlaceBefore(action)
    ? `Already in place before the request to ${orderOf(action)}`
    : doneOf(action);

/** `NOT UNDONE: Blocked web requests from 203.0.113.7`, for what was changed. */
export const doneSubject = (action: Action, word = ''): string =>
  subject(`${word} ${doneLine(action)}`.trim());

/** The outcome of a request without an answer. */
export const unanswered = ({ name }: Pick<Action, 'name'>): string =>
  opensTicketUnanswered(name) ? 'Countermand opens the ticket anyway' : 'nothing changes';

/** `If no one decides by 03:15 UTC, nothing changes.` Requests on one page may expire at different times. */
export function unansweredBy(
  [first, ...others]: readonly [Action, ...Action[]],
  inWords: (instant: string | null | undefined) => string,
): string {
  const ends = [first, ...others].map(({ approval }) => approval?.expiresAt ?? '').sort();
  const [earliest, ...later] = new Set(ends.map(inWords));
  const latest = later.at(-1);
  return latest === undefined
    ? `If no one decides by ${earliest}, ${unanswered(first)}.`
    : `The requests expire between ${earliest} and ${latest}. If no one decides, ${unanswered(first)}.`;
}

/** `Nothing was changed. The request was to block …`, or that everything was undone. */
export const notDone = (action: Action): string => {
  if (progressOf(action) !== 'undone')
    return `Nothing was changed. The request was to ${orderOf(action)}.`;
  const end = isTargetGone(action) ? NOTHING_TO_UNDO : 'Every partial change was undone.';
  return `Could not ${orderOf(action)}. ${end}`;
};

/** `Blocked … at 03:03 UTC. Undo is scheduled for 04:03 UTC.` */
export const inForceSince = (action: Action, now?: string | Date): string =>
  wasInPlaceBefore(action)
    ? alreadyInPlace(action)
    : `${doneOf(action)} at ${utc(action.appliedAt, now)}.${undoSentence(action, now)}`;

/** The change was there before the action: someone else made it, and it stays. */
export const alreadyInPlace = (action: Action): string =>
  `Nothing was changed. The request was to ${orderOf(action)}, and that was already in place. It stays in place after this action.`;

/** `The finding was closed at 03:15 UTC: its product marks it as archived.` */
export const findingClosed = (action: Action, now?: string | Date): string => {
  const closing = closingOf(action);
  const state = closing?.text.split(' ').at(-1) ?? 'closed';
  return `The finding was closed at ${utc(closing?.at, now ?? action.approval?.requestedAt)}: its product marks it as ${state}.`;
};

/** Two approvals may be needed, so one vote alone decides nothing. */
export function tooLate({ approval }: Action, now?: string | Date): string {
  const until = utc(approval?.expiresAt, now ?? approval?.requestedAt);
  const votes = approval?.votes ?? [];
  const approved = votes.filter(({ verdict }) => verdict === 'approved').length;
  return votes.length === 0
    ? `No one decided by ${until}`
    : `Too few people approved by ${until}: ${approved} of ${approval?.required ?? 1}`;
}

/** Begins with a space. Empty for an action that neither a schedule nor a review ends. */
const undoSentence = ({ dueAt, reviewAt }: Action, now?: string | Date): string => {
  if (dueAt) return ` Undo is scheduled for ${utc(dueAt, now)}.`;
  return reviewAt
    ? ` This stays until someone undoes it. Its next review is at ${utc(reviewAt, now)}.`
    : '';
};

/** Whether the message about the action opens the ticket that the action did not. */
export const isTicketElsewhere = ({ status, name }: Action): boolean =>
  opensTicketUnanswered(name) && (status === 'handed-off' || status === 'failed');

export const TICKET_ELSEWHERE =
  'This action opened no ticket. Countermand tried again with its message about this, which names the ticket if there is one.';

export const NOTHING_TO_UNDO = 'The target no longer exists, so nothing is left to undo.';

export const IN_RECORD = 'The reason is in the record';

export const incidentFact = ({ incidentId, account, region }: Action) => ({
  label: 'Incident',
  value: `${incidentId}, account ${account}, ${region}`,
});

/** The alert's own sentence first, then its type. */
export const whyFact = (alert: Alert | undefined) => ({
  label: 'Why',
  value: alert
    ? `${quoted(alert.title)}, severity ${alert.severity.label} (${alert.severity.score} of 10)\n${quoted(alert.type)}`
    : 'The alert’s record cannot be read.',
});

/** Actors and targets that no action covers. */
export const leftFacts = (left: readonly string[]): Text['facts'] =>
  left.length > 0 ? [{ label: NOT_PROPOSED, value: left.join('\n') }] : [];
export const NOT_PROPOSED = 'Not proposed';

export const steps = (title: string, lines: readonly string[]): Text['steps'] =>
  lines.length === 0 ? [] : [{ title, lines: [...lines] }];

/** `Blocked web requests from 203.0.113.7`, or `Block …` while it is only requested. */
export const titleOf = (action: Action): string => {
  const progress = progressOf(action);
  // A failed action made its change in part at most.
  const isChanged = (progress === 'made' || progress === 'undone') && action.status !== 'failed';
  return isChanged ? doneOf(action) : headlineOf(action);
};

/** `Blocked web requests from 203.0.113.7: in force until 03:15 UTC on 24 Nov 2026`. */
export const statusLine = (action: Action, now?: Date): string => {
  const { status, askedAnew, dueAt } = action;
  const again = askedAnew ? ', requested again' : '';
  const isInForce = status === 'in-force' && progressOf(action) === 'made';
  const until = isInForce && dueAt ? ` until ${utc(dueAt)}` : '';
  return `${titleOf(action)}: ${stateOf(action, now)}${again}${until}`;
};

export const moreActions = (count: number): string => `and ${count} more actions`;

export const namesOf = (people: readonly Approver[]) => people.map(({ name }) => name).join(', ');
