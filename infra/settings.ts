// Reads and checks the deployment settings in the CDK context.
import type { Node } from 'constructs';
import * as z from 'zod/mini';

/** A setting of earlier versions. Without this fault, an upgrade would drop the model unnoticed. */
const MOVED = z.optional(
  z.undefined('expected no such setting: see providers in policies/analysis.yaml'),
);

export const Settings = z
  .strictObject({
    /** Name of a file in policies/accounts/, without `.yaml`. */
    account: z.string().check(z.regex(/^[a-z0-9-]{1,64}$/)),
    /** Prefix of every name in the stack. Stacks with different prefixes can share an account. */
    prefix: z
      .string()
      .check(z.regex(/^[a-z][a-z0-9-]{0,19}-$/, 'expected letters and a dash at the end')),
    /**
     * The region whose stack has IAM names without the region, because an earlier version deployed it; `none` if no
     * stack has. Without the setting, no stack's names carry the region. See docs/upgrade.md.
     */
    namesWithoutRegion: z.optional(
      z.string().check(z.regex(/^(none|[a-z]{2,5}(-[a-z]+)+-\d)$/, 'expected a region, or none')),
    ),
    /** Sender of emails: the address or its domain must be a verified identity in SES. */
    mailFrom: z.email(),
    /** True to watch and block addresses at CloudFront too, with a second stack in us-east-1. */
    cloudFront: z.optional(z.union([z.boolean(), z.stringbool()])),
    /** Generation of the key of links. Add 1 to rotate it; see docs/links.md. */
    linkKeyGeneration: z.optional(z.coerce.number().check(z.int(), z.gte(1), z.lte(9999))),
    /** The layout of new incidents' records: 2, or 1 before a return to an earlier version. See docs/upgrade.md. */
    recordLayout: z.optional(
      z.union([
        z.literal(1),
        z.literal(2),
        z.pipe(
          z.enum(['1', '2']),
          z.transform((text) => (text === '1' ? 1 : 2)),
        ),
      ]),
    ),
    /** True when no record of layout 1 changes any more, as in a new stack. No role may then write layout 1. */
    layout1Ended: z.optional(z.union([z.boolean(), z.stringbool()])),
    /** Generation of the keys of votes, rulings and evidence. Add 1 to rotate them; see docs/links.md. */
    proofKeyGeneration: z.optional(z.coerce.number().check(z.int(), z.gte(1), z.lte(9999))),
    /** Secrets Manager secret that holds the Anthropic API key: access to the providers `anthropic` of policy. */
    anthropicSecretArn: z.optional(z.string().check(z.startsWith('arn:'))),
    /**
     * True to give access to the providers `bedrock` of policy. Without any access, the playbook analyses every alert.
     */
    bedrock: z.optional(z.union([z.boolean(), z.stringbool()])),
    modelProvider: MOVED,
    modelId: MOVED,
  })
  .check(
    z.refine(({ recordLayout, layout1Ended }) => recordLayout !== 1 || !layout1Ended, {
      path: ['layout1Ended'],
      message: 'must not be set with recordLayout 1, which opens incidents in layout 1',
    }),
  );
export type Settings = z.infer<typeof Settings>;

/** Thrown with a list of every invalid setting. */
export class SettingsError extends Error {
  override name = 'SettingsError';
}

export function readSettings(node: Node): Settings {
  const given = Object.keys(Settings.shape).map(
    (name) => [name, node.tryGetContext(name)] as const,
  );
  const parsed = Settings.safeParse(
    Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== '')),
  );
  if (parsed.success) return parsed.data;
  throw new SettingsError(`Invalid settings in the CDK context:\n${z.prettifyError(parsed.error)}`);
}
