// policies/escalation.yaml: who is asked, and in which order.

import * as z from 'zod/mini';
import { Role } from '../../domain/approval.ts';
import { Day, TimeOfDay, TimeZone } from '../../domain/weekly-window.ts';
import { SecretName } from './channels.ts';

const PersonId = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9.-]{1,62}$/, 'expected a short lower-case id, such as "ana.silva"'));

const PagerDutyId = z
  .string()
  .check(z.regex(/^[A-Z0-9]{7,14}$/, 'expected an id of PagerDuty, such as "PI7DH85"'));

/** Takes the place of a person's ID. Opsgenie schedules have a UUID or a name. */
export const Schedule = z.union([
  z.strictObject({ pagerDuty: PagerDutyId }),
  z.strictObject({ opsgenie: z.string().check(z.minLength(1), z.maxLength(100)) }),
]);
export type Schedule = z.infer<typeof Schedule>;

/** Takes the place of a person's ID: asks the person only during these hours, in the person's time zone. */
export const Hours = z.strictObject({
  person: PersonId,
  timeZone: TimeZone,
  days: z.array(Day).check(z.minLength(1)),
  from: TimeOfDay,
  /** Earlier than `from` if the hours cross midnight. */
  to: TimeOfDay,
});
export type Hours = z.infer<typeof Hours>;

/** Services whose on-call schedules are read. */
export const OnCallServices = z.strictObject({
  /** Secret with a read-only API key of the PagerDuty account. */
  pagerDuty: z.optional(z.strictObject({ region: z.enum(['us', 'eu']), token: SecretName })),
  /** Secret with the key of an API integration that has read access. */
  opsgenie: z.optional(z.strictObject({ region: z.enum(['us', 'eu']), key: SecretName })),
});
export type OnCallServices = z.infer<typeof OnCallServices>;

/** The person's identity in the service, if its email address differs from the one in policy. */
export const OnCallAs = z.strictObject({
  pagerDuty: z.optional(PagerDutyId),
  /** The user name, which is an email address. */
  opsgenie: z.optional(z.email()),
});

/**
 * `analyst` and `manager` may approve the actions that name the role. `viewer` and `lead` approve nothing: in the
 * console, a viewer reads, and a lead may do what a manager may.
 */
export const PersonRole = z.enum([...Role.options, 'viewer', 'lead']);
export type PersonRole = z.infer<typeof PersonRole>;

/** Whether the person has one of the roles that may approve. */
export const isApprover = ({ roles }: { roles: readonly PersonRole[] }): boolean =>
  roles.some((role) => Role.safeParse(role).success);

export const Person = z.strictObject({
  name: z.string().check(z.minLength(1), z.maxLength(100)),
  email: z.email(),
  roles: z.array(PersonRole).check(z.minLength(1)),
  /**
   * The person's names in AWS: user names, role session names, ARNs. They keep people from deciding about themselves.
   */
  principals: z.array(z.string().check(z.minLength(1), z.maxLength(256))),
  /** Fixed addresses or ranges that this person works from, such as an office network. They are never blocked. */
  addresses: z.optional(z.array(z.union([z.cidrv4(), z.cidrv6()]))),
  /** The person's value of the claim, if `signIn` of the account names a claim other than `email`. */
  subject: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
  /**
   * The zone of the person's working hours and pages, if it differs from that of `pages.workingHours` in the limits.
   */
  timeZone: z.optional(TimeZone),
  /** The person's identity in PagerDuty and Opsgenie, if the address there differs. */
  onCallAs: z.optional(OnCallAs),
});
export type Person = z.infer<typeof Person>;

const serviceOf = (asked: string | Schedule | Hours): keyof OnCallServices | null => {
  if (typeof asked === 'string' || 'person' in asked) return null;
  return 'pagerDuty' in asked ? 'pagerDuty' : 'opsgenie';
};

export const EscalationFile = z
  .strictObject({
    people: z.record(PersonId, Person),
    /** How to read the schedules that the escalation policy names. */
    onCall: z.optional(OnCallServices),
    /**
     * Escalation steps, in minutes after the request. The request expires at the action's own time limit. A step asks
     * people by ID, and those who are on call by a schedule or by their hours when the request is created.
     */
    ladder: z
      .array(
        z.strictObject({
          atMinutes: z.int().check(z.gte(0), z.lte(59)),
          ask: z
            .array(
              z.union([PersonId, Schedule, Hours], {
                error:
                  'expected the id of a person, { pagerDuty: <id> }, { opsgenie: <id> } or a person with timeZone, days, from and to',
              }),
            )
            .check(z.minLength(1)),
        }),
      )
      .check(z.minLength(1), z.maxLength(5)),
    /** Notified when a request expires and when an action fails. */
    managers: z.array(PersonId).check(z.minLength(1)),
  })
  .check(
    z.superRefine((file, ctx) => {
      const named = [
        ...file.ladder.flatMap(({ ask }, i) =>
          ask.map((id, j) => ({ id, path: ['ladder', i, 'ask', j] })),
        ),
        ...file.managers.map((id, i) => ({ id, path: ['managers', i] })),
      ];
      for (const { id, path } of named) {
        const person = typeof id === 'string' ? id : 'person' in id ? id.person : null;
        const asked = person === null ? null : file.people[person];
        if (asked === undefined)
          ctx.addIssue({ code: 'custom', message: 'expected one of the people', path });
        else if (asked && !isApprover(asked))
          ctx.addIssue({
            code: 'custom',
            message: 'expected a person with the role analyst or manager',
            path,
          });
        const service = serviceOf(id);
        if (service && !file.onCall?.[service])
          ctx.addIssue({
            code: 'custom',
            message: `expected onCall.${service}, which says how to read it`,
            path,
          });
      }
      file.ladder.forEach((step, i) => {
        const before = file.ladder[i - 1];
        if (before ? step.atMinutes <= before.atMinutes : step.atMinutes !== 0)
          ctx.addIssue({
            code: 'custom',
            message: 'expected steps that start at 0 and rise',
            path: ['ladder', i, 'atMinutes'],
          });
      });
    }),
  );
export type Escalation = z.infer<typeof EscalationFile>;
