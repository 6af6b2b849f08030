// policies/accounts/*.yaml: differences and integrations of one account.
import * as z from 'zod/mini';
import { ActionName } from '../../domain/action-catalog.ts';
import { CalendarFile } from './calendar.ts';
import { ChannelsFile, SecretName } from './channels.ts';
import { Canary } from './drill.ts';
import { EscalationFile } from './escalation.ts';
import { LimitsFile } from './limits.ts';
import { ProtectedRule } from './protected.ts';

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
  claim: z._default(z.string().check(z.regex(/^[\w:/.-]{1,128}$/)), 'email'),
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

export const AccountFile = z.strictObject({
  account: z.string().check(z.regex(/^\d{12}$/, 'expected a 12-digit account number')),
  /**
   * The region whose stack changes IAM users and access keys, whatever region a finding comes from. IAM has no regions,
   * so exactly one stack of an account may change them. Without it, they are handed off to a person.
   */
  homeRegion: z.optional(Region),
  name: z.string().check(z.minLength(1), z.maxLength(64)),
  /** `shadow` records what would have happened and touches nothing. */
  mode: z.enum(['shadow', 'live']),
  /** Only an account marked as staging may be drilled. */
  stage: z.enum(['local', 'staging', 'production']),
  /** Merged over limits.yaml. Rates and thresholds can only be lowered. */
  limits: z.optional(
    z.partial(
      z.extend(LimitsFile, {
        automaticPerMinute: z.partial(LimitsFile.shape.automaticPerMinute),
        pages: z.partial(LimitsFile.shape.pages),
        breaker: z.partial(LimitsFile.shape.breaker),
      }),
    ),
  ),
  /** Replaces escalation.yaml for this account. */
  escalation: z.optional(EscalationFile),
  /** Replaces calendar.yaml for this account. */
  calendar: z.optional(CalendarFile),
  /** Replaces channels.yaml for this account. */
  channels: z.optional(ChannelsFile),
  /** Additional protected targets. */
  protected: z.optional(z.array(ProtectedRule)),
  integrations: z.optional(Integrations),
  /** Without it, possession of the link is enough to decide. */
  signIn: z.optional(SignIn),
  /** Web ACLs whose requests are sampled. Without any, the recent web requests of an address are unknown. */
  webAcls: z.optional(WebAcls),
  /** Partners whose findings are accepted in addition to those of AWS. */
  partnerSources: z.optional(
    z.array(PartnerSource).check(
      z.maxLength(20),
      z.refine(
        (all) => new Set(all.map(({ source }) => source)).size === all.length,
        'expected each source once',
      ),
    ),
  ),
  /** Additional canaries that exist only in this account. */
  canaries: z.optional(z.array(Canary)),
  /** Shorter lifetimes and time limits, and higher tiers. */
  actions: z.optional(
    z.partialRecord(
      ActionName,
      z.strictObject({
        tier: z.optional(z.literal([2, 3])),
        mode: z.optional(z.literal('shadow')),
        /** Disables the action in this account. An action that is disabled in actions.yaml can't be enabled here. */
        enabled: z.optional(z.literal(false)),
        maxDurationMinutes: z.optional(z.int().check(z.gte(1))),
        /** Only for an action that a person undoes. */
        reviewAfterDays: z.optional(z.int().check(z.gte(1))),
        approvalTimeoutMinutes: z.optional(z.int().check(z.gte(1))),
        approversRequired: z.optional(z.int().check(z.gte(1), z.lte(3))),
        confidenceFloor: z.optional(z.int().check(z.gte(0), z.lte(100))),
      }),
    ),
  ),
});
export type AccountOverlay = z.infer<typeof AccountFile>;
