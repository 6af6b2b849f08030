// What is said of an alert and its incident.
import type { Action } from '../../domain/action.ts';
import type { Cause } from '../../domain/alert.ts';
import type { Incident, Outcome } from '../../domain/incident.ts';
import { oneLine, quoted, words } from '../../domain/wording.ts';
import { headlineOf, steps, type Text } from './phrases.ts';

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
