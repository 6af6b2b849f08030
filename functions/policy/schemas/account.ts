// policies/accounts/*.yaml: differences and integrations of one account.
import * as z from 'zod';
import { ActionName } from '../../domain/action-catalog.ts';
import { CalendarFile } from './calendar.ts';
import { ChannelsFile, SecretName } from './channels.ts';
import { Canary } from './drill.ts';
import { EscalationFile } from './escalation.ts';
import { LimitsFile } from './limits.ts';
import { ProtectedRule } from './protected.ts';

const secretArn = z
  .string()
  .regex(
    /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$/,
    'expected the ARN of a secret',
  );

/** Services outside AWS, each with its secret. A service that is not listed is not used. */
export const Integrations = z.strictObject({
  /** Quarantine in Exchange Online: see docs/mail.md for what the secrets hold. */
  microsoftGraph: z.strictObject({ secretArn }).optional(),
  gmail: z.strictObject({ secretArn }).optional(),
});

/** An OpenID Connect provider. People sign in with it before they decide. See docs/links.md. */
export const SignIn = z.strictObject({
  /** As in the provider's tokens. Its metadata is at `<issuer>/.well-known/openid-configuration`. */
  issuer: z
    .url()
    .refine(
      (url) => url.startsWith('https://') || /^http:\/\/127\.0\.0\.1:\d+$/.test(url),
      'expected https://, or a port of 127.0.0.1',
    ),
  clientId: z.string().min(1).max(256),
  clientSecret: SecretName,
  /**
   * The claim that identifies a person. `email`, which the provider must have verified, is compared with the address in
   * escalation.yaml; any other claim with the `subject` there.
   */
  claim: z
    .string()
    .regex(/^[\w:/.-]{1,128}$/)
    .default('email'),
});
export type SignIn = z.infer<typeof SignIn>;

/** A web ACL that refers to the stack's rule group. Its samples show the recent web requests of an address. */
export const WebAcl = z.strictObject({
  arn: z
    .string()
    .regex(
      /^arn:[a-z-]+:wafv2:[a-z0-9-]+:\d{12}:(regional|global)\/webacl\/[^/*]+\/[^/*]+$/,
      'expected the ARN of a web ACL',
    ),
  /** Metric names: that of the web ACL (requests that matched no rule) and those of its relevant rules. */
  metrics: z
    .array(z.string().regex(/^[\w#:./-]{1,255}$/, 'expected a metric name'))
    .min(1)
    .max(5),
});
export type WebAcl = z.infer<typeof WebAcl>;

export const WebAcls = z.array(WebAcl).max(5);

/** A partner's events on its own event bus, and their format. */
export const PartnerSource = z.strictObject({
  /** The partner's event bus, which has the name of its event source. */
  eventBus: z.string().regex(/^[/.\w-]{1,256}$/, 'expected the name of an event bus'),
  /** The `source` of the partner's events. Events of AWS services have sources of their own. */
  source: z
    .string()
    .max(256)
    .regex(/^(?!aws\.(?!partner\/))./, 'expected the source of a partner, not of an AWS service'),
  format: z.enum(['generic', 'guardduty', 'security-hub-asff', 'security-hub-ocsf']),
});
export type PartnerSource = z.infer<typeof PartnerSource>;

export const AccountFile = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'expected a 12-digit account number'),
  name: z.string().min(1).max(64),
  /** `shadow` records what would have happened and touches nothing. */
  mode: z.enum(['shadow', 'live']),
  /** Only an account marked as staging may be drilled. */
  stage: z.enum(['local', 'staging', 'production']),
  /** Merged over limits.yaml. Rates and thresholds can only be lowered. */
  limits: LimitsFile.extend({
    automaticPerMinute: LimitsFile.shape.automaticPerMinute.partial(),
    pages: LimitsFile.shape.pages.partial(),
    breaker: LimitsFile.shape.breaker.partial(),
  })
    .partial()
    .optional(),
  /** Replaces escalation.yaml for this account. */
  escalation: EscalationFile.optional(),
  /** Replaces calendar.yaml for this account. */
  calendar: CalendarFile.optional(),
  /** Replaces channels.yaml for this account. */
  channels: ChannelsFile.optional(),
  /** Additional protected targets. */
  protected: z.array(ProtectedRule).optional(),
  integrations: Integrations.optional(),
  /** Without it, possession of the link is enough to decide. */
  signIn: SignIn.optional(),
  /** Web ACLs whose requests are sampled. Without any, the recent web requests of an address are unknown. */
  webAcls: WebAcls.optional(),
  /** Partners whose findings are accepted in addition to those of AWS. */
  partnerSources: z
    .array(PartnerSource)
    .max(20)
    .refine(
      (all) => new Set(all.map(({ source }) => source)).size === all.length,
      'expected each source once',
    )
    .optional(),
  /** Additional canaries that exist only in this account. */
  canaries: z.array(Canary).optional(),
  /** Shorter lifetimes and time limits, and higher tiers. */
  actions: z
    .partialRecord(
      ActionName,
      z.strictObject({
        tier: z.literal([2, 3]).optional(),
        mode: z.literal('shadow').optional(),
        /** Disables the action in this account. An action that is disabled in actions.yaml can't be enabled here. */
        enabled: z.literal(false).optional(),
        maxDurationMinutes: z.int().min(1).optional(),
        /** Only for an action that a person undoes. */
        reviewAfterDays: z.int().min(1).optional(),
        approvalTimeoutMinutes: z.int().min(1).optional(),
        approversRequired: z.int().min(1).max(3).optional(),
        confidenceFloor: z.int().min(0).max(100).optional(),
      }),
    )
    .optional(),
});
export type AccountOverlay = z.infer<typeof AccountFile>;
