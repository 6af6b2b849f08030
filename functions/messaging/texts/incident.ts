// Messages about an incident and how its alerts ended.
import type { Action } from '../../domain/action.ts';
import type { Cause } from '../../domain/alert.ts';
import { type Incident, type Outcome, raiseBy } from '../../domain/incident.ts';
import { oneLine, quoted } from '../../domain/wording.ts';
import { inPlaceOf } from '../runbooks/template.ts';
import { headlineOf, progressOf, stateOf } from './action-line.ts';
import { titleOf as actionTitle, steps, type Text } from './phrases.ts';

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  failed: 'Not finished:',
  'recommended-not-executed': 'Not done:',
  'handed-off': 'Handed off:',
  acted: 'Acted:',
  observed: 'Shadow mode, not done:',
  ticketed: 'Ticket only:',
  'no-action': 'No action taken:',
};

/** A self-inflicted alert: the first question is whether the action that caused it was right. */
export function causedText(incident: Incident, cause: Cause, action: Action | null): Text {
  const canUndo = action === null || progressOf(action) === 'made';
  const ask = canUndo ? 'Consider undoing' : 'Check whether this was right';
  return {
    subject: oneLine(`${ask}: ${action ? actionTitle(action) : 'an action of Countermand'}`, 99),
    paragraphs: [
      canUndo
        ? `Consider undoing the action that caused a new alert: ${oneLine(cause.why)}.`
        : `An action caused a new alert: ${oneLine(cause.why)}. There is nothing left to undo.`,
      'Countermand does not act on the alert automatically.',
      ...(action ? [`State of the action: ${stateOf(action)}.`] : []),
    ],
    facts: [{ label: 'Incident', value: incident.incidentId }],
    steps:
      action && canUndo
        ? steps('Undo it manually', inPlaceOf(action, action.description?.manualUndo ?? []))
        : [],
  };
}

const titleOf = (incident: Incident, alertId: string) => {
  const alert = incident.alerts.find((one) => one.alertId === alertId);
  return {
    title: alert ? quoted(alert.title, 80) : 'an alert',
    about: alert
      ? [`${quoted(alert.title)}, severity ${alert.severity}.${raised(incident, alertId)}`]
      : [],
    facts: [
      ...(alert ? [{ label: 'Alert type', value: quoted(alert.type) }] : []),
      { label: 'Incident', value: incident.incidentId },
    ],
  };
};

/** Begins with a space. Empty if the alert did not raise the incident's severity. */
function raised({ alerts }: Incident, alertId: string): string {
  const raise = raiseBy(alerts, alertId);
  return raise ? ` This alert raised the incident from ${raise.from} to ${raise.to}.` : '';
}

/** How an alert ended. */
export function closedText(incident: Incident, alertId: string, outcome: Outcome): Text {
  const { title, about, facts } = titleOf(incident, alertId);
  return {
    subject: oneLine(`${OUTCOMES[outcome]} ${title}`, 99),
    paragraphs: [...about, incident.summary],
    facts,
    steps: [],
  };
}

/** The actions that shadow mode recorded, for the person who judges them. */
export function observedText(
  incident: Incident,
  alertId: string,
  observed: readonly Action[],
): Text {
  const { title, about, facts } = titleOf(incident, alertId);
  return {
    subject: oneLine(`Right or wrong? Not done in shadow mode: ${title}`, 99),
    paragraphs: [
      `Nothing was changed. In live mode, Countermand would have decided on:\n${observed.map((one) => oneLine(headlineOf(one))).join('\n')}\nJudge each action right or wrong. Your answers count in the summary by which you decide to go live.`,
      ...about,
    ],
    facts,
    steps: [],
  };
}
