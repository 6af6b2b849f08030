// policies/accounts/*.yaml: what is different in one account, and what it is joined to.
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

/** Services outside AWS that an account is joined to, each with its secret; what is not named here is not used. */
export const Integrations = z.strictObject({
  /** Quarantine in Exchange Online: see docs/mail.md for what the secrets hold. */
  microsoftGraph: z.strictObject({ secretArn }).optional(),
  gmail: z.strictObject({ secretArn }).optional(),
});

/** An OpenID Connect provider with which people sign in before they decide. See docs/links.md. */
export const SignIn = z.strictObject({
  /** As its tokens have it; its description is at `<issuer>/.well-known/openid-configuration`. */
  issuer: z
    .url()
    .refine(
      (url) => url.startsWith('https://') || /^http:\/\/127\.0\.0\.1:\d+$/.test(url),
      'expected https://, or a port of 127.0.0.1',
    ),
  clientId: z.string().min(1).max(256),
  clientSecret: SecretName,
  /**
   * The claim that says who somebody is: `email`, which the provider must have verified, is compared with the address
   * in escalation.yaml, and any other with the `subject` there.
   */
  claim: z
    .string()
    .regex(/^[\w:/.-]{1,128}$/)
    .default('email'),
});
export type SignIn = z.infer<typeof SignIn>;

/** One that refers to the stack's rule group: its samples say what an address asked for on the web lately. */
export const WebAcl = z.strictObject({
  arn: z
    .string()
    .regex(
      /^arn:[a-z-]+:wafv2:[a-z0-9-]+:\d{12}:(regional|global)\/webacl\/[^/*]+\/[^/*]+$/,
      'expected the ARN of a web ACL',
    ),
  /** Metric names: that of the web ACL itself, for what no rule decided, and those of its rules that matter. */
  metrics: z
    .array(z.string().regex(/^[\w#:./-]{1,255}$/, 'expected a metric name'))
    .min(1)
    .max(5),
});
export type WebAcl = z.infer<typeof WebAcl>;

export const WebAcls = z.array(WebAcl).max(5);

/** Events of a partner on its own event bus, and the form in which they write a finding. */
export const PartnerSource = z.strictObject({
  /** The partner's event bus, which has the name of its event source. */
  eventBus: z.string().regex(/^[/.\w-]{1,256}$/, 'expected the name of an event bus'),
  /** The `source` of its events. Those of AWS services are read by the source that knows them. */
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
  /** Merged over limits.yaml. Bounds on what happens can only be lowered. */
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
  /** Further protected targets. */
  protected: z.array(ProtectedRule).optional(),
  integrations: Integrations.optional(),
  /** Without it, the link alone decides. */
  signIn: SignIn.optional(),
  /** Where web requests are sampled. Without any, what an address asked for lately is unknown. */
  webAcls: WebAcls.optional(),
  /** Partners whose findings are read beside those of AWS. */
  partnerSources: z
    .array(PartnerSource)
    .max(20)
    .refine(
      (all) => new Set(all.map(({ source }) => source)).size === all.length,
      'expected each source once',
    )
    .optional(),
  /** Further canaries: what only this account has. */
  canaries: z.array(Canary).optional(),
  /** Shorter lifetimes and time limits; a tier can only be raised. */
  actions: z
    .partialRecord(
      ActionName,
      z.strictObject({
        tier: z.literal([2, 3]).optional(),
        mode: z.literal('shadow').optional(),
        /** Switches it off here; what is off everywhere cannot be switched on. */
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
