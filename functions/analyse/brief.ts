// Input of the analysis and the interface of an analyst.
import * as z from 'zod/mini';
import { ActionId, IncidentId } from '../domain/action.ts';
import { Entity, SeverityLabel, Traffic } from '../domain/alert.ts';
import {
  type AnalysisRecord,
  type Answer,
  Assessment,
  type Attempt,
} from '../domain/assessment.ts';
import { Citable } from '../domain/citable.ts';
import { Signs } from '../playbook/signs.ts';

/** The playbook reads the alert; the model gets the dossier alone. */
export const Brief = z.looseObject({
  alert: z.looseObject({
    type: z.string(),
    severity: z.object({ score: z.number(), label: SeverityLabel }),
    traffic: Traffic,
    entities: z.array(z.omit(Entity, { foundAt: true })),
  }),
  /** Absent in a brief that an earlier version built. */
  dossier: z.optional(z.string().check(z.maxLength(20_000))),
  /** The first observations of the dossier, for the playbook. Absent in a brief that an earlier version built. */
  citable: z.optional(z.array(Citable)),
  /** For the playbook. Absent in a brief that an earlier version built. */
  signs: z.optional(Signs),
});
export type Brief = z.infer<typeof Brief>;

export const AnalyseInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  brief: Brief,
  /** The answer with which the model asked, once its questions are answered. */
  assessment: z.optional(Assessment),
  isAnswered: z.optional(z.boolean()),
  /** Why the budget or a pause forbids asking the model. */
  modelNotAsked: z.optional(z.string().check(z.maxLength(300))),
  /** The expired action that a manager requests again. It skips the analysis. */
  askAnew: z.optional(ActionId),
});

export type AnalyseInput = z.infer<typeof AnalyseInput>;

/** What a provider reports about an answer. */
export type Answered = Pick<
  AnalysisRecord,
  'promptVersion' | 'answeredBy' | 'requestId' | 'stopReason' | 'tokens'
>;

/** Notes each request to a provider, also one that is not answered. */
export type CallLog = {
  tried(attempt: Pick<Attempt, 'status' | 'error'>): void;
  answered(answer: Answered): void;
};

/**
 * Assesses a brief. `judge` rejects when there is no usable answer or the signal aborts. Its answer is not validated.
 */
export type Analyst = {
  origin: 'anthropic' | 'bedrock' | 'playbook';
  model: string | null;
  judge(brief: Brief, signal: AbortSignal, log: CallLog): Promise<Answer>;
};
