// The shape of policies/: what may run alone, what needs a person, what never runs, and who is asked.
import { z } from 'zod';
import { EntityKind } from './alert.ts';
import { ChannelsFile, SecretName } from './channels.ts';
import { OnCallAs, OnCallServices, Schedule } from './on-call.ts';

export const ActionName = z.enum([
  'add_ip_to_watchlist',
  'increase_logging_verbosity',
  'create_alert_ticket',
  'send_analyst_notification',
  'quarantine_email',
  'block_ip_at_firewall',
  'disable_user_account_temporarily',
  'revoke_api_key',
  'isolate_production_host',
  'revoke_service_account_credential',
  'block_cidr_range',
  'initiate_forensic_capture',
  'send_breach_notification',
]);
export type ActionName = z.infer<typeof ActionName>;

const common = {
  description: z.string().min(10).max(300),
  /** Who and what suffers if the action is wrong, in one line. */
  blastRadius: z.string().min(3).max(300),
  /** How, and how fast, it is undone. */
  reversibility: z.string().min(3).max(300),
  targetKinds: z.array(EntityKind).min(1),
  /** Recommendations with a lower confidence (0-100) are dropped. */
  confidenceFloor: z.int().min(0).max(100),
};

const undone = z.discriminatedUnion('undo', [
  z.strictObject({
    undo: z.literal('reverses-when-due'),
    maxDurationMinutes: z.int().min(1).max(10_080),
  }),
  /** Tickets and notifications: kept, and withdrawn as `withdrawal` says. */
  z.strictObject({ undo: z.literal('kept'), withdrawal: z.string().min(10).max(300) }),
]);

const executable = {
  /** `shadow` records what would have happened and touches nothing. */
  mode: z.enum(['shadow', 'live']).default('live'),
  /** Where false, the action is handed to a person: no mechanism has to exist for it. */
  enabled: z.boolean(),
  lifetime: undone,
};

export const Role = z.enum(['analyst', 'manager']);

/** Whose yes an action needs. */
export const Approval = z.strictObject({
  /** How many different people have to approve. */
  required: z.int().min(1).max(3).default(1),
  /** Whose yes counts; others on the ladder are passed over. */
  roles: z.array(Role).min(1).default(['analyst', 'manager']),
  /** Whether one no ends it; otherwise it ends when too few are left who could say yes. */
  declineEnds: z.boolean().default(true),
  /** Minutes that one of the people asked may add, once. */
  moreTimeMinutes: z.int().min(0).max(60).default(0),
});
export type Approval = z.infer<typeof Approval>;

export const ActionPolicy = z.discriminatedUnion('tier', [
  z.strictObject({ tier: z.literal(1), ...common, ...executable }),
  z.strictObject({
    tier: z.literal(2),
    ...common,
    ...executable,
    /** After this the request expires and nothing happens. */
    approvalTimeoutMinutes: z.int().min(1).max(60),
    approval: Approval.prefault({}),
  }),
  z.strictObject({ tier: z.literal(3), ...common, rationale: z.string().min(10).max(300) }),
]);
export type ActionPolicy = z.infer<typeof ActionPolicy>;

/** For a tier-1 action that a rule or the rate limit sent to a person. */
export const DEFAULT_APPROVAL_MINUTES = 15;
export const DEFAULT_APPROVAL: Approval = Approval.parse({});

export const ActionsFile = z.strictObject({ actions: z.record(ActionName, ActionPolicy) });

/** What code can establish about a target. */
export const Trait = z.enum(['wider-than-one-host', 'service-account', 'address-of-ours']);
export type Trait = z.infer<typeof Trait>;

/** What an action amounts to on a target with a trait. An unknown trait counts as there. */
export const EffectiveFile = z.strictObject({
  effective: z.array(
    z.strictObject({
      actions: z.array(ActionName).min(1),
      when: Trait,
      /** Of a tier at least as high as that of every action named. */
      becomes: ActionName,
      why: z.string().min(10).max(300),
    }),
  ),
});

const PersonId = z
  .string()
  .regex(/^[a-z][a-z0-9.-]{1,62}$/, 'expected a short lower-case id, such as "ana.silva"');

