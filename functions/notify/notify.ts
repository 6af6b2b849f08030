// Tells people what they have to know or do about an action, by the state that it is in.
import { z } from 'zod';
import { Caught, causeText } from '../audit/caught.ts';
import { noted } from '../audit/chain.ts';
import { errorFields, type Log } from '../audit/log.ts';
import { type Action, ActionId, type Approver, IncidentId } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import { onCallOf, peopleOf } from '../domain/people.ts';
import type { Policy } from '../domain/policy.ts';
import type { Store } from '../store/store.ts';
import { issueLink, type Mac } from '../web/link.ts';
import type { Message, Send } from './message.ts';
import { sendAll } from './send-all.ts';
import {
  expiredText,
  failedText,
  handOffText,
  headlineOf,
  inDoubtText,
  keptText,
  notUndoneText,
  rotateText,
  stoppedText,
  unaskedText,
} from './texts.ts';

export type NotifyDeps = {
  store: Store;
  policy: Policy;
  send: Send;
  /** Opens the incident's ticket, or finds it; returns its id. */
  openTicket: (ticket: { incidentId: string; title: string; body: string }) => Promise<string>;
  mac: Pick<Mac, 'generate'>;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};

export const NotifyInput = z.object({
  incidentId: IncidentId,
  actionId: ActionId,
  failure: Caught.optional(),
});

/** Later than this an alert is assessed again rather than its old question asked. */
const ANEW_WITHIN_MS = 12 * 3_600_000;

type News = Pick<Message, 'subject' | 'paragraphs'> & { to: Approver[]; ticket: boolean };

export async function notify(deps: NotifyDeps, input: unknown) {
  const { incidentId, actionId, failure } = NotifyInput.parse(input);
  const action = await deps.store.records.action(incidentId, actionId);
  const alert = await deps.store.records.alert(incidentId, action.alertId);
  const why = failure ? causeText(failure) : null;
  const news = newsOf(action, alert, deps.policy, why, deps.now());
  if (!news) return { incidentId, actionId, told: 0 };
  const paragraphs = [
    ...news.paragraphs,
    ...(news.ticket ? [await ticketLine(deps, action, news)] : []),
  ];
  const messages = await Promise.all(
    news.to.map(
      async (person): Promise<Message> => ({
        key: `${action.status}-${actionId}-${sinceEntry(action)}-${person.id}`,
        to: { kind: 'person', ...person },
        urgency: 'page',
        subject: news.subject,
        paragraphs,
        links: await linksFor(deps, action, person),
        incidentId,
        actionId,
      }),
    ),
  );
  const unreached = await sendAll(deps.send, messages, deps.log);
  await markTold(deps, action, news.to, unreached);
  return { incidentId, actionId, told: messages.length - unreached.length };
}

/** Managers can have asked anew what nobody decided. */
async function linksFor(
  { mac, webBaseUrl, now }: NotifyDeps,
  { status, approval, incidentId, actionId, digest }: Action,
  person: Approver,
): Promise<Message['links']> {
  if (status !== 'expired' || !approval?.managers.some(({ id }) => id === person.id)) return [];
  const expires = Math.floor((now().getTime() + ANEW_WITHIN_MS) / 1000);
  const claims = { purpose: 'ask-anew', incidentId, actionId, digest, expires } as const;
  const token = await issueLink(mac, { ...claims, person: person.id });
  return [{ label: 'Have it asked anew', url: `${webBaseUrl}/ask-anew/${token}` }];
}

/** The same news has the same key, however often it is told: it counts from the entry that brought the state. */
const sinceEntry = ({ history, status }: Action) =>
  Math.max(
    0,
    history.findLastIndex(({ event }) => event === status),
  );

/** People hear of it even where no ticket can be opened. */
async function ticketLine(
  { openTicket, log }: NotifyDeps,
  action: Action,
  news: News,
): Promise<string> {
  const { incidentId, actionId } = action;
  try {
    const body = news.paragraphs.join('\n\n');
    return `Ticket ${await openTicket({ incidentId, title: headlineOf(action), body })}.`;
  } catch (error) {
    log('error', 'ticket not opened', { incidentId, actionId, ...errorFields(error) });
    return 'No ticket could be opened.';
  }
}

