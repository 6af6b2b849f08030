// The text of an incident's ticket: what happened, what was done, what is left.

import type { Action } from '../../domain/action.ts';
import { informs, isHarmless } from '../../domain/action-catalog.ts';
import type { Alert, Entity } from '../../domain/alert.ts';
import { type Assessment, wasNotAsked } from '../../domain/assessment.ts';
import { closingOf } from '../../domain/closed-finding.ts';
import { lackedSlot } from '../../domain/effect-state.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Incident } from '../../domain/incident.ts';
import { placeInWords, UNKNOWN } from '../../domain/place.ts';
import {
  capitalised,
  counted,
  folded,
  oneLine,
  quoted,
  unlinked,
  utc,
} from '../../domain/wording.ts';
import type { ReadIn, Ticket } from '../../mechanisms/ticket/ticket-provider.ts';
import { asText } from '../channels/channel.ts';
import { doneOf, headlineOf, orderOf, progressOf, sentence } from './action-line.ts';
import { findingUrl } from './finding-link.ts';
import { notProposed } from './not-proposed.ts';
import {
  KINDS,
  leftFacts,
  moreActions,
  namesOf,
  roleOf,
  statusLine,
  type Text,
} from './phrases.ts';

/** What the record of one alert says about its actions. */
export type AlertRecord = { alert: Alert; facts: Facts | null };

export type TicketContents = {
  incidentId: string;
  /** Undefined if the record is missing or unreadable. */
  incident: Incident | undefined;
  /** The readable alerts, most severe first. */
  alerts: readonly AlertRecord[];
  /** The assessment of the first alert. */
  assessment: Assessment | undefined;
  actions: readonly Action[];
  /** Commands for the actions that a person may carry out. */
  steps: Text['steps'];
};

const MAX_TITLE = 140;

/** In a message, the text refers to the ticket, and the title leaves out the place to stay short. */
export function ticketText(contents: TicketContents, now: Date, readIn: ReadIn = 'ticket'): Ticket {
  const { incident, alerts } = contents;
  const [worst] = alerts;
  if (!worst) return unknownText(contents, now, readIn);
  const { alert } = worst;
  const more = (incident?.alerts.length ?? alerts.length) - 1;
  const others = more > 0 ? ` (and ${counted(more, 'more alert')})` : '';
  const place = readIn === 'ticket' ? `, account ${alert.account}, ${alert.region}` : '';
  return {
    incidentId: contents.incidentId,
    severity: alert.severity.label,
    title: `${capitalised(alert.severity.label)}: ${unlinked(alert.title, MAX_TITLE)}${others}${place}`,
    body: asText({
      paragraphs: [
        `${quoted(alert.title)}${others}\nSeverity ${alert.severity.label} (${alert.severity.score} of 10), account ${alert.account}, ${alert.region}.`,
      ],
      facts: [
        ...actionFacts(contents.actions, now, readIn),
        ...leftFacts(
          notProposed(
            alerts.map((one) => one.alert),
            contents.actions,
          ),
        ),
        { label: 'Resources', value: resourceLines(alert).join('\n') },
        ...evidenceFacts(alert, now),
        ...analysisFact(contents.assessment),
        { label: 'Incident', value: contents.incidentId },
      ],
      steps: contents.steps,
      links: linksTo(alert),
    }),
  };
}

/** Nothing is known of the incident, but people must still get a ticket. */
const unknownText = (contents: TicketContents, now: Date, readIn: ReadIn): Ticket => ({
  incidentId: contents.incidentId,
  severity: 'high',
  title: 'Security incident with an unreadable record',
  body: asText({
    paragraphs: ['The records of this incident are missing or can’t be read.'],
    facts: [
      ...actionFacts(contents.actions, now, readIn),
      { label: 'Incident', value: contents.incidentId },
    ],
    steps: contents.steps,
    links: [],
  }),
});

const TICKET: Readonly<Record<ReadIn, string>> = {
  ticket: 'this ticket',
  message: 'the incident’s ticket',
};

function actionFacts(actions: readonly Action[], now: Date, readIn: ReadIn): Text['facts'] {
  return [
    { label: 'What to do next', value: nextLines(actions, now, readIn).join('\n') },
    { label: 'Actions', value: stateLines(actions, now).join('\n') },
  ];
}

/** A change that stayed too long comes first, then what ends without an answer. */
const URGENT: readonly Action['status'][] = ['reversal-failed', 'awaiting-approval'];
const urgencyOf = ({ status }: Action): number =>
  URGENT.includes(status) ? URGENT.indexOf(status) : URGENT.length;

