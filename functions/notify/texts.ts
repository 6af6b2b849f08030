// What messages say. Facts first, in words that code wrote; what a model wrote stands last and is marked.
import type { Action, Approver } from '../domain/action.ts';
import type { Alert, Cause } from '../domain/alert.ts';
import type { Facts } from '../domain/facts.ts';
import type { Incident, Outcome } from '../domain/incident.ts';
import { oneLine, quoted, unlinked, utc, words } from '../domain/wording.ts';
import type { Message } from './message.ts';
import { rotationOf } from './rotation.ts';
import { runbookOf } from './runbook.ts';

type Text = Pick<Message, 'subject' | 'paragraphs' | 'facts' | 'steps'>;

/** One line about the action, in plain words. */
export const headlineOf = ({ description, recommendation, name, target }: Action): string =>
  description?.headline ??
  `${words(name ?? oneLine(recommendation.action, 64))} on ${named(target?.value ?? recommendation.target)}`;

/** Identifiers as they are; whatever could be more than that in quotation marks, with no link in it. */
const named = (value: string): string =>
  /^[\w.:@/+=-]{1,100}$/.test(value) && !value.includes('//') ? value : quoted(value, 100);

/** A block that is lifted while the attack goes on is a gift: what was seen since, as far as we know. */
export function seenSince(
  incident: Incident | undefined,
  { appliedAt }: Pick<Action, 'appliedAt'>,
): string {
  if (!incident)
    return 'What was seen since is not known: the record of the incident cannot be read.';
  const { alerts } = incident;
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

/** A sentence of a mechanism or an error, with one full stop at its end. */
const sentence = (text: string) => `${unlinked(text).replace(/[.\s]+$/, '')}.`;

const changesOf = (action: Action): string =>
  (action.description?.changes ?? [headlineOf(action)]).map(sentence).join('\n');

const incidentFact = ({ incidentId, account, region }: Action) => ({
  label: 'Incident',
  value: `${incidentId}, account ${account}, ${region}`,
});
const whyFact = (alert: Alert | undefined) => ({
  label: 'Why',
  value: alert
    ? `${quoted(alert.type)}, severity ${alert.severity.label} (${alert.severity.score} of 10)`
    : 'The record of the alert cannot be read.',
});
const modelsWords = ({ recommendation }: Action) =>
  `The reasoning, written by a machine and possibly influenced by the attacker: ${quoted(recommendation.reasoning, 1000)}`;

/** `alike` are the questions of the same kind that the same page asks. */
export function askText(
  action: Action,
  alert: Alert,
  askedBefore: readonly Approver[],
  alike: readonly Action[] = [],
): Text {
  const { description, approval } = action;
  return {
    subject: subjectOf(alike.length > 0 ? `Approve ${alike.length + 1}?` : 'Approve?', action),
    paragraphs: [
      `${changesOf(action)}\n${othersIn(alike)}Without an answer by ${utc(approval?.expiresAt)} nothing is done.`,
    ],
    facts: [
      whyFact(alert),
      { label: 'Affected', value: description?.affected.map(sentence).join(' ') || 'Not known.' },
      { label: 'Undone', value: sentence(description?.undo ?? 'Not described') },
      ...(askedBefore.length > 0
        ? [{ label: 'Asked before you, without an answer', value: namesOf(askedBefore) }]
        : []),
      ...(approval && approval.notes.length > 0
        ? [{ label: 'About who is asked', value: approval.notes.map(sentence).join('\n') }]
        : []),
      incidentFact(action),
    ],
    steps: [],
  };
}

/** Before the link: one answer may count for all of them. */
const othersIn = (alike: readonly Action[]): string =>
  alike.length > 0
    ? `And ${alike.length} more of the same kind:\n${alike.map((one) => oneLine(headlineOf(one))).join('\n')}\n`
    : '';

const namesOf = (people: readonly Approver[]) => people.map(({ name }) => name).join(', ');

/** To everybody who was asked: it needs no answer any more. Whoever decided learns that it was counted, and in whose name. */
export function decidedText(action: Action): Text {
  const { approval, status, dueAt } = action;
  const { verdict, at, reason, by = '' } = approval?.decision ?? {};
  const people = [
    ...(approval?.rungs.flatMap(({ ask }) => ask) ?? []),
    ...(approval?.handedTo.map(({ to }) => to) ?? []),
  ];
  const agreed = approval?.votes.filter((vote) => vote.verdict === verdict) ?? [];
  const voters = [...agreed.map((vote) => vote.by), by];
  const names = new Set(people.filter(({ id }) => voters.includes(id)).map(({ name }) => name));
  return {
    subject: subjectOf(verdict === 'approved' ? 'Approved:' : 'Declined:', action),
    paragraphs: [
      `${[...names].join(' and ') || 'Somebody'} ${verdict} it at ${utc(at)}. ${verdict === 'approved' ? `It is ${words(status)}${dueAt ? `, and is undone at ${utc(dueAt)}` : ''}.` : 'Nothing was changed.'}`,
    ],
    facts: [...(reason ? [{ label: 'Reason', value: quoted(reason) }] : []), incidentFact(action)],
    steps: [],
  };
}

export function remindText(action: Action, seenSince: string): Text {
  return {
    subject: subjectOf('Will be undone:', action),
    paragraphs: [
      `It is undone at ${utc(action.dueAt)} unless somebody keeps or extends it.\n${seenSince}`,
    ],
    facts: [{ label: 'In force since', value: utc(action.appliedAt) }, incidentFact(action)],
    steps: wayToANewKey(action),
  };
}

/** Of what somebody kept: is it still right? */
export function keptText(action: Action, seenSince: string): Text {
  return {
    subject: subjectOf('Still right?', action),
    paragraphs: [
      `It was kept and has been in force since ${utc(action.appliedAt)}. Keep it on, or reverse it.\n${seenSince}`,
    ],
    facts: [incidentFact(action)],
    steps: wayToANewKey(action),
  };
}

/** A revoked key was given back: null for any other action, which needs nobody when it is over. */
export function rotateText(action: Action): Text | null {
  const way = wayToANewKey(action);
  if (way.length === 0) return null;
  return {
    subject: subjectOf('Over, now rotate:', action),
    paragraphs: [
      `It is over: ${sentence(action.history.at(-1)?.text ?? 'undone')} Whoever took the key may still have it.`,
    ],
    facts: [incidentFact(action)],
    steps: way,
  };
}

const wayToANewKey = (action: Action): Text['steps'] =>
  steps('The way to a new key, for its owner', rotationOf(action));

export function expiredText(action: Action, alert: Alert | undefined, facts: Facts | null): Text {
  const asked = action.approval?.rungs.flatMap(({ ask }) => ask) ?? [];
  return {
    subject: subjectOf('Not done, no answer:', action),
    paragraphs: [
      'Nobody decided in time, so nothing was done. Nothing asks again by itself: a manager can have it asked anew, or somebody does it by hand.',
    ],
    facts: [
      { label: 'It would have been', value: changesOf(action) },
      { label: 'Asked', value: namesOf(asked) || 'Nobody' },
      ...beforeFact(runbookOf(action, alert ?? NOTHING_KNOWN, facts)),
      incidentFact(action),
    ],
    steps: stepsByHand(action, alert, facts),
  };
}

/** A person does it, or decides not to: what to check, what would be typed, how it is taken back, who is told. */
export function handOffText(
  action: Action,
  alert: Alert | undefined,
  facts: Facts | null,
  managers: readonly Approver[],
): Text {
  const { target, recommendation } = action;
  const book = runbookOf(action, alert ?? NOTHING_KNOWN, facts);
  const named = target
    ? `${words(target.kind)} ${quoted(target.value)}, the ${PARTS[target.part]} of the alert`
    : `${quoted(recommendation.target, 64)}, which is nothing in the alert`;
  return {
    subject: subjectOf('Yours to decide:', action),
    paragraphs: [
      `Countermand does not do this by itself. ${action.reasons.map(({ text }) => sentence(text)).join(' ')}`,
      modelsWords(action),
    ],
    facts: [
      { label: 'Target', value: named },
      whyFact(alert),
      ...(alert ? [{ label: 'Alert', value: quoted(alert.title) }] : []),
      ...beforeFact(book),
      {
        label: 'Tell',
        value:
          [...book.tell, ...managers.map(({ name }) => `${name}, manager`)].join('\n') ||
          'Nobody is named in policy',
      },
      incidentFact(action),
    ],
    steps: stepsByHand(action, alert, facts),
  };
}

/** What a person types who does it by hand, and how it is taken back. */
export function stepsByHand(
  action: Action,
  alert: Alert | undefined,
  facts: Facts | null,
): Text['steps'] {
  const { look, act, undo } = runbookOf(action, alert ?? NOTHING_KNOWN, facts);
  return [
    ...steps('Look first (bash and the AWS CLI, in a folder of its own)', look),
    ...steps('To do it', act),
    ...steps('To take it back', undo),
  ];
}

const beforeFact = ({ check }: { check: readonly string[] }) => [
  { label: 'Before you act', value: [ALWAYS_ASKED, ...check].join('\n') },
];

/** Of an alert whose record cannot be read. */
const NOTHING_KNOWN: Pick<Alert, 'traffic' | 'entities'> = {
  traffic: { layer: 'unknown', direction: 'unknown', localPort: null, protocol: null },
  entities: [],
};
const ALWAYS_ASKED = 'Does the alert describe what you see? Who uses the target at this hour?';
const PARTS = { actor: 'actor', target: 'victim', related: 'side' } as const;

const steps = (title: string, lines: readonly string[]): Text['steps'] =>
  lines.length === 0 ? [] : [{ title, lines: [...lines] }];

export function stoppedText(action: Action, failure: string | null = null): Text {
  return {
    subject: subjectOf('Approved, but stopped:', action),
    paragraphs: [
      `${sentence(failure ?? action.failure ?? 'It was stopped after the approval')}\nNothing was changed.`,
    ],
    facts: [incidentFact(action)],
    steps: [],
  };
}

export function failedText(action: Action): Text {
  return {
    subject: subjectOf('Failed:', action),
    paragraphs: [
      `It could not be carried out: ${sentence(action.failure ?? 'the reason is in the record')}\nWhat had been changed was taken back.`,
    ],
    facts: [incidentFact(action)],
    steps: [],
  };
}

/** The reversal failed, or never ended: the one message that must not be missed. */
export function notUndoneText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('NOT UNDONE:', action),
    paragraphs: [
      `It should have been undone, and is not (${words(action.status)}): ${sentence(failure ?? action.history.at(-1)?.text ?? 'the reason is in the record')}`,
    ],
    facts: [incidentFact(action)],
    steps: steps('To undo it by hand', action.description?.manualUndo ?? []),
  };
}

