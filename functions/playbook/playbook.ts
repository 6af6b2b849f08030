// The playbook: applies the table of alert families to one alert.

import { ActionName, changesOf } from '../domain/action-catalog.ts';
import { type Alert, isPosture } from '../domain/alert.ts';
import { aboutAlert, type Opinion, type Recommendation } from '../domain/assessment.ts';
import { type Citable, isObservation } from '../domain/citable.ts';
import { isIdentity } from '../domain/service-account.ts';
import { CHECK, FAMILIES, type Family, UNKNOWN_TYPE } from './families.ts';
import type { Step } from './steps.ts';

/** More targets of one kind suggest a larger attack, which a person must investigate. */
const MAX_TARGETS_PER_STEP = 3;
/** With the ticket and the notification, this makes ten recommendations, the maximum of an assessment. */
const MAX_STEPS = 8;

type Named = Omit<Alert['entities'][number], 'foundAt'>;
/** The part of an alert that the playbook reads. */
export type Judged = Pick<Alert, 'type' | 'severity' | 'traffic'> & { entities: readonly Named[] };

export function judge({
  alert,
  citable = [],
}: {
  alert: Judged;
  citable?: readonly Citable[] | undefined;
}): Opinion {
  const { verdict, summary, steps } = familyOf(alert);
  const containment = steps
    .flatMap((step) => targetsOf(alert, step).map((ref) => recommend(step, ref)))
    .slice(0, MAX_STEPS);
  return {
    verdict,
    summary: `${summary} (${alert.type}, severity ${alert.severity.label})`,
    recommendations: [...containment, ...ticketAndPage(alert, containment)].map((one) => ({
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
  return evidence.length > 0 ? [{ text: 'This is what its product observed.', evidence }] : [];
}

function familyOf(alert: Judged): Omit<Family, 'pattern'> {
  if (isPosture(alert)) return CHECK;
  const family = FAMILIES.find(
    ({ pattern, direction }) =>
      pattern.test(alert.type) && (!direction || direction === alert.traffic.direction),
  );
  return family ?? UNKNOWN_TYPE;
}

/** What the family of the alert means, in one or two sentences; null for a type that the playbook does not know. */
export function summaryOf(alert: Judged): string | null {
  const family = familyOf(alert);
  return family === UNKNOWN_TYPE ? null : family.summary;
}

/** Whether the alert is so severe that a person must be paged. Posture never pages. */
export function pagesForSevere(alert: Judged): boolean {
  const { severity, entities } = alert;
  const isHigh = severity.label === 'high' && !familyOf(alert).pagesOnlyIfCritical;
  return !isPosture({ entities }) && (isHigh || severity.label === 'critical');
}

function targetsOf({ entities }: Judged, { action, kinds, role }: Step): string[] {
  const named = entities.filter((entity) => entity.part === role && !isForeign(entity, entities));
  const kind = kinds.find((kind) => named.some((entity) => entity.kind === kind));
  return (
    named
      .filter((entity) => entity.kind === kind)
      // Temporary access keys (ASIA...) expire and can't be made inactive.
      .filter(({ value }) => !value.startsWith('ASIA') || isManual(action))
      // Only the root user itself can change its keys.
      .filter(({ attributes }) => attributes.userType?.toLowerCase() !== 'root' || isManual(action))
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
function ticketAndPage(alert: Judged, containment: readonly Recommendation[]): Recommendation[] {
  const { label } = alert.severity;
  const ticket = aboutAlert(
    'create_alert_ticket',
    'Every alert gets a ticket for review in working hours.',
  );
  const needsNoApproval = containment.every(
    ({ action }) => changesOf(ActionName.parse(action))?.quiet,
  );
  const pages = pagesForSevere(alert) && (label === 'critical' || needsNoApproval);
  return pages
    ? [
        ticket,
        aboutAlert(
          'send_analyst_notification',
          `The severity is ${label}: the on-call analyst must know now.`,
        ),
      ]
    : [ticket];
}
