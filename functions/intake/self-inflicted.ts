// Recognises alerts that our own actions caused.

import { ActionName, changesOf } from '../domain/action-catalog.ts';
import type { Cause, Entity, EntityKind, Reported } from '../domain/alert.ts';
import { UNKNOWN } from '../domain/place.ts';
import type { Policy } from '../policy/policy.ts';
import type { EntityEvent } from '../store/entity-history.ts';
import type { Store } from '../store/store.ts';

export type CauseDeps = {
  store: Pick<Store, 'records' | 'entityHistory'>;
  policy: Policy;
  /** Prefix of the names of this stack's functions and roles. */
  ownPrefix: string;
  now: () => Date;
};

/** An alert lists its main entities first. The history of further ones is not read. */
const MAX_ENTITIES = 10;

/** Words that products use when a credential or connection stops working. */
const ABSENCE =
  /gap|heart ?beat|missing|no[ -]?data|silent|stopped|unreachable|not reporting|access ?denied|unauthori[sz]ed ?operation|throttl|unavailable|timeout/i;

const ACTION_EVENTS: readonly EntityEvent['event'][] = ['in-force', 'ended', 'reversed-by-person'];

/**
 * The action that caused the alert, or null. An alert about one of our own roles is always self-inflicted. Any other
 * alert is self-inflicted if it reports that something stopped and a recent action cut off one of its entities.
 */
export async function causeOf(deps: CauseDeps, alert: Reported): Promise<Cause | null> {
  if (alert.sample) return null;
  const byOwnRole = alert.entities.some((entity) => isOwnRole(entity, deps));
  const reportsAbsence = ABSENCE.test(`${alert.type} ${alert.title}`);
  if (!byOwnRole && !reportsAbsence) return null;
  const [latest] = (await recentActions(deps, alert))
    .filter(({ name }) => byOwnRole || changesOf(ActionName.safeParse(name).data ?? null)?.cutsOff)
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  if (!latest)
    return byOwnRole
      ? { incidentId: null, actionId: null, why: "One of Countermand's roles triggered it" }
      : null;
  const { incidentId, actionId, name } = latest;
  const why = byOwnRole
    ? `One of Countermand's roles triggered it while carrying out ${name}`
    : `The alert reports that something stopped after Countermand carried out ${name} on one of its entities`;
  return { incidentId, actionId, why };
}

/**
 * True for a role of this stack or a session of one, such as `countermand-execute-user` in a name, ARN or principal,
 * and for a role of a stack in another region, such as `countermand-us-east-1-execute-user`. A role of another account
 * is someone else's.
 */
const isOwnRole = (
  { kind, part, place, value, attributes }: Entity,
  { ownPrefix: prefix, policy }: Pick<CauseDeps, 'ownPrefix' | 'policy'>,
): boolean =>
  part === 'actor' &&
  kind !== 'ip' &&
  (place.account === UNKNOWN || place.account === policy.account) &&
  [value, attributes.userName, attributes.principalId, attributes.arn].some((name) =>
    name?.split(/[/:]/).some((word) => word.startsWith(prefix)),
  );

/** Kinds of entity that exist once in an account, in no region. */
const GLOBAL_KINDS: readonly EntityKind[] = ['iam-user', 'iam-role', 'access-key', 'ip'];

/**
 * Whether an action was on this entity and not on one with the same name elsewhere. An unknown place may be the same:
 * taking an alert for self-inflicted only makes decisions stricter.
 */
function isAt({ kind, place: seen }: Entity, acted: EntityEvent['place']): boolean {
  if (acted === null) return true;
  const isSame = (a: string, b: string) => a === b || a === UNKNOWN || b === UNKNOWN;
  if (!isSame(seen.account, acted.account)) return false;
  return GLOBAL_KINDS.includes(kind) || isSame(seen.region, acted.region);
}

/** Action events on the alert's entities within the policy's `selfInflictedMinutes`. */
async function recentActions(
  { store, policy, now }: CauseDeps,
  alert: Reported,
): Promise<EntityEvent[]> {
  const since = new Date(
    now().getTime() - policy.limits.selfInflictedMinutes * 60_000,
  ).toISOString();
  const entities = alert.entities.filter(({ kind }) => kind !== 'alert').slice(0, MAX_ENTITIES);
  const histories = await Promise.all(
    entities.map(async (entity) =>
      (await store.entityHistory.read(entity)).filter(({ place }) => isAt(entity, place)),
    ),
  );
  return histories
    .flat()
    .filter(
      ({ event, at, actionId }) =>
        ACTION_EVENTS.includes(event) && actionId !== null && at >= since,
    );
}
