// Whether the evidence that an analysis cites supports what it concludes.
import { ActionName, changesOf } from '../domain/action-catalog.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import type { Assessment, Recommendation } from '../domain/assessment.ts';
import { type Citable, isObservation } from '../domain/citable.ts';
import { isIdentity } from '../domain/service-account.ts';
import { familyOf } from '../playbook/types.ts';

export type Given = {
  alert: Pick<
    Alert,
    'entities' | 'type' | 'traffic' | 'sample' | 'causedBy' | 'evidence' | 'count'
  >;
  citable: readonly Citable[];
};

/** A numbered line of evidence, from the finding or a look-up. */
const isEvidence = ({ kind }: Citable): boolean => kind !== 'facts' && kind !== 'context';
const hasEvidence = (citable: readonly Citable[]): boolean =>
  citable.some((one) => isEvidence(one) && !one.isUntrusted);

export const found = (ids: readonly string[], citable: readonly Citable[]): Citable[] =>
  citable.filter(({ id }) => ids.includes(id));
export const areAllFound = (ids: readonly string[], citable: readonly Citable[]): boolean =>
  ids.every((id) => citable.some((one) => one.id === id));

/** "Unclear" claims nothing. Only a line that speaks against an attack supports "benign". */
export function isVerdictSupported(
  { verdict, supports = [] }: Pick<Assessment, 'verdict' | 'supports'>,
  given: Given,
): boolean {
  if (verdict === 'unclear') return true;
  const cited = found(
    supports.flatMap(({ evidence }) => evidence),
    given.citable,
  ).filter(({ isUntrusted }) => !isUntrusted);
  return verdict === 'benign'
    ? isExplained(cited, given.alert)
    : cited.some((one) => isEvidence(one) || !hasEvidence(given.citable));
}

/**
 * Whether the lines explain everyone of one kind that acts in the alert: all users and keys, or all addresses. A line
 * about one of them explains nothing that another one did, and a line about a target explains only alerts about its
 * state.
 */
function isExplained(cited: readonly Citable[], alert: Given['alert']): boolean {
  if (alert.sample || alert.causedBy !== null) return cited.length > 0;
  const part = familyOf(alert).plannedBy;
  const named = alert.entities.filter(({ kind }) => kind !== 'alert');
  const acting = named.filter((one) => one.part === part);
  const explained = acting.length > 0 ? acting : named;
  const reassuring = cited.filter(({ isReassuring }) => isReassuring === true);
  if (reassuring.some(({ refs }) => refs.length === 0)) return true;
  const byKind = Map.groupBy(explained, (one) => (isIdentity(one) ? 'identity' : one.kind));
  return [...byKind.values()].some((all) =>
    all.every(({ ref }) => {
      const same = sameActor(ref, alert.entities);
      return reassuring.some((line) => line.refs.some((one) => same.has(one)));
    }),
  );
}

export const cutsOff = ({ action }: Pick<Recommendation, 'action'>): boolean =>
  changesOf(ActionName.safeParse(action).data ?? null)?.cutsOff ?? false;

/**
 * Whether the line is about the target, trusted, and shows an act where something is cut off. Where a product gives no
 * evidence about the target, its facts must do.
 */
export function shows(line: Citable, one: Recommendation, { alert, citable }: Given): boolean {
  const target = alert.entities.find(({ ref }) => ref === one.target);
  if (!target) return false;
  const about = sameActor(one.target, alert.entities);
  const isVictim = isVictimIn(alert.entities, target);
  const isMeant = !isVictim && isOnlyActor(about, alert.entities);
  const isAbout = ({ refs }: Citable) =>
    refs.length === 0 ? isMeant : refs.some((ref) => about.has(ref));
  // What was done to a victim is no reason to stop it.
  if (cutsOff(one) && isVictim) return false;
  const fits = (each: Citable) =>
    isEvidence(each) &&
    !each.isUntrusted &&
    isAbout(each) &&
    (!cutsOff(one) || isObservation(each));
  if (fits(line)) return true;
  return !citable.some(fits) && line.kind === 'facts' && isAbout(line);
}

/**
 * An address that does not act, or a user beside the one that acts. Without anyone that acts, a key may have leaked.
 */
const isVictimIn = (entities: readonly Entity[], target: Entity): boolean =>
  target.part !== 'actor' &&
  (target.kind === 'ip' || (isIdentity(target) && entities.some(({ part }) => part === 'actor')));

/** A line about the whole alert does not say which of several users it means. */
const isOnlyActor = (about: ReadonlySet<string>, entities: readonly Entity[]): boolean =>
  !entities.some((one) => about.has(one.ref) && isIdentity(one)) ||
  entities.every((one) => !isIdentity(one) || one.part !== 'actor' || about.has(one.ref));

/** A key acts for its user or its role, and so do their other keys. Nothing else is known to be the same. */
export function sameActor(target: string, entities: readonly Entity[]): ReadonlySet<string> {
  const entity = entities.find(({ ref }) => ref === target);
  const holder = entity && isIdentity(entity) ? holderOf(entity) : null;
  if (holder === null) return new Set([target]);
  return new Set([
    target,
    ...entities.filter((one) => isIdentity(one) && holderOf(one) === holder).map(({ ref }) => ref),
  ]);
}

/** Null for a key whose holder the alert does not name. */
function holderOf({ kind, value, attributes, place }: Entity): string | null {
  if (kind !== 'access-key') return [place.account, kind, value].join(' ');
  const { userName, userType = 'user' } = attributes;
  if (!userName) return null;
  const holder = /role/i.test(userType) ? 'iam-role' : 'iam-user';
  return [place.account, holder, userName].join(' ');
}
