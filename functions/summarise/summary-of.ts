// Derives the summary of an incident from its records.
import {
  type Action,
  deciderOf,
  MAY_HAVE_EFFECT,
  personIn,
  type Status,
} from '../domain/action.ts';
import { informs, isHarmless } from '../domain/action-catalog.ts';
import type { Alert } from '../domain/alert.ts';
import { isMoreSevere } from '../domain/alert.ts';
import { approvalsIn, askedSoFar, peopleAsked } from '../domain/approval.ts';
import { asRaised, isRemoved, isTargetGone, wasInPlaceBefore } from '../domain/effect-state.ts';
import { type Incident, type Outcome, worstOf } from '../domain/incident.ts';
import { namingAlert } from '../domain/naming-alert.ts';
import type { SummarisedEffect, SummarisedRequest, Summary } from '../domain/summary.ts';
import { oneLine, truncate } from '../domain/wording.ts';
import { orderOf } from '../messaging/texts/action-line.ts';
import { plainTitle } from '../messaging/texts/reason.ts';

const MAX_TITLE = 200;
const MAX_ORDER = 160;
const MAX_VALUE = 256;
/** Limits of a list. The page of the incident has everything. */
const MAX_ENTITIES = 60;
const MAX_TYPES = 20;
const MAX_ACTIONS = 20;
const MAX_UNREADABLE = 10;

export type Sources = {
  incident: Incident;
  actions: readonly Action[];
  /** The alerts whose entities `known` doesn't have. */
  alerts: readonly Alert[];
  /** The alert that names the incident; null if it can't be read. */
  worstAlert: Alert | null;
  known: Pick<Summary, 'entities' | 'readAlerts'> | null;
  unreadable: readonly string[];
  versions: number;
};

export function summaryOf(sources: Sources): Summary {
  const { incident, actions, alerts, worstAlert, known, unreadable, versions } = sources;
  const readAlerts = [...(known?.readAlerts ?? []), ...alerts.map(({ alertId }) => alertId)];
  const { incidentId, account, region, openedAt, outcome } = incident;
  const named = namingAlert(incident.alerts, actions);
  return {
    incidentId,
    account,
    region,
    openedAt,
    updatedAt: lastChange(incident, actions),
    title: oneLine(worstAlert ? plainTitle(worstAlert) : (named?.title ?? incidentId), MAX_TITLE),
    severity: worstEver(incident, actions),
    alerts: incident.alerts.length,
    isAssessing: incident.status === 'open',
    outcome,
    isActive: incident.alerts.some(({ state }) => state === 'active'),
    types: [...new Set(incident.alerts.map(({ type }) => type))].slice(0, MAX_TYPES),
    entities: entitiesIn(known?.entities ?? [], alerts),
    readAlerts,
    people: peopleIn(actions),
    requests: actions
      .flatMap(requestIn)
      .sort((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1))
      .slice(0, MAX_ACTIONS),
    effects: actions
      .flatMap(effectIn)
      .sort((a, b) => (effectOrder(a) < effectOrder(b) ? -1 : 1))
      .slice(0, MAX_ACTIONS),
    ended: endedIn(actions, outcome),
    unreadable: unreadable.slice(0, MAX_UNREADABLE),
    basis: versions + readAlerts.length,
  };
}

function lastChange({ openedAt, closedAt, alerts, history }: Incident, actions: readonly Action[]) {
  const all = [
    openedAt,
    closedAt ?? '',
    ...alerts.map(({ receivedAt }) => receivedAt),
    ...[history, ...actions.map((one) => one.history)].flatMap((one) => one.at(-1)?.at ?? []),
  ];
  return all.reduce((last, at) => (at > last ? at : last), openedAt);
}

/** The worst severity of its own alerts, and of alerts of other incidents that raised one of its requests. */
const worstEver = ({ alerts }: Incident, actions: readonly Action[]): Summary['severity'] => {
  const own = worstOf(alerts)?.severity ?? 'medium';
  return actions
    .map((action) => asRaised({ severity: { label: own } }, action).severity.label)
    .reduce((worst, one) => (isMoreSevere(one, worst) ? one : worst), own);
};

