// What messages say. Facts first, in words that code wrote; what a model wrote stands last and is marked.
import type { Action, Approver } from '../domain/action.ts';
import type { Alert } from '../domain/alert.ts';
import type { Incident, Outcome } from '../domain/incident.ts';
import { oneLine, quoted, utc, words } from '../domain/wording.ts';
import type { Message } from './message.ts';
import { rotationOf } from './rotation.ts';
import { runbookOf } from './runbook.ts';

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

/** One line, whatever an attacker named the target; phone screens and SNS end at 100 characters. */
const subjectOf = (word: string, action: Action) => oneLine(`${word} ${headlineOf(action)}`, 99);
const incidentLine = ({ incidentId, account, region }: Action) =>
  `Incident ${incidentId}, account ${account}, ${region}.`;
const modelsWords = ({ recommendation }: Action) =>
  `The reasoning, written by a machine and possibly influenced by the attacker: ${quoted(recommendation.reasoning, 1000)}`;
const whyOf = ({ type, severity }: Alert) =>
  `Why: ${quoted(type)}, severity ${severity.label} (${severity.score} of 10).`;

/** `alike` are the questions of the same kind that the same page asks. */
export function askText(
  action: Action,
  alert: Alert,
  askedBefore: readonly Approver[],
  alike: readonly Action[] = [],
): Text {
  const before = askedBefore.map(({ name }) => name).join(', ');
  const { description, approval } = action;
  return {
    subject: subjectOf(alike.length > 0 ? `Approve ${alike.length + 1}?` : 'Approve?', action),
    paragraphs: [
      ...(description?.changes ?? [headlineOf(action)]),
      ...(alike.length > 0
        ? [`And ${alike.length} more of the same kind:\n${alike.map(headlineOf).join('\n')}`]
        : []),
      whyOf(alert),
      `Affected: ${description?.affected.join('. ') ?? 'not known'}.`,
      `Undone: ${description?.undo ?? 'not described'}.`,
      `Without an answer by ${utc(approval?.expiresAt)} nothing is done.`,
      ...(before ? [`Asked before you, without an answer: ${before}.`] : []),
      incidentLine(action),
    ],
  };
}

export function remindText(action: Action, seenSince: string): Text {
  return {
    subject: subjectOf('Will be undone:', action),
    paragraphs: [
      `In force since ${utc(action.appliedAt)}. It is undone at ${utc(action.dueAt)} unless somebody keeps or extends it.`,
      seenSince,
      ...wayToANewKey(action),
      incidentLine(action),
    ],
  };
}

/** Of what somebody kept: is it still right? */
export function keptText(action: Action, seenSince: string): Text {
  return {
    subject: subjectOf('Still right?', action),
    paragraphs: [
      `It was kept and has been in force since ${utc(action.appliedAt)}. Keep it on, or reverse it.`,
      seenSince,
      ...wayToANewKey(action),
      incidentLine(action),
    ],
  };
}

/** A revoked key was given back: null for any other action, which needs nobody when it is over. */
export function rotateText(action: Action): Text | null {
  const way = wayToANewKey(action);
  if (way.length === 0) return null;
  return {
    subject: subjectOf('Over, now rotate:', action),
    paragraphs: [
      `It is over: ${oneLine(action.history.at(-1)?.text ?? '')}. Whoever took the key may still have it.`,
      ...way,
      incidentLine(action),
    ],
  };
}

const wayToANewKey = (action: Action): string[] =>
  steps('The way to a new key, for its owner', rotationOf(action));

export function expiredText(action: Action): Text {
  const asked = action.approval?.rungs.flatMap(({ ask }) => ask.map(({ name }) => name)).join(', ');
  return {
    subject: subjectOf('Not done, no answer:', action),
    paragraphs: [
      `Nobody decided in time, so nothing was done. Asked: ${asked || 'nobody'}.`,
      'Nothing asks again by itself. A manager can have it asked anew; or somebody does it by hand:',
      ...(action.description?.changes ?? []),
      incidentLine(action),
    ],
  };
}