export const Person = z.strictObject({
  name: z.string().min(1).max(100),
  email: z.email(),
  roles: z.array(Role).min(1),
  /** What this person is called in AWS: user names, role session names, ARNs. Used to keep people from deciding about themselves. */
  principals: z.array(z.string().min(1).max(256)),
  /** Fixed addresses or ranges that this person works from, such as an office's: never blocked, like those seen lately. */
  addresses: z.array(z.union([z.cidrv4(), z.cidrv6()])).optional(),
  /** What the identity provider calls this person, where `signIn` of the account names another claim than `email`. */
  subject: z.string().min(1).max(256).optional(),
  /** Who this person is in PagerDuty and Opsgenie, where the address there is another one. */
  onCallAs: OnCallAs.optional(),
});
export type Person = z.infer<typeof Person>;

export const EscalationFile = z
  .strictObject({
    people: z.record(PersonId, Person),
    /** Where the schedules of the ladder are read. */
    onCall: OnCallServices.optional(),
    /**
     * Rungs of the ladder, in minutes after the request. The request's end is the action's own time limit. A rung asks
     * people by id, and whoever is on call by a schedule when the request is made.
     */
    ladder: z
      .array(
        z.strictObject({
          atMinutes: z.int().min(0).max(59),
          ask: z.array(z.union([PersonId, Schedule])).min(1),
        }),
      )
      .min(1)
      .max(5),
    /** Told when a request expires, and when something failed. */
    managers: z.array(PersonId).min(1),
  })
  .superRefine((file, ctx) => {
    const named = [
      ...file.ladder.flatMap(({ ask }, i) =>
        ask.map((id, j) => ({ id, path: ['ladder', i, 'ask', j] })),
      ),
      ...file.managers.map((id, i) => ({ id, path: ['managers', i] })),
    ];
    for (const { id, path } of named) {
      if (typeof id === 'string' && !(id in file.people))
        ctx.addIssue({ code: 'custom', message: 'expected one of the people', path });
      const service = typeof id === 'string' ? null : 'pagerDuty' in id ? 'pagerDuty' : 'opsgenie';
      if (service && !file.onCall?.[service])
        ctx.addIssue({
          code: 'custom',
          message: `expected onCall.${service} to say where it is read`,
          path,
        });
    }
    file.ladder.forEach((rung, i) => {
      const before = file.ladder[i - 1];
      if (before ? rung.atMinutes <= before.atMinutes : rung.atMinutes !== 0)
        ctx.addIssue({
          code: 'custom',
          message: 'rungs start at 0 and rise',
          path: ['ladder', i, 'atMinutes'],
        });
    });
  });
export type Escalation = z.infer<typeof EscalationFile>;

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as "03:30"');

/** When changes are planned, and what explains strange sights at some hours. */
export const CalendarFile = z.strictObject({
  /** Names or ARNs of SSM change calendars. While one is closed, everything waits for a person. */
  changeCalendars: z.array(z.string().min(1).max(256)).max(10),
  plannedWork: z.array(
    z.strictObject({
      id: z.string().regex(/^[a-z0-9-]{3,64}$/),
      why: z.string().min(5).max(300),
      days: z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).min(1),
      fromUtc: TimeOfDay,
      /** Before `fromUtc`, where it passes midnight. */
      toUtc: TimeOfDay,
      /** Users, keys, addresses and resources that work then; `*` stands for any characters. */
      values: z.array(z.string().min(1).max(2048)).min(1),
    }),
  ),
});

