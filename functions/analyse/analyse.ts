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
import { type Question, questionsIn } from '../domain/question.ts';
import { countTokens, TOKENIZER } from '../dossier/tokens.ts';
import { AnalyseInput, type Answered, type Brief } from './brief.ts';
import type { AnalyseDeps } from './deps.ts';
import { reasonOf } from './failure-reason.ts';
import { firstAnswer } from './providers.ts';

type Analysed = Pick<AnalyseInput, 'incidentId' | 'alertId'> &
  Partial<Pick<AnalyseInput, 'askAnew' | 'brief'>> & {
    assessment?: Assessment;
    isModelAsked?: boolean;
    /** What `enrich` looks up before the model is asked once more. */
    questions?: Question[];
  };

export async function analyse(deps: AnalyseDeps, input: unknown): Promise<Analysed> {
  const { incidentId, alertId, brief, askAnew, modelNotAsked, assessment, isAnswered } =
    AnalyseInput.parse(input);
  const ids = { incidentId, alertId };
  if (askAnew) return { ...ids, askAnew };
  const isModelAsked = deps.analysts.some(({ origin }) => origin !== 'playbook');
  if (isModelAsked && modelNotAsked !== undefined)
    // The answer with which the model asked is an answer all the same.
    return isAnswered && assessment
      ? { ...ids, isModelAsked, assessment }
      : { ...ids, isModelAsked: false, assessment: notAsked(modelNotAsked) };
  const found = await assess(deps, brief, ids);
  if (isAnswered) return { ...ids, isModelAsked, assessment: second(assessment, found.assessment) };
  const questions = questionsIn(found.questions, brief.alert.entities);
  return {
    ...{ ...ids, isModelAsked, assessment: found.assessment },
    // The only round: the second answer asks nothing. No critical alert waits for it: people are paged first.
    ...(isModelAsked &&
      questions.length > 0 &&
      brief.alert.severity.label !== 'critical' && { questions, brief }),
  };
}

/** The answer after the round, or the first one if the second call failed. Both calls count. */
function second(first: Assessment | undefined, after: Assessment): Assessment {
  if (!first?.record || !after.record) return first ?? after;
  const attempts = [...(first.record.attempts ?? []), ...(after.record.attempts ?? [])];
  const answer = after.failure === null ? after : first;
  return {
    ...answer,
    record: { ...(answer.record ?? after.record), attempts: attempts.slice(0, MAX_ATTEMPTS) },
  };
}

/**
 * The assessment of the first analyst with a valid answer, and its questions. If there is none, the failure, which the
 * gate replaces by the playbook's opinion. One invalid part rejects an entire answer: the rest of it can't be trusted.
 * An unknown action or target is valid here; the gate rejects and records it.
 */
async function assess(
  deps: AnalyseDeps,
  brief: Brief,
  ids: { incidentId: string; alertId: string },
): Promise<{ assessment: Assessment; questions: unknown[] }> {
  const startedAt = deps.now();
  const attempts: Attempt[] = [];
  const answers: Answered[] = [];
  const record = () => {
    const latencyMs = deps.now().getTime() - startedAt.getTime();
    return { record: recordOf(brief, { attempts, answers, latencyMs }) };
  };
  try {
    const { analyst, answer } = await firstAnswer(deps, brief, { attempts, answers });
    const { questions, ...opinion } = answer;
    const { origin, model } = analyst;
    const judged = { ...opinion, origin, model, failure: null };
    const assessment = origin === 'playbook' ? judged : { ...judged, ...record() };
    return { assessment, questions };
  } catch (error) {
    const failure = reasonOf(error);
    deps.log('error', ALARMING.analysisFailed, { ...ids, failure });
    const model = attempts.at(-1)?.model ?? null;
    return { assessment: { ...failed(failure), model, ...record() }, questions: [] };
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