/** What a person has to do, most urgent first. What is harmless comes last. */
function nextLines(actions: readonly Action[], now: Date, readIn: ReadIn): string[] {
  const isLast = ({ name }: Action) => Number(isHarmless(name));
  const withoutSlot = actions.filter(lackedSlot);
  const [example] = withoutSlot;
  const isFolded = withoutSlot.length > 1;
  const open = actions
    .filter((action) => !isFolded || !lackedSlot(action))
    .toSorted((a, b) => urgencyOf(a) - urgencyOf(b) || isLast(a) - isLast(b))
    .flatMap((action) => nextFor(action, now, readIn) ?? []);
  const all = folded(open, MAX_LINES, moreActions);
  if (example && isFolded)
    all.push(
      `${withoutSlot.length} harmless actions were not done, because no slot became free. The first one: ${headlineOf(example)}. Do them manually if they are still needed.`,
    );
  return all.length > 0
    ? all
    : [`Decide whether the alert is real. Resolve ${TICKET[readIn]} when you are done.`];
}

function nextFor(action: Action, now: Date, readIn: ReadIn): string | null {
  const { approval, dueAt, failure, name } = action;
  if (informs(name) || closingOf(action)) return null;
  switch (action.status) {
    case 'awaiting-approval': {
      const asked = namesOf(approval?.rungs.flatMap(({ ask }) => ask) ?? []);
      return `Approve or decline by ${utc(approval?.expiresAt, now)}: ${headlineOf(action)}. Asked: ${asked || 'no one'}.`;
    }
    case 'handed-off':
      return `Decide whether to ${orderOf(action)}. The commands are in ${TICKET[readIn]}.`;
    case 'expired':
      if (action.askedAnew) return null;
      return `No one decided in time whether to ${orderOf(action)}. A manager can request it again, or you can use the commands in ${TICKET[readIn]}.`;
    case 'failed':
      return `Could not ${orderOf(action)}: ${sentence(failure ?? 'the reason is in the record')} Do it manually if it is still needed.`;
    case 'reversal-failed':
      return `Undo this manually, because the undo failed: ${doneOf(action)}.`;
    case 'in-force':
      return progressOf(action, now) === 'made' && dueAt && !isHarmless(name)
        ? `Keep or extend this before its undo at ${utc(dueAt, now)} if you still need it: ${doneOf(action)}.`
        : null;
    default:
      return null;
  }
}

/** One line for each action, except the ticket itself and a notification that is still being sent. */
function stateLines(actions: readonly Action[], now: Date): string[] {
  const lines = actions
    .filter(({ name }) => name !== 'create_alert_ticket')
    .filter((action) => !informs(action.name) || progressOf(action, now) !== 'ahead')
    .map((action) => oneLine(statusLine(action, now)));
  return lines.length > 0 ? folded(lines, MAX_LINES, moreActions) : ['Nothing was changed.'];
}

const MAX_LINES = 20;
const MAX_RESOURCES = 8;

/** A principal of another account may have the name of one of this account. */
const isElsewhere = ({ place }: Entity, alert: Alert): boolean =>
  place.account !== UNKNOWN && place.account !== alert.account;

function resourceLines(alert: Alert): string[] {
  const { entities } = alert;
  const named = entities.filter(({ kind }) => kind !== 'alert');
  if (named.length === 0) return ['The alert names none.'];
  const lines = named.map((entity) => {
    const elsewhere = isElsewhere(entity, alert) ? `, in ${placeInWords(entity.place)}` : '';
    return `${KINDS[entity.kind]} ${quoted(entity.value, 120)} (${roleOf(entity)}${elsewhere})`;
  });
  return folded(lines, MAX_RESOURCES + 1);
}

function evidenceFacts(alert: Alert, now: Date): Text['facts'] {
  const { firstSeenAt, lastSeenAt, count, type, description, sample } = alert;
  const [from, to] = [utc(firstSeenAt, now), utc(lastSeenAt, now)];
  const seen = from === to ? `at ${to}` : `from ${from} to ${to}`;
  return [
    { label: 'Evidence', value: quoted(description || alert.title, 600) },
    {
      label: 'Seen',
      value: `${count === 1 ? 'once' : `${count} times`}${firstSeenAt ? `, ${seen}` : ''}`,
    },
    { label: 'Type', value: `${quoted(type)}${sample ? ', a sample finding' : ''}` },
  ];
}

function analysisFact(assessment: Assessment | undefined): Text['facts'] {
  if (!assessment) return [];
  const { verdict, summary, origin, model, failure } = assessment;
  const by = origin === 'playbook' || failure ? 'the playbook' : (model ?? origin);
  const opinion = `${capitalised(verdict)}, according to ${by}: ${quoted(summary, 500)}`;
  const why = wasNotAsked(assessment) ? '' : 'The model gave no usable answer: ';
  const value = failure ? `${opinion} ${why}${sentence(failure)}` : opinion;
  return [{ label: 'Analysis', value }, ...forPeopleFact(assessment)];
}

/** Written by the analysis. No code carries it out. */
const forPeopleFact = ({ forPeople = [] }: Assessment): Text['facts'] =>
  forPeople.length === 0
    ? []
    : [
        {
          label: 'Suggested for people',
          value: forPeople
            .map(
              ({ act, text }) => `${capitalised(act.replaceAll('_', ' '))}: ${quoted(text, 400)}`,
            )
            .join('\n'),
        },
      ];

function linksTo(alert: Alert) {
  const url = findingUrl(alert);
  return url ? [{ label: 'Finding', url }] : [];
}