export const LimitsFile = z.strictObject({
  /** Automatic actions in any 60 seconds; what is above waits for a person. */
  automaticPerMinute: z.strictObject({
    perAccount: z.int().min(0).max(100),
    perAction: z.int().min(0).max(100),
    perIncident: z.int().min(0).max(100),
  }),
  /** On how many different targets automatic actions may fall in any hour. */
  distinctTargetsPerHour: z.int().min(0).max(1000),
  /**
   * How often people are woken. Fewer is stricter: what is put to a person and wakes nobody ends with nothing done. One
   * page is the least, so that no account silences its people.
   */
  pages: z.strictObject({
    /** In any 60 minutes, for each person, and for the team as a whole. A reversal that failed pages whatever the count. */
    perPersonPerHour: z.int().min(1).max(60),
    /** What is above comes in one message so long after the first of it, which wakes nobody. */
    digestAfterMinutes: z.int().min(1).max(60),
  }),
  /** The numbers within the window at which the breaker has everything put to a person. */
  breaker: z.strictObject({
    windowMinutes: z.int().min(1).max(10_080),
    declines: z.int().min(1).max(100),
    failedVerifications: z.int().min(1).max(100),
    failedReversals: z.int().min(1).max(100),
    reversalsByHand: z.int().min(1).max(100),
    cascades: z.int().min(1).max(100),
  }),
  /** For so long after an action, or its end, alerts that it explains are expected. */
  selfInflictedMinutes: z.int().min(1).max(10_080),
  /** Alerts that share a resource or an actor within this time belong to one incident. */
  groupingWindowMinutes: z.int().min(1).max(1440),
  /** A finding that is seen again this long after it was assessed, its incident being closed, is assessed again. */
  reassessAfterHours: z.int().min(1).max(168),
  /** How often a person may extend one action, each time by its maximum duration at most. */
  maxExtensions: z.int().min(0).max(10),
  /** Whoever keeps an action is asked again after this many days whether it is still right. */
  keptReviewDays: z.int().min(1).max(365),
  /** The reminder goes out this long before the due time, or half-way where the duration is at most twice this. */
  reminderMinutesBefore: z.int().min(1).max(1440),
  /** A mechanism whose last passed drill is older asks a person, whatever the tier of its action. */
  drillMaxAgeDays: z.int().min(1).max(365),
});
export type Limits = z.infer<typeof LimitsFile>;

export const ProtectedRule = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{3,64}$/),
  why: z.string().min(5).max(300),
  /** Exactly these identifiers, or with `*` standing for any characters. */
  values: z.array(z.string().min(1).max(2048)).optional(),
  /** An address is protected if it touches one of these ranges. */
  cidrs: z.array(z.union([z.cidrv4(), z.cidrv6()])).optional(),
  /**
   * Tags as `key=value`, with `*` standing for any characters. They are read of IAM users, keys, roles and instances;
   * anything else that may have tags counts as protected by such a rule of its kind.
   */
  tags: z.array(z.string().regex(/^[^=]+=.*$/, 'expected key=value')).optional(),
  kinds: z.array(EntityKind).optional(),
});
export const ProtectedFile = z.strictObject({ protected: z.array(ProtectedRule) });

/** Something of the account that nobody uses, for mechanisms to be drilled on. */
export const Canary = z.strictObject({
  /** Ids of mechanisms, such as "waf.block-address". */
  mechanisms: z.array(z.string()).min(1),
  kind: EntityKind,
  value: z.string().min(1).max(2048),
  /** What an alert would say of it besides, where the mechanism asks for it. */
  attributes: z.record(z.string().max(64), z.string().max(1024)).optional(),
  /** What the mechanism would have made of alert and facts: which interface, which network ACL. */
  parameters: z
    .record(z.string().max(64), z.union([z.string().max(2048), z.array(z.string().max(2048))]))
    .optional(),
});
export type Canary = z.infer<typeof Canary>;
export const DrillFile = z.strictObject({ canaries: z.array(Canary) });

/** `run` acts; `ask` sends every automatic action to a person; `halt` applies nothing (reversals still run). */
export const SwitchMode = z.enum(['run', 'ask', 'halt']);
export type SwitchMode = z.infer<typeof SwitchMode>;

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
const WebAcls = z.array(WebAcl).max(5);

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
        approvalTimeoutMinutes: z.int().min(1).optional(),
        approversRequired: z.int().min(1).max(3).optional(),
        confidenceFloor: z.int().min(0).max(100).optional(),
      }),
    )
    .optional(),
});
export type AccountOverlay = z.infer<typeof AccountFile>;

/** All of policies/ for one account, merged and checked: what synth bundles and every decision quotes. */
export const Policy = z.strictObject({
  /** SHA-256 of everything else, first 12 hex digits. */
  version: z.string().regex(/^[0-9a-f]{12}$/),
  account: z.string(),
  mode: z.enum(['shadow', 'live']),
  stage: z.enum(['local', 'staging', 'production']),
  actions: z.record(ActionName, ActionPolicy),
  effective: EffectiveFile.shape.effective,
  escalation: EscalationFile,
  channels: ChannelsFile,
  limits: LimitsFile,
  ...CalendarFile.shape,
  protected: z.array(ProtectedRule),
  integrations: Integrations,
  signIn: SignIn.nullable(),
  webAcls: WebAcls,
  canaries: z.array(Canary),
});
export type Policy = z.infer<typeof Policy>;
