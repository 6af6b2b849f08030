// The analyst that asks Claude through the Anthropic API or Amazon Bedrock.
import type { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import type Anthropic from '@anthropic-ai/sdk';
import { jsonSchemaOutputFormat } from '@anthropic-ai/sdk/helpers/json-schema';
import { Alternative, Assessment, PEOPLES_ACTS } from '../domain/assessment.ts';
import { QUESTIONS } from '../domain/question.ts';
import type { ModelSettings } from '../policy/schemas/analysis.ts';
import type { Analyst, CallLog } from './brief.ts';
import { reasonOf } from './failure-reason.ts';
import { NoAnswer } from './no-answer.ts';
import { ASKED, alertMessage, OFFERED, SYSTEM_PROMPT, versionOf } from './prompt.ts';

const text = { type: 'string' } as const;
const NULL = { type: 'null' } as const;
const list = <Items extends object>(items: Items) => ({ type: 'array', items }) as const;
const object = <P extends Record<string, object>>(properties: P) =>
  ({ type: 'object', properties, required: Object.keys(properties) }) as const;
const oneOf = (values: readonly string[]) => ({ type: 'string', enum: [...values] }) as const;

const claim = object({ text, evidence: list(text) });
/**
 * Structured output enforces types and enums. It passes bounds as a description only; `Opinion` checks them. The same
 * for every alert, so that the provider caches it: the dossier says which actions are possible.
 */
const OUTPUT_FORMAT = jsonSchemaOutputFormat(
  object({
    verdict: oneOf(Assessment.shape.verdict.options),
    summary: text,
    supports: list(claim),
    contradicts: list(claim),
    alternatives: list(
      object({
        explanation: oneOf(Alternative.shape.explanation.options),
        for: list(text),
        against: list(text),
      }),
    ),
    missing: list(text),
    recommendations: list(
      object({
        action: oneOf(OFFERED),
        target: text,
        parameters: object({
          durationMinutes: {
            anyOf: [{ type: 'integer', minimum: 1, maximum: 10_080 } as const, NULL],
          },
        }),
        confidence: { type: 'integer', minimum: 0, maximum: 100 } as const,
        because: list(text),
        reasoning: text,
      }),
    ),
    forPeople: list(object({ act: oneOf(PEOPLES_ACTS), text })),
    questions: list(object({ ask: oneOf(Object.keys(QUESTIONS)), about: text })),
  }),
);

/** Hash of the instructions, the schema of the answer and the form of the dossier. */
export const PROMPT_VERSION = versionOf({ ...ASKED, schema: OUTPUT_FORMAT.schema });

/** A provider may answer anything. */
const counted = (tokens: unknown): number =>
  typeof tokens === 'number' && Number.isSafeInteger(tokens) && tokens > 0 ? tokens : 0;

/** Ten recommendations with reasoning take about a quarter; the rest is for extended thinking. */
const MAX_TOKENS = 8192;

type Client = Pick<Anthropic, 'messages' | 'withOptions'>;
type BedrockClient = Pick<AnthropicBedrock, 'messages' | 'withOptions'>;
type Effort = ModelSettings['effort'];

export const claude = (
  origin: 'anthropic' | 'bedrock',
  client: Client | BedrockClient,
  { model, effort }: { model: string; effort: Effort },
): Analyst => ({
  origin,
  model,
  async judge(brief, signal, log) {
    const content = alertMessage(brief);
    const { data: message, response } = await client
      .withOptions({ fetch: noting(log) })
      .messages.create(
        {
          model,
          max_tokens: MAX_TOKENS,
          // The same for every alert, and so cached by the provider.
          system: [{ type: 'text', text: SYSTEM_PROMPT, cache_control: { type: 'ephemeral' } }],
          messages: [{ role: 'user', content }],
          output_config: { format: OUTPUT_FORMAT, effort },
        },
        { signal },
      )
      .withResponse();
    log.answered({
      promptVersion: PROMPT_VERSION,
      answeredBy: typeof message.model === 'string' ? message.model : null,
      requestId:
        response.headers.get('request-id') ?? response.headers.get('x-amzn-requestid') ?? null,
      stopReason: typeof message.stop_reason === 'string' ? message.stop_reason : null,
      tokens: {
        input: counted(message.usage?.input_tokens),
        cacheWrite: counted(message.usage?.cache_creation_input_tokens),
        cacheRead: counted(message.usage?.cache_read_input_tokens),
        output: counted(message.usage?.output_tokens),
      },
    });
    if (message.stop_reason !== 'end_turn')
      throw new NoAnswer(`the model stopped with ${message.stop_reason}`);
    const text = message.content
      .flatMap((block) => (block.type === 'text' ? block.text : []))
      .join('');
    if (!text) throw new NoAnswer('the model answered without text');
    return JSON.parse(text);
  },
});

/** Limits of a client. After an attempt that hangs, its provider has time for one more. */
export const limitsOf = ({ providers, secondsInAll, retriesPerProvider }: ModelSettings) => ({
  maxRetries: retriesPerProvider,
  timeout: Math.floor((secondsInAll * 600) / providers.length),
});

/** The client retries by itself. Each of its requests is noted. */
const noting =
  (log: CallLog): typeof fetch =>
  async (...request) => {
    try {
      const response = await fetch(...request);
      log.tried({ status: response.status, error: null });
      return response;
    } catch (error) {
      log.tried({ status: null, error: reasonOf(error) });
      throw error;
    }
  };
