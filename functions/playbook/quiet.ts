// Why nothing is requested about an alert, and when a low one counts as medium.
import { type Alert, isMoreSevere, isPosture, isSevere } from '../domain/alert.ts';
import type { Family } from './families.ts';
import { NO_SIGNS, type Signs } from './signs.ts';
import { familyIn, familyNameOf } from './types.ts';

type Named = Omit<Alert['entities'][number], 'foundAt'>;
/** The part of an alert that the playbook reads. */
export type Judged = Pick<Alert, 'type' | 'severity' | 'traffic'> & { entities: readonly Named[] };

type Quiet = {
  text: string;
  /** Whether the reason also speaks against an attack. */
  isHarmless: boolean;
};

/** Why nothing is requested about the alert; null if the steps of its family are. The first reason applies. */
export function whyQuiet(alert: Judged, signs: Signs): Quiet | null {
  const { label } = rated(alert, signs).severity;
  const family = familyIn(alert, signs);
  const harmless = harmlessReason(alert, signs, family);
  if (harmless) return { text: harmless, isHarmless: true };
  if (isSevere(label)) return null;
  const isRoot = alert.entities.some(({ kind, part }) => kind === 'root-user' && part === 'actor');
  const { outcome, isConsequential } = signs;
  if (label !== 'medium' && !(isRoot && isConsequential && outcome !== 'failed'))
    return { text: 'Its severity is low.', isHarmless: false };
  if (family.asks === 'always') return null;
  if (outcome === 'failed') return { text: 'The attempts failed.', isHarmless: false };
  if (!isConsequential)
    return { text: 'Nothing was changed and no data was read.', isHarmless: true };
  return signs.hasMfa && !signs.hasActed && /ConsoleLogin/.test(alert.type)
    ? { text: 'The user signed in with MFA.', isHarmless: true }
    : null;
}

/**
 * Why the alert is probably no attack, or null. A critical alert has no such reason but that of a sample. Where the
 * caller is, and plans for some entities, explain no change of access or logging.
 */
export function harmlessReason(alert: Judged, signs: Signs, family: Family): string | null {
  const { label } = alert.severity;
  if (signs.isSample) return 'It is a sample that its product generated.';
  if (label === 'critical') return null;
  if (signs.isOurDoing) return 'An action of Countermand caused it.';
  if (isPlanned(alert, signs, family)) return 'Planned work explains it.';
  if (isSevere(label) || signs.hasActed) return null;
  // A plan for a user explains no state of a bucket that it does not name.
  const isNamed = alert.entities.some(
    ({ ref, part }) =>
      (family.plannedBy === 'actor' || part === 'target') && signs.planned.includes(ref),
  );
  if (isNamed && familyNameOf(alert) !== 'stolen-credential') return 'Planned work may explain it.';
  if (signs.isAffiliated) return 'The caller belongs to your organization.';
  return signs.isOurAddress && alert.traffic.direction !== 'outbound'
    ? 'The address belongs to this account.'
    : null;
}

/**
 * Whether planned work covers who acts, from addresses that it covers or that are the account's own; or, where the
 * state of resources is the alert, all of one kind.
 */
function isPlanned({ entities }: Judged, signs: Signs, { plannedBy }: Family): boolean {
  const covered = entities.filter(({ ref }) => signs.planned.includes(ref));
  if (plannedBy === 'target') {
    const targets = entities.filter(({ part, kind }) => part === 'target' && kind !== 'alert');
    return [...Map.groupBy(targets, ({ kind }) => kind).values()].some((all) =>
      all.every((one) => covered.includes(one)),
    );
  }
  const addresses = entities.filter(({ kind, part }) => kind === 'ip' && part === 'actor');
  const areCovered = addresses.length > 0 && addresses.every((one) => covered.includes(one));
  return areCovered || (signs.isOurAddress && covered.some(({ part }) => part === 'actor'));
}

const RAISED: Readonly<Record<NonNullable<Signs['raisedBy']>, string>> = {
  root: 'the root user changed access or logging',
  administrator: 'an administrator changed access or logging from a new network',
};

/** Why a low alert counts as a medium one; null for any other alert. */
export function whyRaised(alert: Judged, signs: Signs): string | null {
  const isLow = isMoreSevere('medium', alert.severity.label);
  if (!isLow || signs.raisedBy === null || isPosture(alert)) return null;
  return harmlessReason(alert, signs, familyIn(alert, signs)) === null
    ? RAISED[signs.raisedBy]
    : null;
}

/** The alert with the severity that counts. Products rate a type; the act and its actor can be worse. */
export const rated = <A extends Judged>(alert: A, signs: Signs = NO_SIGNS): A =>
  whyRaised(alert, signs) === null
    ? alert
    : { ...alert, severity: { ...alert.severity, label: 'medium' } };
