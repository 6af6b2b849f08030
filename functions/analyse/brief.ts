// Input of the analysis and the interface of an analyst.
import * as z from 'zod/mini';
import { ActionId, IncidentId } from '../domain/action.ts';
import { Entity, SeverityLabel, Traffic } from '../domain/alert.ts';
import type { Opinion } from '../domain/assessment.ts';

/** The part of the brief that the playbook reads. The model gets the full brief. */
export const Brief = z.looseObject({
  alert: z.looseObject({
    type: z.string(),
    title: z.string(),
    severity: z.object({ score: z.number(), label: SeverityLabel }),
    traffic: Traffic,
    entities: z.array(z.omit(Entity, { foundAt: true })),
  }),
});
export type Brief = z.infer<typeof Brief>;

export const AnalyseInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  brief: Brief,
  /** Why the budget or a pause forbids asking the model. */
  modelNotAsked: z.optional(z.string().check(z.maxLength(300))),
  /** The expired action that a manager requests again. It skips the analysis. */
  askAnew: z.optional(ActionId),
});

/** Assesses a brief. `judge` rejects when there is no usable answer or the signal aborts. */
export type Analyst = {
  origin: 'anthropic' | 'bedrock' | 'playbook';
  model: string | null;
  judge(brief: Brief, signal: AbortSignal): Promise<Opinion>;
};
