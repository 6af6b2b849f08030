// Merges the analysis with the minimum that no model can leave out.
import { ActionName, isHarmless } from '../domain/action-catalog.ts';
import { type Alert, isSevere } from '../domain/alert.ts';
import type { Assessment, Opinion, Recommendation } from '../domain/assessment.ts';

type Recommended = readonly Recommendation[];
/** Whether the checks doubt the whole answer, and which recommendations they doubt. */
export type Doubted = { isAnswer: boolean; isDoubted: (one: Recommendation) => boolean };
const NOTHING: Doubted = { isAnswer: false, isDoubted: () => false };

/**
 * The assessment with the playbook's ticket and all changes that the playbook recommends. At medium severity or below,
 * the answer may leave out harmless ones, and as "benign" all: one that doesn't rule out an attack gives no reason to
 * ask less. A doubted answer leaves nothing out, and a doubted recommendation gives way to the playbook's own. If the
 * analysis failed, the playbook's opinion takes its place. The gate adds a page if no request pages.
 */
export function withFloor(
  assessment: Assessment,
  alert: Alert,
  opinion: Opinion,
  { isAnswer, isDoubted }: Doubted = NOTHING,
): Assessment {
  const playbook = {
    verdict: opinion.verdict,
    recommended: opinion.recommendations.map(({ action, target }) => `${action} ${target}`),
  };
  if (assessment.failure !== null)
    return { ...assessment, ...opinion, playbook, origin: 'fallback' };
  const floor = opinion.recommendations.filter(({ action }) => {
    if (isAnswer || action === 'create_alert_ticket') return true;
    if (action === 'send_analyst_notification') return false;
    const isWanted = assessment.verdict !== 'benign' && !isHarmless(ActionName.parse(action));
    return isWanted || isSevere(alert.severity.label);
  });
  const kept = assessment.recommendations.filter(
    (one) => !isDoubted(one) || !floor.some((other) => isSame(one, other)),
  );
  return { ...assessment, playbook, recommendations: merged(floor, kept) };
}

/** Whether the assessment is the playbook's opinion, and needs no check. Its origin alone proves nothing. */
export const isPlaybooks = ({ verdict, recommendations }: Assessment, opinion: Opinion): boolean =>
  verdict === opinion.verdict &&
  recommendations.length === opinion.recommendations.length &&
  recommendations.every((one) =>
    opinion.recommendations.some(
      (other) =>
        isSame(one, other) &&
        one.confidence === other.confidence &&
        one.reasoning === other.reasoning,
    ),
  );

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
