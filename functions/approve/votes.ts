// Shows a vote that does not decide yet in the questions that were sent.
import type { Action } from '../domain/action.ts';
import type { Approver } from '../domain/approval.ts';
import { askedOf } from '../messaging/action-notice.ts';
import type { Message } from '../messaging/message.ts';
import { questionsAbout, revisedQuestion } from '../messaging/revised-question.ts';
import { sendEach } from '../messaging/send-all.ts';
import { votedText } from '../messaging/texts/approvals.ts';
import type { ApproveDeps } from './deps.ts';

/** Edits the message of everyone who was asked. Sends nothing new, and does nothing after the decision. */
export async function showVotes(
  deps: ApproveDeps,
  { incidentId, actionId }: { incidentId: string; actionId: string },
): Promise<void> {
  const { records } = deps.store;
  const action = await records.action(incidentId, actionId);
  if (action.status !== 'awaiting-approval' || !action.approval?.votes.length) return;
  const actions = await records.actions(incidentId);
  const messages = await Promise.all(
    askedOf(action).map(
      async (person) =>
        (await revisedQuestion(deps, [action], person, actions)) ??
        answered(action, person, actions),
    ),
  );
  await sendEach(deps.send, messages, deps.log);
}

/** The text for a person who has nothing left to answer. */
const answered = (action: Action, person: Approver, actions: readonly Action[]): Message => ({
  ...votedText(action),
  key: `voted-${action.actionId}-${person.id}`,
  to: { kind: 'person', ...person },
  urgency: 'inform',
  ends: [],
  revises: questionsAbout([action], person, actions),
  links: [],
  incidentId: action.incidentId,
  actionId: action.actionId,
});
