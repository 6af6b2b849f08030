// What is said of a question: to whoever is asked, and to whoever was.

import type { Action } from '../../domain/action.ts';
import { opensTicketUnanswered } from '../../domain/action-catalog.ts';
import type { Alert } from '../../domain/alert.ts';
import type { Approver } from '../../domain/approval.ts';
import type { Facts } from '../../domain/facts.ts';
import { oneLine, quoted, utc, words } from '../../domain/wording.ts';
import { beforeFact, stepsByHand } from './by-hand.ts';
import {
  changesOf,
  headlineOf,
  incidentFact,
  namesOf,
  reviewSentence,
  sentence,
  subjectOf,
  type Text,
  unanswered,
  whyFact,
} from './phrases.ts';

/** `alike` are the questions of the same kind that the same page asks; `passedOver` was to be asked before, and was not. */
export function askText(
  action: Action,
  alert: Alert,
  askedBefore: readonly Approver[],
  alike: readonly Action[] = [],
  passedOver: readonly Approver[] = [],
): Text {
  const { description, approval } = action;
  // The first is its tier. What comes after it is why this one is asked about, now: a rate, a protected target, a doubt.
  const besides = action.reasons.slice(1).map(({ text }) => sentence(text));
  return {
    subject: subjectOf(alike.length > 0 ? `Approve ${alike.length + 1}?` : 'Approve?', action),
    paragraphs: [
      `${changesOf(action)}\n${othersIn(alike)}Without an answer by ${utc(approval?.expiresAt)} ${unanswered(action)}.`,
    ],
    facts: [
      whyFact(alert),
      { label: 'Affected', value: description?.affected.map(sentence).join(' ') || 'Not known.' },
      { label: 'Undone', value: sentence(description?.undo ?? 'Not described') },
      ...(besides.length > 0
        ? [{ label: 'Why a person is asked', value: besides.join('\n') }]
        : []),
      ...(askedBefore.length > 0
        ? [{ label: 'Asked before you, without an answer', value: namesOf(askedBefore) }]
        : []),
      ...(passedOver.length > 0
        ? [
            {
              label: 'To be asked before you, and not woken or not reached',
              value: namesOf(passedOver),
            },
          ]
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
  const end = dueAt ? `, and is undone at ${utc(dueAt)}` : '';
  return {
    subject: subjectOf(verdict === 'approved' ? 'Approved:' : 'Declined:', action),
    paragraphs: [
      `${[...names].join(' and ') || 'Somebody'} ${verdict} it at ${utc(at)}. ${verdict === 'approved' ? `It is ${words(status)}${end}.${reviewSentence(action)}` : 'Nothing was changed.'}`,
    ],
    facts: [...(reason ? [{ label: 'Reason', value: quoted(reason) }] : []), incidentFact(action)],
    steps: [],
  };
}

/** Whoever reads that nobody decided should know who could not. */
const MISSED: readonly string[] = ['not-woken', 'not-reached'];

export function expiredText(action: Action, alert: Alert | undefined, facts: Facts | null): Text {
  const asked = action.approval?.rungs.flatMap(({ ask }) => ask) ?? [];
  const isTicket = opensTicketUnanswered(action.name);
  const missed = action.history.filter(({ event }) => MISSED.includes(event));
  return {
    subject: subjectOf(isTicket ? 'No answer:' : 'Not done, no answer:', action),
    paragraphs: [
      isTicket
        ? 'Nobody decided in time, so a ticket is opened all the same, unless it says below that none could be.'
        : 'Nobody decided in time, so nothing was done. Nothing asks again by itself: a manager can have it asked anew, or somebody does it by hand.',
    ],
    facts: [
      { label: 'It would have been', value: changesOf(action) },
      { label: 'Asked', value: namesOf(asked) || 'Nobody' },
      ...(missed.length > 0
        ? [{ label: 'But', value: missed.map(({ text }) => sentence(text)).join('\n') }]
        : []),
      beforeFact(action, alert, facts),
      incidentFact(action),
    ],
    steps: stepsByHand(action, alert, facts),
  };
}

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
