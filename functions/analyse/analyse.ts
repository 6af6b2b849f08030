// The analyse step: asks an analyst for an assessment, or opens a ticket.

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
 * The analyst's assessment, or a fallback when anything fails. One invalid part rejects the entire answer: the rest of
 * it can't be trusted. An unknown action or target is valid here; the gate rejects and records it.
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
    log('error', 'analysis failed', { ...ids, origin, failure });
    return ticketInstead(brief, model, failure);
  }
}

const MAX_RECOMMENDATIONS = 10;

/**
 * Adds a ticket if there is none: injected text must not be able to hide an alert by making the model call it benign.
 */
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
          'The analysis recommended no ticket. Every alert gets one.',
        ),
      ];
}

function ticketInstead(brief: Brief, model: string | null, failure: string): Assessment {
  const { title, type } = brief.alert;
  return {
    verdict: 'unclear',
    summary: `The analysis of this alert failed (${type}). ${title}`.slice(0, 2000),
    recommendations: [
      aboutAlert('create_alert_ticket', 'The analysis failed. Investigate the alert yourself.'),
    ],
    origin: 'fallback',
    model,
    failure,
  };
}
