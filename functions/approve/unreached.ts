// Records that an email did not arrive, and pages the next people.
import { type Action, concerns } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import type { Approver } from '../domain/approval.ts';
import { asRaised } from '../domain/effect-state.ts';
import type { Undelivered } from '../domain/undelivered.ts';
import type { Message, Recipient } from '../messaging/message.ts';
import { sendAll, troubleIn, withFailures } from '../messaging/send-all.ts';
import { notDelivered } from '../messaging/texts/delivery.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { ApproveDeps } from './deps.ts';
import { hasDirectMessage } from './escalate.ts';

export const PAGED_TEAM = 'team-paged';

export const hasEvent = ({ history }: Pick<Action, 'history'>, event: string): boolean =>
  history.some((entry) => entry.event === event);

/**
 * Records it once per person, unless `isOver`. `isRead`: whether the person has the message in Slack. `action`: with
 * the entry.
 */
export async function recordUnreached(
  deps: ApproveDeps,
  found: Action,
  { person, why }: { person: Pick<Approver, 'id' | 'name'>; why: Undelivered },
  isOver: (current: Action) => boolean = () => false,
): Promise<{ action: Action; isRead: boolean }> {
  const isRead = hasDirectMessage(deps, found, person);
  const event = isRead ? 'email-failed' : 'not-reached';
  const text = notDelivered(person.name, isRead, why);
  const { incidentId, actionId } = found;
  const action = await deps.store.records.changeAction(incidentId, actionId, (current) =>
    isOver(current) ||
    current.history.some((entry) => entry.event === event && concerns(entry, person.id))
      ? null
      : withEntry(current, {
          ...{ at: deps.now(), by: 'approve', event, text },
          people: [person.id],
        }),
  );
  return { action, isRead };
}

type Page = {
  /** The team is paged if this is empty. */
  people: readonly Approver[];
  /** Begins the keys of the messages. */
  key: string;
  text: Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps'>;
  /** Undefined if the alert can't be read. */
  alert: Alert | undefined;
  /** Recorded if people were paged. */
  event: string;
  entry: (names: string) => string;
};

/** Pages the people, or the team without any, and records that. */
export async function pageOrTeam(
  { store, send, log, now }: ApproveDeps,
  action: Action,
  { people, key, text, alert, event, entry }: Page,
): Promise<void> {
  const { incidentId, actionId } = action;
  const recipients: Recipient[] =
    people.length > 0 ? people.map((one) => ({ kind: 'person', ...one })) : [{ kind: 'team' }];
  const messages = recipients.map((to) => ({
    key: `${key}-${actionId}-${to.kind === 'person' ? to.id : 'team'}`,
    ...{ to, urgency: 'page' as const },
    ...(alert && { severity: asRaised(alert, action).severity.label }),
    ...{ ends: [], links: [], incidentId, actionId },
    ...text,
  }));
  const sent = await sendAll(send, messages, log);
  const names = people.map(({ name }) => name).join(', ') || 'the team';
  await store.records.changeAction(incidentId, actionId, (current) =>
    withEntry(withFailures(current, sent, { at: now(), by: 'approve' }), {
      ...{ at: now(), by: 'approve', text: `${entry(names)}${troubleIn(sent)}` },
      event: people.length > 0 ? event : PAGED_TEAM,
    }),
  );
}
