// What the analysis proposes. The names in it are asked for, not granted: the gate derives what counts.
import * as z from 'zod';

export const Recommendation = z.strictObject({
  /** An action's name as the model wrote it; one that policy does not know is handed to a person. */
  action: z.string().min(1).max(64),
  /** A reference such as `ip-1`. A string here, because a reference that does not resolve must be recorded, not lost. */
  target: z.string().min(1).max(64),
  parameters: z.strictObject({
    /** How long it should stay in force; null asks for the policy's maximum. */
    durationMinutes: z.int().min(1).max(10_080).nullable(),
  }),
  confidence: z.int().min(0).max(100),
  reasoning: z.string().max(2000),
});
export type Recommendation = z.infer<typeof Recommendation>;

/** What people are told of an alert needs no target but itself, and no judgement. */
export const aboutAlert = (
  action: 'create_alert_ticket' | 'send_analyst_notification',
  reasoning: string,
): Recommendation => ({
  action,
  target: 'alert-1',
  parameters: { durationMinutes: null },
  confidence: 100,
  reasoning,
});

export const Assessment = z.strictObject({
  verdict: z.enum(['malicious', 'suspicious', 'benign', 'unclear']),
  summary: z.string().max(2000),
  recommendations: z.array(Recommendation).max(10),
  /** Who made it. `fallback` is the ticket that stands in for an analysis that failed. */
  origin: z.enum(['anthropic', 'bedrock', 'playbook', 'fallback']),
  /** The model that answered, or null. */
  model: z.string().max(128).nullable(),
  /** Why there is only a fallback, or null. */
  failure: z.string().max(1000).nullable(),
});
export type Assessment = z.infer<typeof Assessment>;
