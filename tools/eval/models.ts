// Analysts that ask a model, or read its recorded answers.
import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import Anthropic from '@anthropic-ai/sdk';
import { Refused } from '../../cli/refused.ts';
import type { Analyst } from '../../functions/analyse/brief.ts';
import { claude, limitsOf, PROMPT_VERSION } from '../../functions/analyse/claude.ts';
import { bedrockModelIn } from '../../functions/policy/models.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { type Answer, requestHash } from './answers.ts';

type Client = Parameters<typeof claude>[1];
type Reply = { message: Answer['message']; requestId: string | null };
type Ask = (request: object, options: { signal?: AbortSignal }) => Promise<Reply>;
type Settings = Policy['analysis'];
export type Provider = 'anthropic' | 'bedrock';

/** A client that gives each request to `ask`. */
function clientThat(ask: Ask): Client {
  const create = (request: object, options: { signal?: AbortSignal } = {}) => ({
    withResponse: async () => {
      const { message, requestId } = await ask(request, options);
      const headers = new Headers(requestId ? { 'request-id': requestId } : {});
      return { data: message, response: { headers }, request_id: requestId };
    },
  });
  const client = { messages: { create }, withOptions: () => client };
  return client as unknown as Client;
}

const modelOf = ({ providers }: Settings, provider: Provider): string => {
  const found = providers.find((one) => one.provider === provider);
  if (!found) throw new Refused(`policies/analysis.yaml names no model of ${provider}`);
  return found.model;
};

/** Reads recorded answers. `asked` receives the hash of every request, and whether it has an answer. */
export const recorded = (
  settings: Settings,
  answers: ReadonlyMap<string, Answer>,
  asked: (hash: string, answer: Answer | undefined) => void,
): Analyst =>
  claude(
    'anthropic',
    clientThat(async (request) => {
      const hash = requestHash(request);
      const answer = answers.get(hash);
      asked(hash, answer);
      if (!answer) throw new RangeError(`no answer is recorded for the request ${hash}`);
      return {
        message: answer.message,
        requestId: answer.kind === 'measured' ? answer.requestId : null,
      };
    }),
    { model: modelOf(settings, 'anthropic'), effort: settings.effort },
  );

type Env = Readonly<Record<string, string | undefined>>;

/** The client of a provider, with the credentials of the environment. Throws Refused without them. */
export function clientOf(provider: Provider, settings: Settings, env: Env): Client {
  const limits = limitsOf(settings);
  if (provider === 'bedrock') {
    if (!env.AWS_REGION)
      throw new Refused('--provider bedrock needs AWS_REGION and AWS credentials');
    return new AnthropicBedrock({ ...limits, awsRegion: env.AWS_REGION });
  }
  if (!env.ANTHROPIC_API_KEY)
    throw new Refused('--provider anthropic needs the environment variable ANTHROPIC_API_KEY');
  return new Anthropic({ ...limits, apiKey: env.ANTHROPIC_API_KEY });
}

type Recording = {
  provider: Provider;
  client: Client;
  /** The case that is asked about. */
  situation: () => string;
  now: () => Date;
  record: (answer: Answer) => void;
};

/** Asks the model, and records each answer that carries the provider's request ID and usage. */
export function asking(
  settings: Settings,
  { provider, client, situation, now, record }: Recording,
  region = '',
): Analyst {
  const named = modelOf(settings, provider);
  const model = provider === 'bedrock' ? bedrockModelIn(region, named) : named;
  const ask: Ask = async (request, options) => {
    const from = now().getTime();
    // biome-ignore lint/suspicious/noExplicitAny: the request is the one that `claude` made for this client.
    const { data, response } = await client.messages.create(request as any, options).withResponse();
    const message = data as unknown as Reply['message'];
    const requestId =
      response.headers.get('request-id') ?? response.headers.get('x-amzn-requestid');
    if (requestId && message.usage)
      record({
        kind: 'measured',
        hash: requestHash(request),
        situation: situation(),
        promptVersion: PROMPT_VERSION,
        provider,
        requestId,
        recordedAt: new Date(from).toISOString(),
        latencyMs: now().getTime() - from,
        message: { ...message, usage: message.usage },
      });
    return { message, requestId };
  };
  return claude(provider, clientThat(ask), { model, effort: settings.effort });
}
