// The playbook: applies the family of an alert to its entities and its signs.

import { ActionName, changesOf, isHarmless } from '../domain/action-catalog.ts';
import { type Alert, isPosture, isSevere } from '../domain/alert.ts';
import { aboutAlert, type Opinion, type Recommendation } from '../domain/assessment.ts';
import { type Citable, isObservation } from '../domain/citable.ts';
import { isIdentity } from '../domain/service-account.ts';
import type { Family } from './families.ts';
import { NO_SIGNS, type Signs } from './signs.ts';
import type { Step } from './steps.ts';
import { familyNameOf, familyOf, guideOf } from './types.ts';

/** More targets of one kind suggest a larger attack, which a person must investigate. */
const MAX_TARGETS_PER_STEP = 3;
/** With the ticket and the notification, this makes ten recommendations, the maximum of an assessment. */
const MAX_STEPS = 8;

type Named = Omit<Alert['entities'][number], 'foundAt'>;
/** The part of an alert that the playbook reads. */
export type Judged = Pick<Alert, 'type' | 'severity' | 'traffic'> & { entities: readonly Named[] };

export function judge({
  alert,
  signs = NO_SIGNS,
  citable = [],
}: {
  alert: Judged;
  /** Absent in a brief that an earlier version built. */
  signs?: Signs | undefined;
  citable?: readonly Citable[] | undefined;
}): Opinion {
  const family = familyOf(alert);
  const why = whyQuiet(alert, signs);
  const containment = family.steps
    .filter(({ action, when }) =>
      why === null
        ? when === undefined || isSevere(alert.severity.label)
        : // Even a harmless action needs approval beside planned work.
          !why.isHarmless && isHarmless(action),
    )
    .flatMap((step) => targetsOf(alert, signs, step).map((ref) => recommend(step, ref)))
    .slice(0, MAX_STEPS);
  return {
    verdict: why?.isHarmless ? 'unclear' : family.verdict,
    summary: [family.summary, why?.text, `(${alert.type})`].filter(Boolean).join(' '),
    recommendations: [...containment, ...ticketAndPage(alert, signs, containment)].map((one) => ({
      ...one,
      because: citedAbout(one.target, citable),
    })),
    supports: supportsIn(citable),
    ...{ contradicts: [], alternatives: [], missing: [], forPeople: [] },
  };
}

type Quiet = {
  text: string;
  /** Whether the reason also speaks against an attack. */
  isHarmless: boolean;
};

/** Why nothing is requested about the alert; null if the steps of its family are. The first reason applies. */
function whyQuiet(alert: Judged, signs: Signs): Quiet | null {
  const { label } = alert.severity;
  const family = familyOf(alert);
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
  return signs.hasMfa && /ConsoleLogin/.test(alert.type)
    ? { text: 'The user signed in with MFA.', isHarmless: true }
    : null;
}

