// The analysis: proposals only. The gate derives the effective actions.
import * as z from 'zod';

export const Recommendation = z.strictObject({
  /** The action's name as the model wrote it. An action that policy doesn't know is handed off to a person. */
  action: z.string().min(1).max(64),
  /** A reference such as `ip-1`. Not validated here: a reference that doesn't resolve must be recorded, not lost. */
  target: z.string().min(1).max(64),
  parameters: z.strictObject({
    /** How long the action should stay in force; null asks for the policy's maximum. */
    durationMinutes: z.int().min(1).max(10_080).nullable(),
  }),
  confidence: z.int().min(0).max(100),
  reasoning: z.string().max(2000),
});
export type Recommendation = z.infer<typeof Recommendation>;

/** A ticket or notification about the alert itself. It needs no other target and no confidence estimate. */
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
  /** The origin of the assessment. `fallback` is the ticket that replaces a failed analysis. */
  origin: z.enum(['anthropic', 'bedrock', 'playbook', 'fallback']),
  /** The model that answered, or null. */
  model: z.string().max(128).nullable(),
  /** Why there is only a fallback, or null. */
  failure: z.string().max(1000).nullable(),
});
export type Assessment = z.infer<typeof Assessment>;
