// What whoever deploys may choose, read from the CDK context (`-c name=value` or cdk.json) and checked.
import type { Node } from 'constructs';
import * as z from 'zod';

export const Settings = z
  .strictObject({
    /** Name of a file in policies/accounts/, without `.yaml`. */
    account: z.string().regex(/^[a-z0-9-]{1,64}$/),
    /** Begins the name of everything in the stack; two prefixes live side by side in one account. */
    prefix: z.string().regex(/^[a-z][a-z0-9-]{0,19}-$/, 'expected letters and a dash at the end'),
    /** Sender of e-mails: an address that SES has verified, or one of a domain that it has. */
    mailFrom: z.email(),
    /** Whether addresses are watched and blocked at CloudFront, too, by a stack in us-east-1. */
    cloudFront: z.union([z.boolean(), z.stringbool()]).optional(),
    /** Of the keys of links and pages; one more is one rotation. See docs/links.md. */
    linkKeyGeneration: z.coerce.number().int().min(1).max(9999).optional(),
    /** Who analyses; without it, the playbook. */
    modelProvider: z.enum(['anthropic', 'bedrock']).optional(),
    modelId: z.string().min(1).optional(),
    /** Secrets Manager secret that holds the Anthropic API key. */
    anthropicSecretArn: z.string().startsWith('arn:').optional(),
  })
  .refine(
    ({ modelProvider, anthropicSecretArn }) => modelProvider !== 'anthropic' || anthropicSecretArn,
    {
      path: ['anthropicSecretArn'],
      message: 'needed by the model provider "anthropic"',
    },
  )
  .refine(({ modelProvider, modelId }) => modelProvider !== 'bedrock' || modelId, {
    path: ['modelId'],
    message: 'needed by the model provider "bedrock", whose rights name the model',
  });
export type Settings = z.infer<typeof Settings>;

/** Thrown with every setting that is not as expected. */
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
  throw new SettingsError(`The CDK context is not as expected:\n${z.prettifyError(parsed.error)}`);
}
