// Messages about an approval request: the question, the decision, the expiry.
import type { Action } from '../../domain/action.ts';
import { opensTicketUnanswered } from '../../domain/action-catalog.ts';
import type { Alert } from '../../domain/alert.ts';
import type { Approver } from '../../domain/approval.ts';
import { newsIn } from '../../domain/effect-state.ts';
import type { Facts } from '../../domain/facts.ts';
import { capitalised, folded, oneLine, quoted, utc } from '../../domain/wording.ts';
import { changesFact, changesText, headlineOf, orderOf, sentence } from './action-line.ts';
import { approvalsFact } from './approvals.ts';
import { askSubject } from './ask-subject.ts';
import { lookedUpFacts } from './looked-up.ts';
import { beforeFact, manualSteps } from './manual.ts';
import {
  doneSubject,
  findingClosed,
  IN_RECORD,
  incidentFact,
  inForceSince,
  leftFacts,
  namesOf,
  notDone,
  requestSubject,
  type Text,
  tooLate,
  unanswered,
  unansweredBy,
  whyFact,
} from './phrases.ts';
import { plainReason } from './reason.ts';
import { type Unknown, unknownsOf } from './unknown.ts';

/** To people who were asked and have not all answered. */
export const newsText = (action: Action, news: string): Text => ({
  subject: requestSubject('Updated', action),
  paragraphs: [
    `Take this update into account: ${sentence(news)}\nAnswers from a page or message older than this update are not counted. If no one decides by ${utc(action.approval?.expiresAt)}, ${unanswered(action)}.`,
  ],
  facts: [incidentFact(action)],
  steps: [],
});

type Asked = {
  /** Null if they cannot be read. */
  facts: Facts | null;
  askedBefore?: readonly Approver[];
  /** Other requests of the incident that the same page decides. */
  others?: readonly Action[];
  /** Whether the page may decide more of them. */
  isPartial?: boolean;
  /** Approvers of earlier steps who were not reached. */
  passedOver?: readonly Approver[];
  /** Actors and targets that no action covers. */
  left?: readonly string[];
};

/** In the order of the page: the reason, what to decide, its effect and undo, what is unknown. */
export function askText(
  action: Action,
  alert: Alert,
  { facts, askedBefore = [], others = [], isPartial = false, passedOver = [], left = [] }: Asked,
): Text {
  const { approval } = action;
  const all = [action, ...others];
  return {
    subject: askSubject(all, isPartial),
    paragraphs: [`${sentence(plainReason(alert))}\n${toDecide(action, others, isPartial)}`],
    facts: [
      ...(others.length > 0 ? detailed(all) : effectOf(action)),
      ...lookedUpFacts(alert, facts, approval?.requestedAt),
      ...unknownFact(unknownsOf(all, facts, alert)),
      whyFact(alert),
      ...newsIn(action).map(({ text }) => ({
        label: 'Updated since the request',
        value: sentence(text),
      })),
      ...leftFacts(left),
      ...approvalsFact(all),
      ...(others.length === 0 ? whyAPerson(action) : []),
      ...(askedBefore.length > 0
        ? [{ label: 'Asked before you, no answer yet', value: namesOf(askedBefore) }]
        : []),
      ...(passedOver.length > 0
        ? [{ label: 'Not reached or not paged before you', value: namesOf(passedOver) }]
        : []),
      ...(approval && approval.notes.length > 0
        ? [{ label: 'About the approvers', value: approval.notes.map(sentence).join('\n') }]
        : []),
      incidentFact(action),
    ],
    steps: [],
  };
}

const MAX_LISTED = 20;

/** Above the link, because one answer may count for all of them. */
function toDecide(action: Action, others: readonly Action[], isPartial: boolean): string {
  const all = [action, ...others];
  const end = unansweredBy([action, ...others], (at) => utc(at, action.approval?.requestedAt));
  if (others.length === 0) return `Approve to ${orderOf(action)}.\n${changesText(action)}\n${end}`;
  const list = all.map((one, i) => `${i + 1}. ${oneLine(headlineOf(one))}`);
  return `Approve or decline ${all.length}${isPartial ? ' or more' : ''} actions:\n${folded(list, MAX_LISTED).join('\n')}\n${end}`;
}

const effectOf = ({ description }: Action) => [
  { label: 'Would affect', value: description?.affected.map(sentence).join(' ') || 'Unknown.' },
  { label: 'Undo', value: sentence(description?.undo ?? 'Unknown') },
];

/** The page shows the details of all. */
const MAX_DETAILED = 5;

/** The number of each action, with what it changes, what it affects and how it is undone. */
const detailed = (all: readonly Action[]) =>
  all.slice(0, MAX_DETAILED).map((one, i) => ({
    label: `${i + 1}`,
    value: [
      sentence(headlineOf(one)),
      changesText(one),
      ...[...effectOf(one), ...whyAPerson(one)].map(({ label, value }) => `${label}: ${value}`),
    ].join('\n'),
  }));

/** The first reason is the tier. The others say why a person must decide, for example a rate limit. */
function whyAPerson({ reasons }: Action): Text['facts'] {
  const others = reasons.slice(1).map(({ text }) => sentence(text));
  return others.length > 0 ? [{ label: 'Why a person decides', value: others.join('\n') }] : [];
}

