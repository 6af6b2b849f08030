// Has an analyst judge the alert. Whatever goes wrong ends in a ticket for a person, with the reason.
import { errorFields, type Log } from '../audit/log.ts';
import type { Assessment } from '../domain/assessment.ts';
import { AnalyseInput, type Analyst, type Brief, Opinion } from './brief.ts';

export type AnalyseDeps = {
  analyst: Analyst;
  /** Ends the analyst's time; below the function's own time-out, so that the fallback is still ours to give. */
  deadline: () => AbortSignal;
  log: Log;
};

export async function analyse(deps: AnalyseDeps, input: unknown) {
  const { incidentId, alertId, brief } = AnalyseInput.parse(input);
  return { incidentId, alertId, assessment: await assess(deps, brief, { incidentId, alertId }) };
}

async function assess(
  { analyst, deadline, log }: AnalyseDeps,
  brief: Brief,
  ids: { incidentId: string; alertId: string },
): Promise<Assessment> {
  const { origin, model } = analyst;
  try {
    const opinion = Opinion.parse(await analyst.judge(brief, deadline()));
    return { ...opinion, origin, model, failure: null };
  } catch (error) {
    log('error', 'no analysis', { ...ids, origin, ...errorFields(error) });
    return ticketInstead(brief, model, reasonOf(error));
  }
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 1000);

function ticketInstead(brief: Brief, model: string | null, failure: string): Assessment {
  const { title, type } = brief.alert;
  return {
    verdict: 'unclear',
    summary: `Nobody has judged this alert (${type}): the analysis failed. ${title}`.slice(0, 2000),
    recommendations: [
      {
        action: 'create_alert_ticket',
        target: 'alert-1',
        parameters: { durationMinutes: null },
        confidence: 100,
        reasoning: 'The analysis failed; a person has to look at the alert.',
      },
    ],
    origin: 'fallback',
    model,
    failure,
  };
}
