// The text of an incident's ticket: what happened, what was done, what is left.

import type { Action } from '../../domain/action.ts';
import { informs, isHarmless } from '../../domain/action-catalog.ts';
import type { Alert, Entity } from '../../domain/alert.ts';
import { type Assessment, wasNotAsked } from '../../domain/assessment.ts';
import { closingOf } from '../../domain/closed-finding.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Incident } from '../../domain/incident.ts';
import { capitalised, oneLine, quoted, unlinked, utc } from '../../domain/wording.ts';
import type { Ticket } from '../../mechanisms/ticket/ticket-provider.ts';
import { asText } from '../channels/channel.ts';
import { headlineOf, orderOf, progressOf, sentence } from './action-line.ts';
import { findingUrl } from './finding-link.ts';
import { KINDS, namesOf, statusLine, type Text } from './phrases.ts';

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

export function ticketText(contents: TicketContents, now: Date): Ticket {
  const { incident, alerts } = contents;
  const [worst] = alerts;
  if (!worst) return unknownText(contents, now);
  const { alert } = worst;
  const more = (incident?.alerts.length ?? alerts.length) - 1;
  const others = more > 0 ? ` (and ${more} more alert${more === 1 ? '' : 's'})` : '';
  return {
    incidentId: contents.incidentId,
    severity: alert.severity.label,
    title: `${capitalised(alert.severity.label)}: ${unlinked(alert.title, MAX_TITLE)}${others}, account ${alert.account}, ${alert.region}`,
    body: asText({
      paragraphs: [
        `${quoted(alert.title)}${others}\nSeverity ${alert.severity.label} (${alert.severity.score} of 10), account ${alert.account}, ${alert.region}.`,
      ],
      facts: [
        { label: 'What to do next', value: nextLines(contents.actions, now).join('\n') },
        { label: 'Done so far', value: doneLines(contents.actions, now).join('\n') },
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
const unknownText = (contents: TicketContents, now: Date): Ticket => ({
  incidentId: contents.incidentId,
  severity: 'high',
  title: 'Security incident with an unreadable record',
  body: asText({
    paragraphs: ['The records of this incident are missing or can’t be read.'],
    facts: [
      { label: 'What to do next', value: nextLines(contents.actions, now).join('\n') },
      { label: 'Done so far', value: doneLines(contents.actions, now).join('\n') },
      { label: 'Incident', value: contents.incidentId },
    ],
    steps: contents.steps,
    links: [],
  }),
});

/** What a person has to do, most urgent first. */
function nextLines(actions: readonly Action[], now: Date): string[] {
  const open = actions.flatMap((action) => nextFor(action, now) ?? []);
  return open.length > 0
    ? open
    : ['Decide whether the alert is real. Resolve this ticket when you are done.'];
}

function nextFor(action: Action, now: Date): string | null {
  const { approval, dueAt, failure, name } = action;
  if (informs(name) || closingOf(action)) return null;
  switch (action.status) {
    case 'awaiting-approval': {
      const asked = namesOf(approval?.rungs.flatMap(({ ask }) => ask) ?? []);
      return `Approve or decline until ${utc(approval?.expiresAt, now)}: ${headlineOf(action)}. Asked: ${asked || 'no one'}.`;
    }
    case 'handed-off':
      return `Decide whether to ${orderOf(action)}. The commands are below.`;
    case 'expired':
      if (action.askedAnew) return null;
      return `No one decided in time whether to ${orderOf(action)}. A manager can request it again, or you can use the commands below.`;
    case 'failed':
      return `Could not ${orderOf(action)}: ${sentence(failure ?? 'the reason is in the record')} Do it manually if it is still needed.`;
    case 'reversal-failed':
      return `Undo manually, because Countermand could not: ${headlineOf(action)}.`;
    case 'in-force':
      return progressOf(action, now) === 'made' && dueAt && !isHarmless(name)
        ? `Keep or extend this if it is still needed, or it is undone at ${utc(dueAt, now)}: ${headlineOf(action)}.`
        : null;
    default:
      return null;
  }
}

/** One line for each action. The ticket itself is not listed. */
function doneLines(actions: readonly Action[], now: Date): string[] {
  const lines = actions
    .filter(({ name }) => name !== 'create_alert_ticket')
    .map((action) => oneLine(statusLine(action, now)));
  return lines.length > 0 ? lines.slice(0, MAX_LINES) : ['Nothing was changed.'];
}

const MAX_LINES = 20;
const MAX_RESOURCES = 8;

const ROLES: Readonly<Record<Entity['part'], string>> = {
  actor: 'attacker',
  target: 'target',
  related: 'also named',
};

function resourceLines({ entities }: Alert): string[] {
  const named = entities.filter(({ kind }) => kind !== 'alert');
  const shown = named
    .slice(0, MAX_RESOURCES)
    .map(({ kind, value, part }) => `${KINDS[kind]} ${quoted(value, 120)} (${ROLES[part]})`);
  const more = named.length - shown.length;
  if (named.length === 0) return ['The alert names none.'];
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

function evidenceFacts(alert: Alert, now: Date): Text['facts'] {
  const { firstSeenAt, lastSeenAt, count, type, description, sample } = alert;
  const seen = firstSeenAt ? ` from ${utc(firstSeenAt, now)} to ${utc(lastSeenAt, now)}` : '';
  return [
    { label: 'Evidence', value: quoted(description || alert.title, 600) },
    { label: 'Seen', value: `${count} ${count === 1 ? 'time' : 'times'}${seen}` },
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
  return [{ label: 'Analysis', value }];
}

function linksTo(alert: Alert) {
  const url = findingUrl(alert);
  return url ? [{ label: 'Finding', url }] : [];
}
