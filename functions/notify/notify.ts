// Tells people what they have to know or do about an action, by the state that it is in.
import { z } from 'zod';
import { noted } from '../audit/chain.ts';
import type { Log } from '../audit/log.ts';
import { type Action, ActionId, type Approver, IncidentId } from '../domain/action.ts';
import type { Policy } from '../domain/policy.ts';
import type { Store } from '../store/store.ts';
import type { Message, Send } from './message.ts';
import { sendAll } from './send-all.ts';
import {
  expiredText,
  failedText,
  handOffText,
  headlineOf,
  notUndoneText,
  stoppedText,
  unaskedText,
} from './texts.ts';

export type NotifyDeps = {
  store: Store;
  policy: Policy;
  send: Send;
  /** Opens the incident's ticket, or finds it; returns its id. */
  openTicket: (ticket: { incidentId: string; title: string; body: string }) => Promise<string>;
  now: () => Date;
  log: Log;
};

export const NotifyInput = z.object({
  incidentId: IncidentId,
  actionId: ActionId,
  failure: z.object({ Error: z.string(), Cause: z.string().optional() }).optional(),
});

type News = Pick<Message, 'subject' | 'paragraphs'> & { to: Approver[]; ticket: boolean };

export async function notify(deps: NotifyDeps, input: unknown) {
  const { incidentId, actionId, failure } = NotifyInput.parse(input);
  const action = await deps.store.records.action(incidentId, actionId);
  const news = newsOf(
    action,
    deps.policy,
    failure ? `${failure.Error}: ${failure.Cause ?? ''}` : null,
  );
  if (!news) return { incidentId, actionId, told: 0 };
  const ticketId = news.ticket
    ? await deps.openTicket({
        incidentId,
        title: headlineOf(action),
        body: news.paragraphs.join('\n\n'),
      })
    : null;
  const paragraphs = ticketId ? [...news.paragraphs, `Ticket ${ticketId}.`] : news.paragraphs;
  const messages = news.to.map(
    (person): Message => ({
      key: `${action.status}-${actionId}-${action.version}-${person.id}`,
      to: { kind: 'person', ...person },
      urgency: 'page',
      subject: news.subject,
      paragraphs,
      links: [],
      incidentId,
      actionId,
    }),
  );
  await sendAll(deps.send, messages, deps.log);
  await markTold(deps, action, news.to);
  return { incidentId, actionId, told: messages.length };
}

/** What is to be told, and to whom; null where the state needs nobody. */
function newsOf(action: Action, policy: Policy, failure: string | null): News | null {
  const onCall = peopleOf(policy, policy.escalation.ladder[0]?.ask ?? []);
  const managers = peopleOf(policy, policy.escalation.managers);
  const asked = action.approval?.rungs.flatMap(({ ask }) => ask) ?? [];
  const everybody = unique([...asked, ...(action.approval?.managers ?? managers)]);
  const decidedBy = asked.filter(({ id }) => id === action.approval?.decision?.by);
  const approvedOnce = action.approval?.decision?.verdict === 'approved';
  switch (action.status) {
    case 'handed-off':
      return approvedOnce
        ? { ...stoppedText(action), to: unique([...decidedBy, ...onCall]), ticket: true }
        : { ...handOffText(action), to: onCall, ticket: true };
    case 'observed':
      return approvedOnce ? { ...stoppedText(action), to: decidedBy, ticket: false } : null;
    case 'expired':
      return { ...expiredText(action), to: everybody, ticket: true };
    case 'failed': {
      const stopped = approvedOnce && action.appliedAt === null && action.before === null;
      const text = stopped ? stoppedText(action) : failedText(action);
      return { ...text, to: unique([...decidedBy, ...onCall]), ticket: true };
    }
    case 'awaiting-approval':
      return { ...unaskedText(action, failure), to: everybody, ticket: true };
    case 'reversal-failed':
    case 'reversing':
    case 'executing':
    case 'in-force':
      return {
        ...notUndoneText(action, failure),
        to: unique([...onCall, ...managers]),
        ticket: true,
      };
    default:
      return null;
  }
}

const peopleOf = ({ escalation }: Policy, ids: readonly string[]): Approver[] =>
  ids.flatMap((id) => {
    const person = escalation.people[id];
    return person ? [{ id, name: person.name, email: person.email }] : [];
  });

const unique = (people: readonly Approver[]): Approver[] => [
  ...new Map(people.map((person) => [person.id, person])).values(),
];

/** With this the sweeper knows that a hand-off reached somebody. */
async function markTold(
  { store, now }: NotifyDeps,
  { incidentId, actionId }: Action,
  to: readonly Approver[],
) {
  const text = `Told ${to.map(({ name }) => name).join(', ')}`;
  await store.records.changeAction(incidentId, actionId, (current) => ({
    ...noted(current, { at: now(), by: 'notify', event: 'told', text }),
    attentionAt: current.status === 'handed-off' ? null : current.attentionAt,
  }));
}
