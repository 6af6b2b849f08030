// Settings of one account: integrations, sign-in, web ACLs, partners.
import * as z from 'zod/mini';
import { SecretName } from './channels.ts';

const secretArn = z
  .string()
  .check(
    z.regex(
      /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$/,
      'expected the ARN of a secret',
    ),
  );

/** Services outside AWS, each with its secret. A service that is not listed is not used. */
export const Integrations = z.strictObject({
  /** Quarantine in Exchange Online: see docs/mail.md for what the secrets hold. */
  microsoftGraph: z.optional(z.strictObject({ secretArn })),
  gmail: z.optional(z.strictObject({ secretArn })),
});

/** An OpenID Connect provider. People sign in with it before they decide. See docs/links.md. */
export const SignIn = z.strictObject({
  /** As in the provider's tokens. Its metadata is at `<issuer>/.well-known/openid-configuration`. */
  issuer: z
    .url()
    .check(
      z.refine(
        (url) => url.startsWith('https://') || /^http:\/\/127\.0\.0\.1:\d+$/.test(url),
        'expected https://, or a port of 127.0.0.1',
      ),
    ),
  clientId: z.string().check(z.minLength(1), z.maxLength(256)),
  clientSecret: SecretName,
  /**
   * The claim that identifies a person. `email`, which the provider must have verified, is compared with the address in
   * escalation.yaml; any other claim with the `subject` there.
   */
  claim: z._default(
    z.string().check(z.regex(/^[\w:/.-]{1,128}$/, 'expected the name of a claim')),
    'email',
  ),
  /**
   * Values of the claim `acr` that prove a second factor. The provider is asked for one of them, and every sign-in
   * without one is refused. Empty if the provider has no such values.
   */
  acrValues: z._default(
    z
      .array(z.string().check(z.regex(/^[!-~]{1,128}$/, 'expected a value without spaces')))
      .check(z.maxLength(10)),
    [],
  ),
});
export type SignIn = z.infer<typeof SignIn>;

/** A web ACL that refers to the stack's rule group. Its samples show the recent web requests of an address. */
export const WebAcl = z.strictObject({
  arn: z
    .string()
    .check(
      z.regex(
        /^arn:[a-z-]+:wafv2:[a-z0-9-]+:\d{12}:(regional|global)\/webacl\/[^/*]+\/[^/*]+$/,
        'expected the ARN of a web ACL',
      ),
    ),
  /** Metric names: that of the web ACL (requests that matched no rule) and those of its relevant rules. */
  metrics: z
    .array(z.string().check(z.regex(/^[\w#:./-]{1,255}$/, 'expected a metric name')))
    .check(z.minLength(1), z.maxLength(5)),
});
export type WebAcl = z.infer<typeof WebAcl>;

export const WebAcls = z.array(WebAcl).check(z.maxLength(5));

/** Log groups of CloudWatch Logs, in the account and region of the stack, that VPC flow logs write to. */
export const FlowLogGroups = z
  .array(
    z.string().check(z.regex(/^[\w./#-]{1,512}$/, 'expected the name of a log group, without `*`')),
  )
  .check(z.maxLength(5));

/** A partner's events on its own event bus, and their format. */
export const PartnerSource = z.strictObject({
  /** The partner's event bus, which has the name of its event source. */
  eventBus: z.string().check(z.regex(/^[/.\w-]{1,256}$/, 'expected the name of an event bus')),
  /** The `source` of the partner's events. Events of AWS services have sources of their own. */
  source: z
    .string()
    .check(
      z.maxLength(256),
      z.regex(
        /^(?!aws\.(?!partner\/))./,
        'expected the source of a partner, not of an AWS service',
      ),
    ),
  format: z.enum(['generic', 'guardduty', 'security-hub-asff', 'security-hub-ocsf']),
});
export type PartnerSource = z.infer<typeof PartnerSource>;

/** @example 'eu-central-1' */
export const Region = z
  .string()
  .check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, 'expected a region, such as eu-central-1'));