/** Its time is not over, and something about its execution failed: a person had better look. */
export function inDoubtText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('Please check:', action),
    paragraphs: [
      `It is in force, and is undone at ${utc(action.dueAt)}. On the way there something failed: ${sentence(failure ?? 'the reason is in the record')}`,
    ],
    facts: [incidentFact(action)],
    steps: steps('To undo it by hand', action.description?.manualUndo ?? []),
  };
}

/** AWS does not show what the record says: somebody took it away, and nothing puts it back by itself. */
export function goneText(action: Action, found: string): Text {
  return {
    subject: subjectOf('No longer there:', action),
    paragraphs: [
      `The record says that it is ${words(action.status)}${action.dueAt ? ` until ${utc(action.dueAt)}` : ''}, and AWS does not show it: ${sentence(found)} Somebody else took it away. Nothing puts it back by itself: whoever still needs it does it by hand or has the alert assessed again. Reversing it ends it on the record.`,
    ],
    facts: [{ label: 'It was', value: changesOf(action) }, incidentFact(action)],
    steps: [],
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

/** Our own action brought this alert about: the first question is whether that action was right. */
export function causedText(incident: Incident, cause: Cause, action: Action | null): Text {
  return {
    subject: oneLine(
      `Consider reversing: ${action ? headlineOf(action) : 'an action of ours'}`,
      99,
    ),
    paragraphs: [
      `Incident ${incident.incidentId}: an alert came that we caused ourselves. ${oneLine(cause.why)}.`,
      'Nothing about it is done automatically.',
      ...(action
        ? [
            `The action is ${action.actionId}, ${words(action.status)}. Its reminder and the console have the link to reverse it.`,
          ]
        : []),
    ],
    facts: [],
    steps: steps('To undo it by hand', action?.description?.manualUndo ?? []),
  };
}

/** How an alert ended, to whoever follows its incident. */
export function closedText(incident: Incident, alertId: string, outcome: Outcome): Text {
  const alert = incident.alerts.find((one) => one.alertId === alertId);
  return {
    subject: oneLine(`${OUTCOMES[outcome]} ${alert?.type ?? 'alert'}`, 99),
    paragraphs: [
      ...(alert ? [`${quoted(alert.title)}, severity ${alert.severity}.`] : []),
      incident.summary,
    ],
    facts: [{ label: 'Incident', value: incident.incidentId }],
    steps: [],
  };
}

/** What shadow mode would have done, for whoever judges whether that was right. */
export function observedText(
  incident: Incident,
  alertId: string,
  observed: readonly Action[],
): Text {
  const alert = incident.alerts.find((one) => one.alertId === alertId);
  return {
    subject: oneLine(`Right or wrong? Would have acted: ${alert?.type ?? 'alert'}`, 99),
    paragraphs: [
      `In shadow mode nothing is done. These would have been:\n${observed.map((one) => oneLine(headlineOf(one))).join('\n')}\nSay of each whether it would have been right. What you say counts in the summary by which you decide to go live, and changes nothing else.`,
      ...(alert ? [`${quoted(alert.title)}, severity ${alert.severity}.`] : []),
    ],
    facts: [{ label: 'Incident', value: incident.incidentId }],
    steps: [],
  };
}

/** `Block web requests from 203.0.113.7/32: in force until 03:15 UTC on 24 Nov`. */
export const standingLine = (action: Action): string =>
  `${headlineOf(action)}: ${words(action.status)}${action.askedAnew ? ', and asked anew' : ''}${action.status === 'in-force' && action.dueAt ? ` until ${utc(action.dueAt)}` : ''}`;

export function unaskedText(action: Action, failure: string | null): Text {
  return {
    subject: subjectOf('Nobody could be asked:', action),
    paragraphs: [
      `An approval is needed and the question could not be put: ${sentence(failure ?? 'the reason is in the record')}\nNothing was done, and nothing will be unless somebody answers by ${utc(action.approval?.expiresAt)}.`,
    ],
    facts: [{ label: 'It would be', value: changesOf(action) }, incidentFact(action)],
    steps: [],
  };
}
