// Messages of the demo: which wait for an answer, and how the others ended.
import type { Action } from '../functions/domain/action.ts';
import { waitsFor } from '../functions/domain/open-requests.ts';
import type { Message } from '../functions/messaging/message.ts';
import { stateOf } from '../functions/messaging/texts/action-line.ts';
import { subjectWithSeverity } from '../functions/messaging/texts/delivery.ts';
import type { Delivered } from '../local/aws/inbox.ts';
import type { Runtime } from '../local/runtime.ts';
import { INBOX } from './texts.ts';

export type ShownMessage = Pick<Message, 'paragraphs' | 'facts' | 'steps' | 'links'> & {
  id: string;
  to: string;
  at: string;
  subject: string;
  /** The current state in words, if the message no longer needs an answer. */
  settled: string | null;
};

/** All messages: first those whose requests wait for an answer; each part newest first. */
export function questionsFirst(
  delivered: readonly Delivered[],
  waiting: readonly Action[],
): Delivered[] {
  const asks = ({ message }: Delivered) =>
    message.links.length > 0 && waiting.some((one) => isAskedBy(message, one));
  const newestFirst = delivered.toReversed();
  return [...newestFirst.filter(asks), ...newestFirst.filter((one) => !asks(one))];
}

/** The page of a question shows all requests of its incident that wait for the reader. */
const isAskedBy = ({ key, incidentId, actionId, to }: Message, request: Action): boolean =>
  request.actionId === actionId ||
  (key.startsWith('ask-') &&
    request.incidentId === incidentId &&
    to.kind === 'person' &&
    waitsFor(request, to.id));

/** A message needs an answer while the action is in the state that the message is about. */
export async function showMessage(
  { store }: Pick<Runtime['consoleDeps'], 'store'>,
  { at, message }: Delivered,
  { waiting, now }: { waiting: readonly Action[]; now: Date },
): Promise<ShownMessage> {
  const isOpen = waiting.some((one) => isAskedBy(message, one));
  const { key, to, paragraphs, facts, steps, links, incidentId, actionId } = message;
  const action =
    links.length > 0 && actionId
      ? await store.records.readableAction(incidentId, actionId)
      : undefined;
  return {
    id: key,
    to: to.kind === 'person' ? to.name : INBOX.team,
    at,
    subject: subjectWithSeverity(message),
    ...{ paragraphs, facts, steps, links },
    settled: action && !isAsking(key, action) && !isOpen ? stateOf(action, now) : null,
  };
}

/** The key says whether the message is a question, a reminder, a review or an outcome. */
function isAsking(key: string, { status, reviewAt }: Action): boolean {
  if (key.startsWith('ask-')) return status === 'awaiting-approval';
  if (!key.startsWith('remind-')) return true;
  return status === 'in-force' || (status === 'kept' && key.includes(`${reviewAt}`));
}
