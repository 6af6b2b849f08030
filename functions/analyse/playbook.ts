// The analyst that is always there: a table of finding families, and no judgement beyond it.

import { ActionName, changesOf } from '../domain/action-catalog.ts';
import { aboutAlert, type Recommendation } from '../domain/assessment.ts';
import type { Analyst, Brief, Opinion } from './brief.ts';
import { FAMILIES, OTHERWISE, type Step } from './families.ts';

/** More than this many of one kind say that something larger goes on: then a person has to look. */
const MAX_TARGETS_PER_STEP = 3;
/** With a ticket and a notification, ten in all. */
const MAX_STEPS = 8;

export const playbook: Analyst = {
  origin: 'playbook',
  model: null,
  judge: async (brief) => judge(brief),
};

export function judge({ alert }: Brief): Opinion {
  const { verdict, says, steps, canWait } =
    FAMILIES.find(
      ({ pattern, direction }) =>
        pattern.test(alert.type) && (!direction || direction === alert.traffic.direction),
    ) ?? OTHERWISE;
  const contained = steps
    .flatMap((step) => targetsOf(alert, step).map((ref) => recommend(step, ref)))
    .slice(0, MAX_STEPS);
  return {
    verdict,
    summary: `${says} (${alert.type}, severity ${alert.severity.label})`.slice(0, 2000),
    recommendations: [...contained, ...told(alert, contained, canWait)],
  };
}

function targetsOf({ entities }: Brief['alert'], { action, kinds, part }: Step): string[] {
  const named = entities.filter((entity) => entity.part === part);
  const kind = kinds.find((kind) => named.some((entity) => entity.kind === kind));
  return (
    named
      .filter((entity) => entity.kind === kind)
      // Temporary credentials end by themselves and cannot be made inactive.
      .filter(({ value }) => !value.startsWith('ASIA') || actsOnTemporaryKeys(action))
      .slice(0, MAX_TARGETS_PER_STEP)
      .map(({ ref }) => ref)
  );
}

const recommend = ({ action, confidence, because }: Step, target: string): Recommendation => ({
  action,
  target,
  parameters: { durationMinutes: null },
  confidence,
  reasoning: because,
});

/** No mechanism can make temporary credentials inactive. A person can end their sessions with a runbook. */
const actsOnTemporaryKeys = (action: ActionName): boolean => changesOf(action) === null;

/** Every alert leaves a ticket; a critical one also wakes somebody, and so does a high one that asks nobody. */
function told(
  { severity: { label } }: Brief['alert'],
  contained: readonly Recommendation[],
  canWait = false,
): Recommendation[] {
  const ticket = aboutAlert(
    'create_alert_ticket',
    'A person should look at every alert in daylight.',
  );
  const asksNobody = contained.every(({ action }) => changesOf(ActionName.parse(action))?.quiet);
  const wakes = !canWait && (label === 'critical' || (label === 'high' && asksNobody));
  return wakes
    ? [
        ticket,
        aboutAlert('send_analyst_notification', `It is ${label}: somebody should know of it now.`),
      ]
    : [ticket];
}