const MAX_UNKNOWN = 5;

function unknownFact(unknowns: readonly Unknown[]): Text['facts'] {
  // One failed call leaves several facts unknown, for the same reason.
  const lines = [...Map.groupBy(unknowns, ({ why }) => why)].map(([why, all]) =>
    sentence(
      `${capitalised(all.map(({ what, of }) => (of ? `${what} (${of})` : what)).join(', '))}: ${why}`,
    ),
  );
  return lines.length > 0
    ? [{ label: 'Unknown', value: folded(lines, MAX_UNKNOWN).join('\n') }]
    : [];
}

/** To everyone who was asked: the decision, and who made it. */
export function decidedText(action: Action): Text {
  const { approval } = action;
  const { verdict, at, reason, by = '' } = approval?.decision ?? {};
  const people = [
    ...(approval?.rungs.flatMap(({ ask }) => ask) ?? []),
    ...(approval?.handedTo.map(({ to }) => to) ?? []),
  ];
  const agreed = approval?.votes.filter((vote) => vote.verdict === verdict) ?? [];
  const voters = [...agreed.map((vote) => vote.by), by];
  const names = new Set(people.filter(({ id }) => voters.includes(id)).map(({ name }) => name));
  const who = [...names].join(' and ') || 'An approver';
  const isApproved = verdict === 'approved';
  return {
    subject: isApproved ? doneSubject(action) : requestSubject('Declined:', action),
    paragraphs: [
      isApproved
        ? `${inForceSince(action, at)}\n${who} approved this at ${utc(at, at)}.`
        : `${notDone(action)}\n${who} declined this at ${utc(at, at)}.`,
    ],
    facts: [...(reason ? [{ label: 'Reason', value: quoted(reason) }] : []), incidentFact(action)],
    steps: [],
  };
}

/** Entries that say who could not be asked. */
const MISSED: readonly string[] = ['not-woken', 'not-reached'];

export function expiredText(action: Action, alert: Alert | undefined, facts: Facts | null): Text {
  const { approval, name } = action;
  const asked = approval?.rungs.flatMap(({ ask }) => ask) ?? [];
  const isTicket = opensTicketUnanswered(name);
  const missed = action.history.filter(({ event }) => MISSED.includes(event));
  const noOne = `${tooLate(action)}.`;
  const { label, lines } = changesFact(action);
  return {
    subject: requestSubject('Not approved in time:', action),
    paragraphs: [
      isTicket
        ? `${noOne} Countermand tried to open the ticket anyway.`
        : `${notDone(action)}\n${noOne} A manager can request it again, or someone can carry it out manually.`,
    ],
    facts: [
      { label, value: lines.map(sentence).join('\n') },
      { label: 'Asked', value: namesOf(asked) || 'No one' },
      ...(missed.length > 0
        ? [{ label: 'Not asked', value: missed.map(({ text }) => sentence(text)).join('\n') }]
        : []),
      beforeFact(action, alert, facts),
      incidentFact(action),
    ],
    steps: manualSteps(action, alert, facts),
  };
}

/** The finding was closed while people were asked. */
export const findingClosedText = (action: Action): Text => ({
  subject: requestSubject('No longer needed:', action),
  paragraphs: [`${notDone(action)}\n${findingClosed(action)}`],
  facts: [incidentFact(action)],
  steps: [],
});

/** The rules or an error stopped an action before it changed anything. */
export function stoppedText(action: Action, failure: string | null = null): Text {
  const isApproved = action.approval?.decision?.verdict === 'approved';
  return {
    subject: isApproved
      ? requestSubject('Stopped after approval:', action)
      : oneLine(`Did not ${orderOf(action)}`, 99),
    paragraphs: [
      `Nothing was changed. The request was to ${orderOf(action)}.\n${sentence(failure ?? action.failure ?? IN_RECORD)}`,
    ],
    facts: [incidentFact(action)],
    steps: [],
  };
}

/** The ticket action failed or was handed off. The notice itself opens the ticket, if it can. */
export function noTicketText(action: Action): Text {
  const why = action.failure ?? action.reasons.map(({ text }) => text).join('. ');
  return {
    subject: 'The ticket was not opened as planned',
    paragraphs: [
      `The ticket could not be opened as planned. “Ticket” says whether a second attempt worked.\n${sentence(why || IN_RECORD)}`,
    ],
    facts: [incidentFact(action)],
    steps: [],
  };
}

/** The request could not be sent to anyone. */
export function unaskedText(action: Action, failure: string | null): Text {
  const { approval } = action;
  return {
    subject: requestSubject('No approver reached:', action),
    paragraphs: [
      `No approver received the request to ${orderOf(action)}. ${sentence(failure ?? IN_RECORD)}\nIf no one decides by ${utc(approval?.expiresAt, approval?.requestedAt)}, ${unanswered(action)}.${opensTicketUnanswered(action.name) ? '' : ' A manager can then request it again.'}`,
    ],
    facts: [{ label: 'Change', value: changesText(action) }, incidentFact(action)],
    steps: [],
  };
}