/** A person does it, or decides not to: what to check, what would be typed, how it is taken back. */
export function handOffText(action: Action, alert: Alert): Text {
  const { target, recommendation } = action;
  const { look, act, undo } = runbookOf(action, alert);
  const named = target
    ? `${words(target.kind)} ${quoted(target.value)}, the ${PARTS[target.part]} of the alert`
    : `${quoted(recommendation.target, 64)}, which is nothing in the alert`;
  return {
    subject: subjectOf('Yours to decide:', action),
    paragraphs: [
      `Countermand does not do this by itself. ${action.reasons.map(({ text }) => oneLine(text)).join('. ')}.`,
      `Target: ${named}.`,
      `${whyOf(alert)} ${quoted(alert.title)}`,
      'Before you act: does the alert describe what you see? Who uses the target at this hour? Who has to be told?',
      ...steps('Look first', look),
      ...steps('To do it', act),
      ...steps('To take it back', undo),
      incidentLine(action),
      modelsWords(action),
    ],
  };
}

const PARTS = { actor: 'actor', target: 'victim', related: 'side' } as const;

/** One paragraph, a step a line: messages keep line breaks. */
const steps = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${title}:\n${lines.join('\n')}`];

export function stoppedText(action: Action, failure: string | null = null): Text {
  return {
    subject: subjectOf('Approved, but stopped:', action),
    paragraphs: [
      `${oneLine(failure ?? action.failure ?? 'It was stopped after the approval')}.`,
      'Nothing was changed.',
      incidentLine(action),
    ],
  };
}

export function failedText(action: Action): Text {
  return {
    subject: subjectOf('Failed:', action),
    paragraphs: [
      `It could not be carried out: ${oneLine(action.failure ?? 'the reason is in the record')}.`,
      'What had been changed was taken back.',
      incidentLine(action),
    ],
  };
}

/** The reversal failed, or never ended: the one message that must not be missed. */
export function notUndoneText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('NOT UNDONE:', action),
    paragraphs: [
      `It should have been undone, and is not (${words(action.status)}): ${oneLine(failure ?? action.history.at(-1)?.text ?? '')}`,
      ...steps('To undo it by hand', action.description?.manualUndo ?? []),
      incidentLine(action),
    ],
  };
}

/** Its time is not over, and something about its execution failed: a person had better look. */
export function inDoubtText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('Please check:', action),
    paragraphs: [
      `It is in force, and is undone at ${utc(action.dueAt)}. On the way there something failed: ${oneLine(failure ?? '')}`,
      ...steps('To undo it by hand', action.description?.manualUndo ?? []),
      incidentLine(action),
    ],
  };
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  failed: 'Not finished:',
  'recommended-not-executed': 'Not done:',
  'handed-off': 'For a person to do:',
  acted: 'Acted:',
  observed: 'Would have acted:',
  ticketed: 'Ticket only:',
  'no-action': 'Nothing to do:',
};

/** How an alert ended, to whoever follows its incident. */
export function closedText(incident: Incident, alertId: string, outcome: Outcome): Text {
  const alert = incident.alerts.find((one) => one.alertId === alertId);
  return {
    subject: oneLine(`${OUTCOMES[outcome]} ${alert?.type ?? 'alert'}`, 99),
    paragraphs: [
      ...(alert ? [`${quoted(alert.title)}, severity ${alert.severity}.`] : []),
      incident.summary,
      `Incident ${incident.incidentId}.`,
    ],
  };
}

/** `Block web requests from 203.0.113.7/32: in force until 03:15 UTC on 24 Nov`. */
export const standingLine = (action: Action): string =>
  `${headlineOf(action)}: ${words(action.status)}${action.status === 'in-force' && action.dueAt ? ` until ${utc(action.dueAt)}` : ''}`;

export function unaskedText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('Nobody could be asked:', action),
    paragraphs: [
      `An approval is needed and the question could not be put: ${oneLine(failure ?? 'the reason is in the record')}.`,
      `Nothing was done, and nothing will be unless somebody answers by ${utc(action.approval?.expiresAt)}.`,
      ...(action.description?.changes ?? []),
      incidentLine(action),
    ],
  };
}
