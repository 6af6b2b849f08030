// Alerts that our own actions cause: made by our own roles, or about what stopped because we took something away.

import { ActionName, changesOf } from '../domain/action-catalog.ts';
import type { Cause, Entity, Reported } from '../domain/alert.ts';
import type { Policy } from '../policy/policy.ts';
import type { EntityEvent } from '../store/entity-history.ts';
import type { Store } from '../store/store.ts';

export type CauseDeps = {
  store: Store;
  policy: Policy;
  /** Begins the names of this stack's functions and roles. */
  ownPrefix: string;
  now: () => Date;
};

/** An alert names its main entities first; more are not asked about. */
const MAX_ENTITIES = 10;

/** What products call it when somebody's credential or connection is gone. */
const ABSENCE =
  /gap|heart ?beat|missing|no[ -]?data|silent|stopped|unreachable|not reporting|access ?denied|unauthori[sz]ed ?operation|throttl|unavailable|timeout/i;

const OURS: readonly EntityEvent['event'][] = ['in-force', 'ended', 'reversed-by-person'];

/**
 * The action of ours that explains the alert, or null where it is somebody else's doing. What our roles do is ours in
 * any case; for the rest there must be both an alert that tells of an absence and something that we took away lately.
 */
export async function causeOf(deps: CauseDeps, alert: Reported): Promise<Cause | null> {
  if (alert.sample) return null;
  const byUs = alert.entities.some((entity) => isOurRole(entity, deps.ownPrefix));
  const tellsOfAbsence = ABSENCE.test(`${alert.type} ${alert.title}`);
  if (!byUs && !tellsOfAbsence) return null;
  const [latest] = (await recentActions(deps, alert))
    .filter(({ name }) => byUs || changesOf(ActionName.safeParse(name).data ?? null)?.cutsOff)
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  if (!latest)
    return byUs ? { incidentId: null, actionId: null, why: 'One of our own roles did it' } : null;
  const { incidentId, actionId, name } = latest;
  const why = byUs
    ? `One of our own roles did it, for ${name}`
    : `We did ${name} to what it is about, and it tells of something that stopped`;
  return { incidentId, actionId, why };
}

/** A role, or a session of one: `countermand-execute-user` as a name, in an ARN or behind the id of the role. */
const isOurRole = ({ kind, part, value, attributes }: Entity, prefix: string): boolean =>
  part === 'actor' &&
  kind !== 'ip' &&
  [value, attributes.userName, attributes.principalId, attributes.arn].some((name) =>
    name?.split(/[/:]/).some((word) => word.startsWith(prefix)),
  );

/** What we did to what the alert is about, within the time for which policy expects to see it. */
async function recentActions(
  { store, policy, now }: CauseDeps,
  alert: Reported,
): Promise<EntityEvent[]> {
  const since = new Date(
    now().getTime() - policy.limits.selfInflictedMinutes * 60_000,
  ).toISOString();
  const asked = alert.entities.filter(({ kind }) => kind !== 'alert').slice(0, MAX_ENTITIES);
  const histories = await Promise.all(asked.map((entity) => store.entityHistory.read(entity)));
  return histories
    .flat()
    .filter(({ event, at, actionId }) => OURS.includes(event) && actionId !== null && at >= since);
}
