// Schema of policies/accounts/*.yaml. Functions load the merged policy instead.
import * as z from 'zod/mini';
import { ActionName } from '../../domain/action-catalog.ts';
import { FlowLogGroups, Integrations, PartnerSource, Region, SignIn, WebAcls } from './account.ts';
import { AnalysisFile } from './analysis.ts';
import { CalendarFile } from './calendar.ts';
import { ChannelsFile } from './channels.ts';
import { Canary } from './drill.ts';
import { EscalationFile } from './escalation.ts';
import { LimitsFile } from './limits.ts';
import { ProtectedRule } from './protected.ts';

export const AccountFile = z.strictObject({
  account: z.string().check(z.regex(/^\d{12}$/, 'expected a 12-digit account number')),
  /**
   * The region whose stack changes IAM users and access keys, for findings from every region. IAM has no regions,
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
        slotsReservedForSevere: z.partial(LimitsFile.shape.slotsReservedForSevere),
        pages: z.partial(LimitsFile.shape.pages),
        breaker: z.partial(LimitsFile.shape.breaker),
      }),
    ),
  ),
  /** Replaces escalation.yaml for this account. */
  escalation: z.optional(EscalationFile),
  /** Replaces analysis.yaml for this account. */
  analysis: z.optional(AnalysisFile),
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
  /** Log groups whose VPC flow logs are read, besides the stack's own. Other flow logs are unknown. */
  flowLogGroups: z.optional(FlowLogGroups),
  /** Whether `enrich` may read the history of AWS Config, which holds whole configurations. See docs/lookups.md. */
  configHistory: z._default(z.boolean(), false),
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
