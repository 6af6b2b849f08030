// The playbook: applies the family of an alert to its entities and its signs.

import { ActionName, changesOf, isHarmless } from '../domain/action-catalog.ts';
import { isPosture, isSevere } from '../domain/alert.ts';
import { aboutAlert, type Opinion, type Recommendation } from '../domain/assessment.ts';
import { type Citable, isObservation } from '../domain/citable.ts';
import { isIdentity } from '../domain/service-account.ts';
import { harmlessReason, type Judged, rated, whyQuiet } from './quiet.ts';
import { NO_SIGNS, type Signs } from './signs.ts';
import type { Step } from './steps.ts';
import { familyIn, familyNameOf, familyOf, guideOf } from './types.ts';

/** More targets of one kind suggest a larger attack, which a person must investigate. */
const MAX_TARGETS_PER_STEP = 3;
/** With the ticket and the notification, this makes ten recommendations, the maximum of an assessment. */
const MAX_STEPS = 8;

export function judge({
  alert: given,
  signs = NO_SIGNS,
  citable = [],
}: {
  alert: Judged;
  /** Absent in a brief that an earlier version built. */
  signs?: Signs | undefined;
  citable?: readonly Citable[] | undefined;
}): Opinion {
  const alert = rated(given, signs);
  const family = familyIn(alert, signs);
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
 * Whether a person must be paged even if nothing is requested: about a severe alert, and about a change of access or
 * logging that no step can stop. Posture never pages, nor does a high alert that is probably no attack.
 */
export function pagesAnyway(given: Judged, signs: Signs = NO_SIGNS): boolean {
  const alert = rated(given, signs);
  const { severity, entities } = alert;
  const family = familyIn(alert, signs);
  if (isPosture({ entities }) || harmlessReason(alert, signs, family) !== null) return false;
  if (signs.hasActed && family.steps.length > 0 && whyQuiet(alert, signs) === null) return true;
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
function isForeign(entity: Judged['entities'][number], entities: Judged['entities']): boolean {
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
      familyIn(alert, signs).advice,
      guide && `AWS's guidance: ${guide}`,
    ]
      .filter(Boolean)
      .join(' '),
  );
  const needsNoApproval = containment.every(
    ({ action }) => changesOf(ActionName.parse(action))?.quiet,
  );
  return pagesAnyway(alert, signs) && (label === 'critical' || needsNoApproval)
    ? [
        ticket,
        aboutAlert(
          'send_analyst_notification',
          isSevere(label)
            ? `The severity is ${label}: the on-call analyst must know now.`
            : 'Access or logging was changed: the on-call analyst must know now.',
        ),
      ]
    : [ticket];
}
