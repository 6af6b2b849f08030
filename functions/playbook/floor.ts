// Merges the analysis with the minimum that no model can leave out.
import { type Alert, isSevere } from '../domain/alert.ts';
import type { Assessment, Recommendation } from '../domain/assessment.ts';
import { judge } from './playbook.ts';

type Recommended = readonly Recommendation[];

/**
 * The assessment with the playbook's ticket, and above medium severity with all changes that the playbook recommends.
 * If the analysis failed, the playbook's opinion takes its place. The gate adds a page if no request pages.
 */
export function withFloor(assessment: Assessment, alert: Alert): Assessment {
  const opinion = judge({ alert });
  const playbook = {
    verdict: opinion.verdict,
    recommended: opinion.recommendations.map(({ action, target }) => `${action} ${target}`),
  };
  if (assessment.failure !== null)
    return { ...assessment, ...opinion, playbook, origin: 'fallback' };
  return {
    ...assessment,
    playbook,
    recommendations: merged(
      opinion.recommendations.filter(
        ({ action }) =>
          action === 'create_alert_ticket' ||
          (action !== 'send_analyst_notification' && isSevere(alert.severity.label)),
      ),
      assessment.recommendations,
    ),
  };
}

/**
 * What was recommended, then what is missing. Of two equal recommendations, the more confident one stays, for the
 * playbook's duration.
 */
function merged(floor: Recommended, recommended: Recommended): Recommendation[] {
  const best = recommended.map((one) => {
    const least = floor.find((other) => isSame(one, other));
    if (!least || least.confidence > one.confidence) return least ?? one;
    return { ...one, parameters: least.parameters };
  });
  return [...best, ...floor.filter((other) => !recommended.some((one) => isSame(one, other)))];
}

const isSame = (a: Recommendation, b: Recommendation): boolean =>
  a.action === b.action && a.target === b.target;
