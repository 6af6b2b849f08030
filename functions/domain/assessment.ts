// The analysis: proposals only. The gate derives the effective actions.
import * as z from 'zod/mini';

export const Recommendation = z.strictObject({
  /** The action's name as the model wrote it. An action that policy doesn't know is handed off to a person. */
  action: z.string().check(z.minLength(1), z.maxLength(64)),
  /** A reference such as `ip-1`. Not validated here: a reference that doesn't resolve must be recorded, not lost. */
  target: z.string().check(z.minLength(1), z.maxLength(64)),
  parameters: z.strictObject({
    /** How long the action should stay in force; null asks for the policy's maximum. */
    durationMinutes: z.nullable(z.int().check(z.gte(1), z.lte(10_080))),
  }),
  confidence: z.int().check(z.gte(0), z.lte(100)),
  reasoning: z.string().check(z.maxLength(2000)),
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
  summary: z.string().check(z.maxLength(2000)),
  /** At most ten of the analyst, and as many of the playbook. */
  recommendations: z.array(Recommendation).check(z.maxLength(20)),
  /** The origin of the assessment. `fallback` is the playbook's opinion in place of a failed analysis. */
  origin: z.enum(['anthropic', 'bedrock', 'playbook', 'fallback']),
  /** The model that answered, or null. */
  model: z.nullable(z.string().check(z.maxLength(128))),
  /** Why the analysis failed, or null. */
  failure: z.nullable(z.string().check(z.maxLength(1000))),
});
export type Assessment = z.infer<typeof Assessment>;

/** An analyst's answer: an assessment without its origin, which code adds. */
export const Opinion = z.extend(z.pick(Assessment, { verdict: true, summary: true }), {
  recommendations: z.array(Recommendation).check(z.maxLength(10)),
});
export type Opinion = z.infer<typeof Opinion>;

/** A failed analysis. The gate adds the playbook's opinion. */
export const failed = (failure: string): Assessment => ({
  verdict: 'unclear',
  summary: 'There is no analysis.',
  recommendations: [],
  origin: 'fallback',
  model: null,
  failure: failure.slice(0, 1000),
});

const NOT_ASKED = 'The model was not asked:';
/** The budget of model calls or a pause after failures forbade the call. */
export const notAsked = (why: string): Assessment => failed(`${NOT_ASKED} ${why}`);
export const wasNotAsked = ({ failure }: Pick<Assessment, 'failure'>): boolean =>
  failure?.startsWith(NOT_ASKED) ?? false;