function entitiesIn(known: Summary['entities'], alerts: readonly Alert[]): Summary['entities'] {
  const found = alerts.flatMap(({ entities }) =>
    entities
      .filter(({ kind }) => kind !== 'alert')
      .map(({ kind, value }) => ({ kind, value: truncate(value, MAX_VALUE) })),
  );
  const all = [...known, ...found];
  return [...new Map(all.map((one) => [`${one.kind} ${one.value}`, one])).values()].slice(
    0,
    MAX_ENTITIES,
  );
}

function peopleIn(actions: readonly Action[]): Summary['people'] {
  const people = new Map<string, string>();
  for (const { approval, history } of actions) {
    for (const id of history.flatMap(({ by }) => personIn(by) ?? [])) people.set(id, id);
    for (const { id, name } of approval ? [...approval.managers, ...peopleAsked(approval)] : [])
      if (people.has(id) || isAsked(approval, id)) people.set(id, name);
  }
  return [...people].map(([id, name]) => ({ id, name }));
}
const isAsked = (approval: Action['approval'], id: string): boolean =>
  approval !== null && askedSoFar(approval).some((one) => one.id === id);

const named = (action: Action) => ({
  actionId: action.actionId,
  name: action.name,
  order: oneLine(orderOf(action), MAX_ORDER),
});

function requestIn(action: Action): SummarisedRequest[] {
  const { status, approval } = action;
  if (status !== 'awaiting-approval' || !approval) return [];
  const hasVoted = (id: string) => approval.votes.some(({ by }) => by === id);
  const asked = [...new Set(askedSoFar(approval).map(({ id }) => id))];
  return [
    {
      ...named(action),
      requestedAt: approval.requestedAt,
      expiresAt: approval.expiresAt,
      asked: asked.filter((id) => !hasVoted(id)),
      takenBy: approval.acknowledged?.by ?? null,
      approvals: approvalsIn(approval).length,
      required: approval.required,
    },
  ];
}

/** Leaves out a change that existed before the action, or that is gone. */
function effectIn(action: Action): SummarisedEffect[] {
  const { status, name, target, dueAt } = action;
  const isOurs = !wasInPlaceBefore(action) && !isRemoved(action) && !isTargetGone(action);
  if (!MAY_HAVE_EFFECT.includes(status) || informs(name) || !isOurs) return [];
  return [
    {
      ...named(action),
      status,
      target: target && truncate(target.value, MAX_VALUE),
      dueAt: status === 'kept' ? null : dueAt,
      by: deciderOf(action),
    },
  ];
}

const effectOrder = ({ status, dueAt }: SummarisedEffect): string =>
  `${status === 'reversal-failed' ? 0 : 1} ${dueAt ?? '9999'}`;

/** The states of an action that explain an outcome. */
const EXPLAINS: Readonly<Record<Outcome, readonly Status[]>> = {
  acted: ['reversed', 'kept'],
  'recommended-not-executed': ['declined', 'expired'],
  'handed-off': ['handed-off'],
  observed: ['observed'],
  ticketed: ['kept', 'expired', 'failed'],
  'no-action': ['expired', 'dropped'],
  failed: ['failed'],
};

/** A ticket or a watched address says little about a hand-off of several actions. */
const weightOf = ({ name }: Action): number => (informs(name) ? 0 : isHarmless(name) ? 1 : 2);

/** Among the actions that explain the outcome, the one that changed last; of a hand-off, first the weightiest. */
function endedIn(actions: readonly Action[], outcome: Outcome | null): Summary['ended'] {
  const atOf = ({ history }: Action) => history.at(-1)?.at ?? '';
  const [last] = actions
    .filter(
      ({ status, name }) =>
        outcome !== null &&
        EXPLAINS[outcome].includes(status) &&
        (outcome !== 'acted' || !informs(name)),
    )
    .sort((a, b) => (atOf(a) > atOf(b) ? -1 : 1))
    .sort((a, b) => (outcome === 'handed-off' ? weightOf(b) - weightOf(a) : 0));
  return last ? { ...named(last), status: last.status, at: atOf(last), by: deciderOf(last) } : null;
}
