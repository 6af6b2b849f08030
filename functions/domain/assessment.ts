// The analysis: proposals only. The gate derives the effective actions.
import * as z from 'zod/mini';
import type { ManualName } from './action-catalog.ts';

/** The ID of a line of the dossier. Not validated here: the gate checks that it exists. */
const EvidenceIds = z.array(z.string().check(z.maxLength(64))).check(z.maxLength(12));

export const Recommendation = z.strictObject({
  /** The action's name as the model wrote it. An action that policy doesn't know is handed off to a person. */
  action: z.string().check(z.minLength(1), z.maxLength(64)),
  /** A reference such as `ip-1`. Not validated here: a reference that doesn't resolve must be recorded, not lost. */
  target: z.string().check(z.minLength(1), z.maxLength(64)),
  parameters: z.strictObject({
    /** How long the action should stay in force; null asks for the policy's maximum. */
    durationMinutes: z.nullable(z.int().check(z.gte(1), z.lte(10_080))),
  }),
  /** The probability in percent that a senior responder would want exactly this. */
  confidence: z.int().check(z.gte(0), z.lte(100)),
  reasoning: z.string().check(z.maxLength(2000)),
  /** What it rests on. Absent in records of earlier versions. */
  because: z.optional(EvidenceIds),
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

/** One sentence, and the lines of the dossier that it rests on. */
export const Claim = z.strictObject({
  text: z.string().check(z.maxLength(400)),
  evidence: EvidenceIds,
});
export type Claim = z.infer<typeof Claim>;

/** A harmless explanation that was considered. */
export const Alternative = z.strictObject({
  explanation: z.enum(['batch-job', 'scanner', 'change', 'test', 'travel', 'misconfiguration']),
  for: EvidenceIds,
  against: EvidenceIds,
});
export type Alternative = z.infer<typeof Alternative>;

/** What only a person may do. `act` is an action that policy never carries out, or `other`. */
export const PEOPLES_ACTS = [
  'isolate_production_host',
  'revoke_service_account_credential',
  'block_cidr_range',
  'initiate_forensic_capture',
  'send_breach_notification',
  'contain_resource',
  'other',
] as const satisfies readonly (ManualName | 'other')[];

/** Text for people. No code path reads it but the ones that show it. */
export const ForPeople = z.strictObject({
  act: z.enum(PEOPLES_ACTS),
  text: z.string().check(z.maxLength(400)),
});
export type ForPeople = z.infer<typeof ForPeople>;

const Tokens = z.int().check(z.gte(0));
/** As the provider counted them. `input` excludes tokens that it read from or wrote to its cache. */
const CountedTokens = z.strictObject({
  input: Tokens,
  cacheWrite: Tokens,
  cacheRead: Tokens,
  output: Tokens,
});

/** One request to a provider. */
export const Attempt = z.strictObject({
  provider: z.enum(['anthropic', 'bedrock']),
  model: z.string().check(z.maxLength(128)),
  /** The HTTP status; null without a response. */
  status: z.nullable(z.int()),
  /** Why the request or its answer was of no use, or null. */
  error: z.nullable(z.string().check(z.maxLength(300))),
  tokens: z.nullable(CountedTokens),
});
export type Attempt = z.infer<typeof Attempt>;

/** More than all retries at all providers that policy can allow. */
export const MAX_ATTEMPTS = 40;

/** What the model saw, and what the provider reports about the call. Evidence for people: nothing decides by it. */
export const AnalysisRecord = z.strictObject({
  /** The text about the alert, as it was sent. */
  dossier: z.string().check(z.maxLength(20_000)),
  /** Estimated before the call, and the counter that estimated. */
  dossierTokens: Tokens,
  tokenizer: z.string().check(z.maxLength(64)),
  /** Hash of the instructions, the schema of the answer and the form of the dossier. Null if nothing was answered. */
  promptVersion: z.nullable(z.string().check(z.maxLength(64))),
  answeredBy: z.nullable(z.string().check(z.maxLength(128))),
  requestId: z.nullable(z.string().check(z.maxLength(128))),
  stopReason: z.nullable(z.string().check(z.maxLength(64))),
  tokens: z.nullable(CountedTokens),
  /** Every request in order, retries included. Absent in records of earlier versions. */
  attempts: z.optional(z.array(Attempt).check(z.maxLength(MAX_ATTEMPTS))),
  /** From the first request to the answer, or to the last failure. */
  latencyMs: z.int().check(z.gte(0)),
  /** Of all attempts, by the prices in policy; null for a model without a price. */
  costUsd: z.nullable(z.number().check(z.gte(0))),
});
export type AnalysisRecord = z.infer<typeof AnalysisRecord>;

/** What the playbook says about the same alert. */
const SecondOpinion = z.strictObject({
  verdict: z.string().check(z.maxLength(16)),
  recommended: z.array(z.string().check(z.maxLength(130))).check(z.maxLength(20)),
});

const argument = {
  supports: z.array(Claim).check(z.maxLength(8)),
  contradicts: z.array(Claim).check(z.maxLength(8)),
  alternatives: z.array(Alternative).check(z.maxLength(6)),
  /** What would decide, and is not in the dossier. */
  missing: z.array(z.string().check(z.maxLength(300))).check(z.maxLength(8)),
  forPeople: z.array(ForPeople).check(z.maxLength(6)),
};

export const Assessment = z.strictObject({
  verdict: z.enum(['malicious', 'suspicious', 'benign', 'unclear']),
  summary: z.string().check(z.maxLength(2000)),
  /** At most ten of the analyst, and as many of the playbook. */
  recommendations: z.array(Recommendation).check(z.maxLength(20)),
  /** For and against the verdict. Absent in records of earlier versions, and without an analysis. */
  supports: z.optional(argument.supports),
  contradicts: z.optional(argument.contradicts),
  alternatives: z.optional(argument.alternatives),
  missing: z.optional(argument.missing),
  forPeople: z.optional(argument.forPeople),
  /** The origin of the assessment. `fallback` is the playbook's opinion in place of a failed analysis. */
  origin: z.enum(['anthropic', 'bedrock', 'playbook', 'fallback']),
  /** The model that answered, or null. */
  model: z.nullable(z.string().check(z.maxLength(128))),
  /** Why the analysis failed, or null. */
  failure: z.nullable(z.string().check(z.maxLength(1000))),
  /** Absent without a model, and in records of earlier versions. */
  record: z.optional(AnalysisRecord),
  /** Absent in records of earlier versions. `recommended` holds `<action> <target>`. */
  playbook: z.optional(SecondOpinion),
});
export type Assessment = z.infer<typeof Assessment>;

/**
 * An analyst's answer: an assessment without its origin, which code adds. An answer that leaves out its argument is
 * valid, and the gate doubts it.
 */
export const Opinion = z.extend(z.pick(Assessment, { verdict: true, summary: true }), {
  recommendations: z.array(Recommendation).check(z.maxLength(10)),
  supports: z._default(argument.supports, []),
  contradicts: z._default(argument.contradicts, []),
  alternatives: z._default(argument.alternatives, []),
  missing: z._default(argument.missing, []),
  forPeople: z._default(argument.forPeople, []),
});
export type Opinion = z.infer<typeof Opinion>;

/** An opinion, and what the model asks before it decides. Code reads only what is on the menu (`question.ts`). */
export const Answer = z.extend(Opinion, {
  questions: z._default(z.array(z.unknown()).check(z.maxLength(10)), []),
});
/** What an analyst returns, before code validates it. */
export type Answer = z.input<typeof Answer>;

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
