// Messages about messages: the digest, the hourly limit, channels that failed.
import type { Action } from '../../domain/action.ts';
import { informs } from '../../domain/action-catalog.ts';
import type { Alert } from '../../domain/alert.ts';
import type { Undelivered } from '../../domain/undelivered.ts';
import { capitalised, counted, folded, oneLine, quoted, timeOfDay } from '../../domain/wording.ts';
import type { Limits } from '../../policy/schemas/limits.ts';
import type { Message } from '../message.ts';
import { headlineOf } from './action-line.ts';
import { incidentFact, statusLine, titleOf, whyFact } from './phrases.ts';
import { plainTitle } from './reason.ts';

/** People sort their messages by the severity in the subject. A ticket's title has it already. */
export function subjectWithSeverity({
  severity,
  subject,
}: Pick<Message, 'severity' | 'subject'>): string {
  if (!severity) return subject;
  const prefix = `${capitalised(severity)}: `;
  return subject.includes(prefix) ? subject : oneLine(`${prefix}${subject}`, 99);
}

type Listed = { needsAnswer: boolean; text: string };

/** The line of one incident whose later requests were collected. `updates`: news of the requests, oldest first. */
export function collectedLine(
  title: string,
  requests: readonly Action[],
  updates: readonly string[],
): string {
  const [first] = requests;
  const until = timeOfDay(first?.approval?.expiresAt);
  const orders = folded(
    requests.map((one) => oneLine(headlineOf(one), 80)),
    MAX_NAMED,
  );
  const news = updates.length > 0 ? ` Updated: ${folded(updates, MAX_NAMED).join('; ')}` : '';
  const count = counted(requests.length, 'request');
  return `${count} about ${quoted(title, 80)}, the first until ${until}: ${orders.join('; ')}.${news}`;
}

const MAX_NAMED = 3;

/** One message for the requests of later alerts. `count`: the requests of all lines. */
export function collectedText(
  lines: readonly Listed[],
  count: number,
): Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps'> {
  const [one] = lines;
  const where = lines.length === 1 ? 'one incident' : `${lines.length} incidents`;
  return {
    subject: `Approve or decline ${counted(count, 'request')} of ${where}`,
    paragraphs: [
      lines.length === 1 && one
        ? one.text
        : `Approve or decline:\n${lines.map(({ text }) => `- ${text}`).join('\n')}`,
      'You were asked about an earlier alert of the incident. The requests of later alerts arrive together. Each link opens a page with all open requests of its incident.',
    ],
    facts: [],
    steps: [],
  };
}

/** One message for the pages that paged no one. `more`: pages that are not listed. */
export function digestText(
  lines: readonly Listed[],
  more: number,
  { perPersonPerHour, reservedForSevere }: Limits['pages'],
  /** All of them waited for the recipient's working hours. */
  isMorning = false,
): Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps'> {
  const open = lines.filter(({ needsAnswer }) => needsAnswer);
  const over = lines.filter(({ needsAnswer }) => !needsAnswer);
  const count = lines.length + more;
  const list = (title: string, some: readonly Listed[]) =>
    some.length > 0 ? [`${title}\n${some.map(({ text }) => `- ${text}`).join('\n')}`] : [];
  const [first, ...rest] = [
    ...list('These still need a person:', open),
    ...list('These need no answer:', over),
    ...(more > 0 ? [`${more} more are not listed. Each one has a ticket or a record.`] : []),
    isMorning
      ? 'These messages are about minor alerts and came outside your working hours, so they waited.'
      : `Policy limits your pages to ${perPersonPerHour} an hour, ${reservedForSevere} of them reserved for high and critical alerts.`,
  ];
  return {
    subject: `${counted(count, 'message')} ${isMorning ? 'outside your working hours' : 'without a page'}, ${open.length} still open`,
    paragraphs: [first ?? '', ...rest],
    facts: [],
    steps: [],
  };
}

/** Follows the state of an action that ended without its change. */
export const IN_TICKET = 'the incident’s ticket has the next steps';

const everyMinutes = (minutes: number): string =>
  minutes === 1 ? 'every minute' : `every ${minutes} min`;

/** The last paragraph of the last page within the hour. */
export const lastPageNotice = (perHour: number, nextAt: string, digestAfterMinutes: number) =>
  `This is your last page before ${timeOfDay(nextAt)}, except for critical incidents and failed undos: the limit is ${perHour} an hour. Later messages arrive in a digest ${everyMinutes(digestAfterMinutes)}, without a page.`;

export const inNextDigest = (names: readonly string[]): string =>
  `in the next digest: ${names.join(', ')}`;

export const notPaged = (names: readonly string[]): string =>
  `not paged (hourly limit reached): ${names.join(', ')}`;

/** To a recipient who got the message through other channels. */
export function reportText(
  subject: string,
  names: readonly string[],
): Pick<Message, 'subject' | 'paragraphs'> {
  const channels = names.join(' and ');
  return {
    subject: `Not delivered by ${channels}`.slice(0, 100),
    paragraphs: [
      `${channels} rejected a message that reached you through another channel: “${subject}”.`,
      'Please have the channel checked. Until then, messages reach you through the others.',
    ],
  };
}

const WHY_NOT_DELIVERED: Readonly<Record<Undelivered, string>> = {
  bounced: 'the mail server rejected the email',
  'marked-as-spam': 'the email was marked as spam',
  refused: 'Amazon SES refused to send the email',
  delayed: 'the mail server has not accepted the email yet',
};

/** Why no approver has the request. */
export const EMAIL_FAILED = 'The email to everyone who was asked did not arrive';

/** An entry of a history. `isRead`: another channel delivered the message. */
export const notDelivered = (name: string, isRead: boolean, why: Undelivered): string =>
  `${isRead ? `Not delivered: email to ${name}` : `Not reached: ${name}`}; ${WHY_NOT_DELIVERED[why]}`;

/** An entry of a history, with the next people who were paged. */
export const pagedNext = (names: string): string =>
  `Paged ${names}, because the emails to the people paged first were not delivered`;

/** To the next people of the escalation policy: the email that pages the people before them did not arrive. */
export const unreadText = (
  alert: Alert | undefined,
  name: string,
  action: Action,
): Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps'> => ({
  subject: oneLine(`No one on call reached: ${alert ? plainTitle(alert) : titleOf(action)}`, 99),
  paragraphs: [
    `Look at this incident now: the email that pages ${name} did not arrive. Its ticket has the details.`,
  ],
  facts: [
    ...(alert ? [whyFact(alert)] : []),
    ...(informs(action.name) ? [] : [{ label: 'Action', value: statusLine(action) }]),
    incidentFact(action),
  ],
  steps: [],
});

/** To the team: no email reaches this address until someone corrects it. */
export const undeliveredText = (
  { name, email }: { name: string; email: string },
  why: Undelivered,
): Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps'> => ({
  subject: oneLine(`Email to ${name} does not arrive: correct the address`, 99),
  paragraphs: [
    `${name} may miss approval requests: ${WHY_NOT_DELIVERED[why]}.\nCorrect the address in policies/escalation.yaml and deploy, or fix the mailbox.`,
    'Until then, open requests go to the next person of the escalation policy.',
  ],
  facts: [{ label: 'Address', value: email }],
  steps: [
    {
      title: 'If the address is correct and the mailbox works again, let SES send to it',
      lines: [`aws sesv2 delete-suppressed-destination --email-address ${email}`],
    },
  ],
});
