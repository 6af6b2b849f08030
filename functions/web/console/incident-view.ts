// Reads everything that the page of an incident shows.
import type { Action } from '../../domain/action.ts';
import type { Alert } from '../../domain/alert.ts';
import type { Assessment } from '../../domain/assessment.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Incident } from '../../domain/incident.ts';
import { namingAlert } from '../../domain/naming-alert.ts';
import { unknownsOf } from '../../messaging/texts/unknown.ts';
import { may } from '../../policy/may.ts';
import { zoneOf } from '../../policy/people.ts';
import { isApprover } from '../../policy/schemas/escalation.ts';
import type { Note } from '../../store/notes.ts';
import type { Names } from '../texts/status.ts';
import type { ConsoleDeps, ConsoleReader } from './deps.ts';

/** The records of one alert. */
export type AlertView = {
  alert: Alert;
  facts: Facts | null;
  assessment: Assessment | null;
  /** The number of unknown facts about the targets of its actions. */
  unknown: number;
};

export type IncidentView = {
  incident: Incident;
  /** The alert that names it; null if the alert's record can't be read. */
  worst: AlertView | null;
  /** Oldest first. */
  actions: readonly Action[];
  notes: readonly Note[];
  /** The number of records that can't be read. The rest is shown without them. */
  unreadable: number;
  names: Names;
  /** Minutes before an undo at which a person is reminded. */
  reminderMinutes: number;
  reader: ConsoleReader;
  /** Whether the reader's role lets them approve and undo, and write notes. */
  mayDecide: boolean;
  mayNote: boolean;
  zone: string;
  now: Date;
};

/** Undefined if the incident doesn't exist or its record can't be read. */
export async function incidentView(
  {
    store,
    policy,
    now,
  }: Pick<ConsoleDeps, 'policy' | 'now'> & {
    store: Pick<ConsoleDeps['store'], 'records' | 'notes'>;
  },
  reader: ConsoleReader,
  incidentId: string,
): Promise<IncidentView | undefined> {
  const { records, notes } = store;
  const [incident, read, written] = await Promise.all([
    records.readableIncident(incidentId),
    records.readActions(incidentId),
    notes.of(incidentId),
  ]);
  if (!incident) return undefined;
  const actions = read.found.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  const worst = namingAlert(incident.alerts, actions);
  return {
    incident,
    worst: worst ? await alertView(records, incidentId, worst.alertId, actions) : null,
    actions,
    notes: written.found,
    unreadable: read.unreadable.length + written.unreadable.length,
    names: namesOf(policy, actions),
    reminderMinutes: policy.limits.reminderMinutesBefore,
    reader,
    mayDecide: mayDecide(policy, reader),
    mayNote: may(policy.escalation.people[reader.id], 'note'),
    zone: zoneOf(policy, reader.id),
    now: now(),
  };
}

async function alertView(
  records: ConsoleDeps['store']['records'],
  incidentId: string,
  alertId: string,
  actions: readonly Action[],
): Promise<AlertView | null> {
  const [alert, facts, assessment] = await Promise.all([
    records.readableAlert(incidentId, alertId),
    records.findFacts(incidentId, alertId),
    records.findAssessment(incidentId, alertId),
  ]);
  if (!alert) return null;
  const own = actions.filter((one) => one.alertId === alertId);
  const unknown = facts ? unknownsOf(own, facts, alert).length : 0;
  return { alert, facts: facts ?? null, assessment: assessment ?? null, unknown };
}

/** Whether the reader has a role that may approve. Only such readers get links to the pages that decide. */
export const mayDecide = (
  { escalation }: Pick<ConsoleDeps['policy'], 'escalation'>,
  { id }: ConsoleReader,
): boolean => {
  const person = escalation.people[id];
  return person !== undefined && isApprover(person);
};

/** Names by ID: the people in policy, and people who were asked and may have left it. */
function namesOf(
  { escalation }: Pick<ConsoleDeps['policy'], 'escalation'>,
  actions: readonly Action[],
): Names {
  const asked = actions.flatMap(({ approval }) =>
    approval
      ? [...approval.rungs.flatMap(({ ask }) => ask), ...approval.handedTo.map(({ to }) => to)]
      : [],
  );
  return Object.fromEntries([
    ...asked.map(({ id, name }) => [id, name]),
    ...Object.entries(escalation.people).map(([id, { name }]) => [id, name]),
  ]);
}
