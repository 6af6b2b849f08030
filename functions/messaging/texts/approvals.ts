// Who has approved a request that needs several people, and who has not.
import type { Action } from '../../domain/action.ts';
import { type ApprovalRequest, approvalsIn, peopleAsked } from '../../domain/approval.ts';
import { utc } from '../../domain/wording.ts';
import { orderOf } from './action-line.ts';
import { incidentFact, namesOf, requestSubject, type Text, unansweredBy } from './phrases.ts';

/** How many must approve, who answered, and who is still needed. Nothing where one approval is enough. */
export function approvalsFact(all: readonly Action[]): Text['facts'] {
  const lines = all.flatMap(({ approval }) =>
    approval && approval.required > 1 ? approvalsOf(approval) : [],
  );
  return lines.length > 0 ? [{ label: 'Approvals', value: [...new Set(lines)].join('\n') }] : [];
}

function approvalsOf(approval: ApprovalRequest): string {
  const { required, votes, requestedAt } = approval;
  const people = peopleAsked(approval);
  const nameOf = (id: string): string => people.find((one) => one.id === id)?.name ?? id;
  const left = people.filter(({ id }) => votes.every(({ by }) => by !== id));
  const missing = required - approvalsIn(approval).length;
  const needed = left.length > missing ? `${missing} of ${namesOf(left)}` : namesOf(left);
  return [
    `${required} people must approve.`,
    ...votes.map(
      ({ by, verdict, at }) => `${nameOf(by)} ${verdict} this at ${utc(at, requestedAt)}.`,
    ),
    ...(votes.length > 0 && left.length > 0 ? [`Still needed: ${needed}.`] : []),
  ].join(' ');
}

/** Replaces the question for a person who has answered while others must still approve. */
export const votedText = (action: Action): Text => ({
  subject: requestSubject('Waiting for another approval:', action),
  paragraphs: [
    `Nothing has changed yet. The request is to ${orderOf(action)}.\n${unansweredBy([action], (at) => utc(at, action.approval?.requestedAt))}`,
  ],
  facts: [...approvalsFact([action]), incidentFact(action)],
  steps: [],
});
