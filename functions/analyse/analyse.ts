// Has an analyst judge the alert. Whatever goes wrong ends in a ticket for a person, with the reason.

import { type Assessment, aboutAlert, type Recommendation } from '../domain/assessment.ts';
import { withDeadline } from '../platform/deadline.ts';
import { AnalyseInput, type Brief, Opinion } from './brief.ts';
import type { AnalyseDeps } from './deps.ts';
import { reasonOf } from './failure-reason.ts';

export async function analyse(deps: AnalyseDeps, input: unknown) {
  const { incidentId, alertId, brief, askAnew } = AnalyseInput.parse(input);
  if (askAnew) return { incidentId, alertId, askAnew };
  return { incidentId, alertId, assessment: await assess(deps, brief, { incidentId, alertId }) };
}

/**
 * Reads the answer strictly: one part out of bounds spoils all of it, because an analyst that breaks the form once
 * cannot be trusted with the rest. An action or a target that does not exist is no breach: the gate records it.
 */
async function assess(
  { analyst, deadline, log }: AnalyseDeps,
  brief: Brief,
  ids: { incidentId: string; alertId: string },
): Promise<Assessment> {
  const { origin } = analyst;
  const model = analyst.model?.slice(0, 128) ?? null;
  try {
    const answer = await withDeadline(deadline(), (signal) => analyst.judge(brief, signal));
    const { recommendations, ...judged } = Opinion.parse(answer);
    return {
      ...judged,
      recommendations: withTicket(recommendations),
      origin,
      model,
      failure: null,
    };
  } catch (error) {
    const failure = reasonOf(error);
    log('error', 'no analysis', { ...ids, origin, failure });
    return ticketInstead(brief, model, failure);
  }
}

const MAX_RECOMMENDATIONS = 10;

/** "Harmless, nothing to do" is what injected text would most like a model to say: a person reads of the alert anyway. */
function withTicket(recommended: readonly Recommendation[]): Recommendation[] {
  const hasOne = recommended.some(
    ({ action, target }) => action === 'create_alert_ticket' && target === 'alert-1',
  );
  return hasOne
    ? [...recommended]
    : [
        ...recommended.slice(0, MAX_RECOMMENDATIONS - 1),
        aboutAlert(
          'create_alert_ticket',
          'The analysis asked for none; every alert leaves a ticket.',
        ),
      ];
}

function ticketInstead(brief: Brief, model: string | null, failure: string): Assessment {
  const { title, type } = brief.alert;
  return {
    verdict: 'unclear',
    summary: `Nobody has judged this alert (${type}): the analysis failed. ${title}`.slice(0, 2000),
    recommendations: [
      aboutAlert('create_alert_ticket', 'The analysis failed; a person has to look at the alert.'),
    ],
    origin: 'fallback',
    model,
    failure,
  };
}
