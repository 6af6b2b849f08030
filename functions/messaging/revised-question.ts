// Rewrites the question that a person received, after some of it was answered.
import type { Action } from '../domain/action.ts';
import type { Approver } from '../domain/approval.ts';
import { openRequestsTo } from '../domain/open-requests.ts';
import { openAlong } from '../domain/settled-together.ts';
import type { Store } from '../store/store.ts';
import { questionsTo } from './action-notice.ts';
import type { Message } from './message.ts';
import { type QuestionDeps, question } from './question.ts';

type RevisedDeps = QuestionDeps & { store: Pick<Store, 'records'>; now: () => Date };

/** All requests of the alerts that the actions are about. One message asked for all of an alert. */
const askedTogether = (about: readonly Action[], actions: readonly Action[]): Action[] =>
  actions.filter(({ alertId }) => about.some((one) => one.alertId === alertId));

/** The keys of the messages that asked the person about these actions, for channels that can edit them. */
export const questionsAbout = (
  about: readonly Action[],
  person: Approver,
  actions: readonly Action[],
): string[] => askedTogether(about, actions).flatMap((one) => questionsTo(one, person));

/** The question as it is now; null if the person has nothing left to decide. `actions`: all of the incident. */
export async function revisedQuestion(
  deps: RevisedDeps,
  about: readonly Action[],
  person: Approver,
  actions: readonly Action[],
): Promise<Message | null> {
  const along = openAlong(about, actions);
  const [first, ...others] = openRequestsTo(person.id, along, [], deps.now());
  const alert = first && (await deps.store.records.readableAlert(first.incidentId, first.alertId));
  if (!alert) return null;
  const facts = await deps.store.records.findFacts(first.incidentId, first.alertId);
  const message = await question(deps, first, alert, person, 0, { facts: facts ?? null, others });
  return {
    ...message,
    key: `${message.key}-revised`,
    urgency: 'inform',
    revises: questionsAbout(about, person, actions),
  };
}