/** Why the alert is probably no attack, or null. A critical alert has no such reason but that of a sample. */
function harmlessReason(alert: Judged, signs: Signs, family: Family): string | null {
  const { label } = alert.severity;
  if (signs.isSample) return 'It is a sample that its product generated.';
  if (label === 'critical') return null;
  if (signs.isOurDoing) return 'An action of Countermand caused it.';
  if (isPlanned(alert, signs, family)) return 'Planned work explains it.';
  if (isSevere(label)) return null;
  if (signs.planned.length > 0 && familyNameOf(alert) !== 'stolen-credential')
    return 'Planned work may explain it.';
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

const MAX_CITED = 3;

/** The first observations about the entity, or about the whole alert. */
const citedAbout = (ref: string, citable: readonly Citable[]): string[] =>
  observationsIn(citable)
    .filter(({ refs }) => refs.length === 0 || refs.includes(ref))
    .slice(0, MAX_CITED)
    .map(({ id }) => id);

const observationsIn = (citable: readonly Citable[]): Citable[] =>
  citable.filter((one) => isObservation(one) && !one.isUntrusted);

function supportsIn(citable: readonly Citable[]): Opinion['supports'] {
  const evidence = observationsIn(citable)
    .slice(0, MAX_CITED)
    .map(({ id }) => id);
  return evidence.length > 0
    ? [
        {
          text: 'The product that raised the alert observed it, or a log of AWS lists it.',
          evidence,
        },
      ]
    : [];
}

/** What the family of the alert means, in one or two sentences; null for a type that the playbook does not know. */
export function summaryOf(alert: Judged): string | null {
  return familyNameOf(alert) === 'unknown' ? null : familyOf(alert).summary;
}

/**
 * Whether the alert is so severe that a person must be paged. Posture never pages, nor does a high alert that is
 * probably no attack.
 */
export function pagesForSevere(alert: Judged, signs: Signs = NO_SIGNS): boolean {
  const { severity, entities } = alert;
  const family = familyOf(alert);
  if (isPosture({ entities }) || harmlessReason(alert, signs, family) !== null) return false;
  return (
    severity.label === 'critical' || (severity.label === 'high' && !family.pagesOnlyIfCritical)
  );
}

function targetsOf(
  { entities, traffic, severity }: Judged,
  { settled }: Signs,
  { action, kinds, role, unless }: Step,
): string[] {
  const named = entities.filter((entity) => entity.part === role && !isForeign(entity, entities));
  const kind = kinds.find((kind) => named.some((entity) => entity.kind === kind));
  if (unless && named.some((entity) => entity.kind === unless)) return [];
  // Only a web ACL can watch an address.
  const isWatched = traffic.layer === 'web' || traffic.layer === 'unknown';
  if (action === 'add_ip_to_watchlist' && !isWatched) return [];
  return (
    named
      .filter((entity) => entity.kind === kind)
      // Temporary access keys (ASIA...) expire and can't be made inactive.
      .filter(({ value }) => !value.startsWith('ASIA') || isManual(action))
      // Only the root user itself can change its keys.
      .filter(({ attributes }) => attributes.userType?.toLowerCase() !== 'root' || isManual(action))
      .filter(({ ref }) => isSevere(severity.label) || !settled.includes(ref))
      .slice(0, MAX_TARGETS_PER_STEP)
      .map(({ ref }) => ref)
  );
}

/** A caller from another account than the alert's: its owner must revoke its credentials, not the attacked account. */
function isForeign(entity: Named, entities: readonly Named[]): boolean {
  const alert = entities.find(({ kind }) => kind === 'alert');
  return isIdentity(entity) && alert !== undefined && entity.place.account !== alert.place.account;
}

const recommend = ({ action, confidence, reasoning }: Step, target: string): Recommendation => ({
  action,
  target,
  parameters: { durationMinutes: null },
  confidence,
  reasoning,
});

/** No mechanism can make temporary or root credentials inactive. A person can, with a runbook. */
const isManual = (action: ActionName): boolean => changesOf(action) === null;

/**
 * Always a ticket. A critical alert also pages the analyst, and so does a high one without an approval request.
 */
function ticketAndPage(
  alert: Judged,
  signs: Signs,
  containment: readonly Recommendation[],
): Recommendation[] {
  const { label } = alert.severity;
  const guide = guideOf(alert.type);
  const ticket = aboutAlert(
    'create_alert_ticket',
    [
      'Every alert gets a ticket for review in working hours.',
      familyOf(alert).advice,
      guide && `AWS's guidance: ${guide}`,
    ]
      .filter(Boolean)
      .join(' '),
  );
  const needsNoApproval = containment.every(
    ({ action }) => changesOf(ActionName.parse(action))?.quiet,
  );
  return pagesForSevere(alert, signs) && (label === 'critical' || needsNoApproval)
    ? [
        ticket,
        aboutAlert(
          'send_analyst_notification',
          `The severity is ${label}: the on-call analyst must know now.`,
        ),
      ]
    : [ticket];
}
