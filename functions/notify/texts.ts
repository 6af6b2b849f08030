// What messages say. Facts first, in words that code wrote; what a model wrote stands last and is marked.
import type { Action, Approver } from '../domain/action.ts';
import type { Incident } from '../domain/incident.ts';
import { words } from '../domain/wording.ts';
import type { Message } from './message.ts';

type Text = Pick<Message, 'subject' | 'paragraphs'>;

/** One line about the action, in plain words. */
export const headlineOf = ({ description, recommendation, name, target }: Action): string =>
  description?.headline ??
  `${words(name ?? recommendation.action)} on ${target?.value ?? recommendation.target}`;

/** A block that is lifted while the attack goes on is a gift: what was seen since, as far as we know. */
export function seenSince({ alerts }: Incident, { appliedAt }: Pick<Action, 'appliedAt'>): string {
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

const subjectOf = (word: string, action: Action) => `${word}: ${headlineOf(action)}`.slice(0, 100);
const at = (instant: string | null) =>
  instant ? `${instant.slice(0, 16).replace('T', ' ')} UTC` : 'never';
const incidentLine = ({ incidentId }: Action) => `Incident ${incidentId}.`;
const modelsWords = ({ recommendation }: Action) =>
  `Written by a model, and possibly influenced by the attacker: ${recommendation.reasoning}`;

export function askText(action: Action, askedBefore: readonly Approver[]): Text {
  const before = askedBefore.map(({ name }) => name).join(', ');
  return {
    subject: subjectOf('Approve?', action),
    paragraphs: [
      ...(action.description?.changes ?? []),
      `Affected: ${action.description?.affected.join('. ') ?? 'unknown'}`,
      `Undo: ${action.description?.undo ?? 'unknown'}.`,
      `Without an answer by ${at(action.approval?.expiresAt ?? null)} nothing happens.`,
      ...(before ? [`Asked before you, without an answer: ${before}.`] : []),
      `${incidentLine(action)} Confidence ${action.recommendation.confidence} of 100.`,
    ],
  };
}

export function remindText(action: Action, seenSince: string): Text {
  return {
    subject: subjectOf('Will be undone', action),
    paragraphs: [
      `In force since ${at(action.appliedAt)}. It is undone at ${at(action.dueAt)} unless somebody keeps or extends it.`,
      seenSince,
      incidentLine(action),
    ],
  };
}

export function expiredText(action: Action): Text {
  const asked = action.approval?.rungs.flatMap(({ ask }) => ask.map(({ name }) => name)).join(', ');
  return {
    subject: subjectOf('Not done, no answer', action),
    paragraphs: [
      `Nobody decided in time, so nothing was done. Asked: ${asked || 'nobody'}.`,
      'If the attack goes on, act by hand or deliver the alert again.',
      ...(action.description?.changes ?? []),
      incidentLine(action),
    ],
  };
}

/** A person does it, or decides not to: what to check, what would be typed, how it is taken back. */
export function handOffText(action: Action): Text {
  const target = action.target;
  return {
    subject: subjectOf('Yours to decide', action),
    paragraphs: [
      `Countermand does not do this by itself: ${action.reasons.map(({ text }) => text).join('. ')}.`,
      `Target: ${target ? `${target.kind} ${target.value}, named as ${target.part}` : `"${action.recommendation.target}", which is nothing in the alert`}.`,
      ...(action.description?.changes ?? []),
      'Before you act: does the alert describe what you see? Who uses the target at this hour? Who has to be told?',
      incidentLine(action),
      modelsWords(action),
    ],
  };
}

export function stoppedText(action: Action): Text {
  return {
    subject: subjectOf('Approved, but stopped', action),
    paragraphs: [
      action.failure ?? 'It was stopped after the approval.',
      'Nothing was changed.',
      incidentLine(action),
    ],
  };
}

export function failedText(action: Action): Text {
  return {
    subject: subjectOf('Failed', action),
    paragraphs: [
      `It could not be carried out: ${action.failure ?? 'the reason is in the record'}.`,
      'What had been changed was taken back.',
      incidentLine(action),
    ],
  };
}

/** The reversal failed, or never ended: the one message that must not be missed. */
export function notUndoneText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('NOT UNDONE', action),
    paragraphs: [
      `It should have been undone, and is not (${action.status}): ${failure ?? action.history.at(-1)?.text ?? ''}`,
      'By hand:',
      ...(action.description?.manualUndo ?? []),
      incidentLine(action),
    ],
  };
}

export function unaskedText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('Nobody could be asked', action),
    paragraphs: [
      `An approval is needed and the question could not be put: ${failure ?? 'the reason is in the record'}.`,
      'Nothing was done.',
      incidentLine(action),
    ],
  };
}
