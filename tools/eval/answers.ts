// Recorded answers of a model, by the hash of the request that they answer.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import * as z from 'zod/mini';

export const ANSWERS = join(import.meta.dirname, '..', '..', 'evals', 'answers');

const Text = z.string().check(z.minLength(1));
const Usage = z.looseObject({ input_tokens: z.int(), output_tokens: z.int() });

/** The message of the provider, as it was received. */
const Message = z.looseObject({
  model: Text,
  stop_reason: z.nullable(z.string()),
  content: z.array(z.looseObject({ type: z.string() })),
  usage: z.optional(Usage),
});

const shape = {
  hash: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
  /** Of the first case that asked it. */
  situation: Text,
  promptVersion: Text,
};
/** A measurement needs the provider's own evidence. Anything else is a stand-in, and is called one. */
export const Answer = z.discriminatedUnion('kind', [
  z.strictObject({
    ...shape,
    kind: z.literal('measured'),
    provider: z.enum(['anthropic', 'bedrock']),
    requestId: z.string().check(z.minLength(8)),
    recordedAt: z.iso.datetime(),
    latencyMs: z.int(),
    message: z.extend(Message, { usage: Usage }),
  }),
  z.strictObject({
    ...shape,
    kind: z.literal('stand-in'),
    /** Who wrote it, and why. */
    author: Text,
    message: Message,
  }),
]);
export type Answer = z.infer<typeof Answer>;

/** The hash of everything that is sent: model, instructions, schema, dossier and limits. */
export const requestHash = (request: unknown): string =>
  createHash('sha256')
    .update(canonicalize(request) ?? '')
    .digest('hex');

/** By hash. Throws if a file of the folder is not a valid answer, or has another name than its hash. */
export function readAnswers(folder = ANSWERS): ReadonlyMap<string, Answer> {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(
    files.map((name) => {
      const parsed = Answer.safeParse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      if (!parsed.success) throw new RangeError(`${name}: ${z.prettifyError(parsed.error)}`);
      if (`${parsed.data.hash}.json` !== name)
        throw new RangeError(`${name}: the answer is to the request ${parsed.data.hash}`);
      return [parsed.data.hash, parsed.data] as const;
    }),
  );
}

export function writeAnswer(folder: string, answer: Answer): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${answer.hash}.json`), `${JSON.stringify(answer, null, 2)}\n`);
}