/** What is to be told, and to whom; null where the state needs nobody. */
function newsOf(
  action: Action,
  alert: Alert,
  { escalation }: Policy,
  failure: string | null,
  now: Date,
): News | null {
  const onCall = onCallOf(escalation);
  const managers = peopleOf(escalation, escalation.managers);
  const asked = action.approval?.rungs.flatMap(({ ask }) => ask) ?? [];
  const everybody = unique([...asked, ...(action.approval?.managers ?? managers)]);
  const decidedBy = asked.filter(({ id }) => id === action.approval?.decision?.by);
  const approvedOnce = action.approval?.decision?.verdict === 'approved';
  switch (action.status) {
    case 'handed-off':
      return approvedOnce
        ? { ...stoppedText(action), to: unique([...decidedBy, ...onCall]), ticket: true }
        : { ...handOffText(action, alert), to: onCall, ticket: true };
    case 'observed':
      return approvedOnce ? { ...stoppedText(action), to: decidedBy, ticket: false } : null;
    case 'expired':
      return { ...expiredText(action), to: everybody, ticket: true };
    case 'failed': {
      const stopped = approvedOnce && action.appliedAt === null && action.before === null;
      const text = stopped ? stoppedText(action) : failedText(action);
      return { ...text, to: unique([...decidedBy, ...onCall]), ticket: true };
    }
    case 'approved':
      return {
        ...stoppedText(action, failure),
        to: unique([...decidedBy, ...onCall]),
        ticket: true,
      };
    case 'proposed':
      return { ...stoppedText(action, failure), to: onCall, ticket: true };
    case 'awaiting-approval':
      return { ...unaskedText(action, failure), to: everybody, ticket: true };
    case 'kept':
      return action.reviewAt && action.reviewAt <= now.toISOString()
        ? {
            ...keptText(action, 'Its review is overdue.'),
            to: unique([...onCall, ...managers]),
            ticket: false,
          }
        : null;
    case 'reversed':
      return afterwards(action, unique([...decidedBy, ...onCall]));
    case 'reversal-failed':
    case 'reversing':
    case 'executing':
    case 'in-force': {
      const isDue = action.status !== 'in-force' || Date.parse(action.dueAt ?? '') <= now.getTime();
      const text = isDue ? notUndoneText(action, failure) : inDoubtText(action, failure);
      return { ...text, to: unique([...onCall, ...managers]), ticket: true };
    }
    default:
      return null;
  }
}

/** The work that a reversal leaves, once: the sweeper may look at it again when it is over. */
function afterwards(action: Action, to: Approver[]): News | null {
  const { history, status } = action;
  const last = (wanted: string) => history.findLastIndex(({ event }) => event === wanted);
  const text = last('told') > last(status) ? null : rotateText(action);
  return text && { ...text, to, ticket: true };
}

const unique = (people: readonly Approver[]): Approver[] => [
  ...new Map(people.map((person) => [person.id, person])).values(),
];

const UNTIL_TOLD: readonly Action['status'][] = ['handed-off', 'expired'];

/** With this the sweeper knows that what has an end only when people know of it reached somebody. */
async function markTold(
  { store, now }: NotifyDeps,
  { incidentId, actionId }: Action,
  to: readonly Approver[],
  unreached: readonly Message[],
) {
  const missed = new Set(
    unreached.map((message) => (message.to.kind === 'person' ? message.to.id : '')),
  );
  const reached = to.filter(({ id }) => !missed.has(id));
  const notReached = to.filter(({ id }) => missed.has(id));
  const text = `Told ${namesOf(reached)}${notReached.length > 0 ? `; not reached: ${namesOf(notReached)}` : ''}`;
  await store.records.changeAction(incidentId, actionId, (current) => ({
    ...noted(current, { at: now(), by: 'notify', event: 'told', text }),
    attentionAt: UNTIL_TOLD.includes(current.status) ? null : current.attentionAt,
  }));
}

const namesOf = (people: readonly Approver[]) => people.map(({ name }) => name).join(', ');
