// What the analysis is given, and the port that each analyst fulfils.
import * as z from 'zod';
import { ActionId, IncidentId } from '../domain/action.ts';
import { Entity, SeverityLabel, Traffic } from '../domain/alert.ts';
import { Assessment } from '../domain/assessment.ts';

/** The part of the brief that the playbook reads; the model gets all of it. */
export const Brief = z.looseObject({
  alert: z.looseObject({
    type: z.string(),
    title: z.string(),
    severity: z.object({ score: z.number(), label: SeverityLabel }),
    traffic: Traffic,
    entities: z.array(Entity.omit({ foundAt: true })),
  }),
});
export type Brief = z.infer<typeof Brief>;

export const AnalyseInput = z.object({
  incidentId: IncidentId,
  alertId: z.string(),
  brief: Brief,
  /** Passed on: what is asked anew was judged before. */
  askAnew: ActionId.optional(),
});

/** What an analyst answers: an assessment without its origin, which code adds. */
export const Opinion = Assessment.pick({ verdict: true, summary: true, recommendations: true });
export type Opinion = z.infer<typeof Opinion>;

/** Somebody who judges a brief. Rejects when there is no usable answer; the signal ends the waiting. */
export type Analyst = {
  origin: 'anthropic' | 'bedrock' | 'playbook';
  model: string | null;
  judge(brief: Brief, signal: AbortSignal): Promise<Opinion>;
};
