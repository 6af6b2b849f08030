// The analyse step: asks an analyst for an assessment.

import { ALARMING } from '../domain/alarm-messages.ts';
import {
  type AnalysisRecord,
  type Assessment,
  type Attempt,
  failed,
  MAX_ATTEMPTS,
  notAsked,
} from '../domain/assessment.ts';
import { countTokens, TOKENIZER } from '../dossier/tokens.ts';
import { AnalyseInput, type Answered, type Brief } from './brief.ts';
import type { AnalyseDeps } from './deps.ts';
import { reasonOf } from './failure-reason.ts';
import { firstAnswer } from './providers.ts';

export async function analyse(deps: AnalyseDeps, input: unknown) {
  const { incidentId, alertId, brief, askAnew, modelNotAsked } = AnalyseInput.parse(input);
  if (askAnew) return { incidentId, alertId, askAnew };
  const hasModel = deps.analysts.some(({ origin }) => origin !== 'playbook');
  if (hasModel && modelNotAsked !== undefined)
    return { incidentId, alertId, isModelAsked: false, assessment: notAsked(modelNotAsked) };
  const assessment = await assess(deps, brief, { incidentId, alertId });
  return { incidentId, alertId, isModelAsked: hasModel, assessment };
}

/**
 * The assessment of the first analyst with a valid answer. If there is none, the failure, which the gate replaces by the
 * playbook's opinion. One invalid part rejects an entire answer: the rest of it can't be trusted. An unknown action or
 * target is valid here; the gate rejects and records it.
 */
async function assess(
  deps: AnalyseDeps,
  brief: Brief,
  ids: { incidentId: string; alertId: string },
): Promise<Assessment> {
  const startedAt = deps.now();
  const attempts: Attempt[] = [];
  const answers: Answered[] = [];
  const record = () => {
    const latencyMs = deps.now().getTime() - startedAt.getTime();
    return { record: recordOf(brief, { attempts, answers, latencyMs }) };
  };
  try {
    const { analyst, opinion } = await firstAnswer(deps, brief, { attempts, answers });
    const { origin, model } = analyst;
    const judged = { ...opinion, origin, model, failure: null };
    return origin === 'playbook' ? judged : { ...judged, ...record() };
  } catch (error) {
    const failure = reasonOf(error);
    deps.log('error', ALARMING.analysisFailed, { ...ids, failure });
    return { ...failed(failure), model: attempts.at(-1)?.model ?? null, ...record() };
  }
}

/** What the model saw, and what the providers report. */
function recordOf(
  { dossier = '' }: Brief,
  { attempts, answers, latencyMs }: { attempts: Attempt[]; answers: Answered[]; latencyMs: number },
): AnalysisRecord {
  const answer = answers.at(-1);
  return {
    dossier,
    dossierTokens: countTokens(dossier),
    tokenizer: TOKENIZER,
    promptVersion: answer?.promptVersion ?? null,
    answeredBy: answer?.answeredBy?.slice(0, 128) ?? null,
    requestId: answer?.requestId?.slice(0, 128) ?? null,
    stopReason: answer?.stopReason?.slice(0, 64) ?? null,
    tokens: answer?.tokens ?? null,
    attempts: attempts.slice(0, MAX_ATTEMPTS),
    latencyMs: Math.max(0, latencyMs),
    costUsd: null,
  };
}
