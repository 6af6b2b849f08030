// The analyse step: asks an analyst for an assessment.

import { ALARMING } from '../domain/alarm-messages.ts';
import {
  type AnalysisRecord,
  type Assessment,
  failed,
  notAsked,
  Opinion,
} from '../domain/assessment.ts';
import { countTokens, TOKENIZER } from '../dossier/tokens.ts';
import { withDeadline } from '../platform/deadline.ts';
import { AnalyseInput, type Brief, type ModelCall } from './brief.ts';
import type { AnalyseDeps } from './deps.ts';
import { reasonOf } from './failure-reason.ts';

export async function analyse(deps: AnalyseDeps, input: unknown) {
  const { incidentId, alertId, brief, askAnew, modelNotAsked } = AnalyseInput.parse(input);
  if (askAnew) return { incidentId, alertId, askAnew };
  const hasModel = deps.analyst.origin !== 'playbook';
  if (hasModel && modelNotAsked !== undefined)
    return { incidentId, alertId, isModelAsked: false, assessment: notAsked(modelNotAsked) };
  const assessment = await assess(deps, brief, { incidentId, alertId });
  return { incidentId, alertId, isModelAsked: hasModel, assessment };
}

/**
 * The analyst's assessment, or the failure, which the gate replaces by the playbook's opinion. One invalid part rejects
 * the entire answer: the rest of it can't be trusted. An unknown action or target is valid here; the gate rejects and
 * records it.
 */
async function assess(
  { analyst, deadline, now, log }: AnalyseDeps,
  brief: Brief,
  ids: { incidentId: string; alertId: string },
): Promise<Assessment> {
  const { origin } = analyst;
  const model = analyst.model?.slice(0, 128) ?? null;
  const startedAt = now();
  let call: ModelCall | null = null;
  const record = () =>
    origin === 'playbook'
      ? {}
      : { record: recordOf(brief, call, now().getTime() - startedAt.getTime()) };
  try {
    const answer = await withDeadline(deadline(), (signal) =>
      analyst.judge(brief, signal, (one) => {
        call = one;
      }),
    );
    return { ...Opinion.parse(answer), origin, model, failure: null, ...record() };
  } catch (error) {
    const failure = reasonOf(error);
    log('error', ALARMING.analysisFailed, { ...ids, origin, failure });
    return { ...failed(failure), model, ...record() };
  }
}

/** What the model saw, and what the provider reports. */
const recordOf = (
  { dossier = '' }: Brief,
  call: ModelCall | null,
  latencyMs: number,
): AnalysisRecord => ({
  dossier,
  dossierTokens: countTokens(dossier),
  tokenizer: TOKENIZER,
  promptVersion: call?.promptVersion ?? null,
  answeredBy: call?.answeredBy?.slice(0, 128) ?? null,
  requestId: call?.requestId?.slice(0, 128) ?? null,
  stopReason: call?.stopReason?.slice(0, 64) ?? null,
  tokens: call?.tokens ?? null,
  latencyMs: Math.max(0, latencyMs),
  costUsd: null,
});
