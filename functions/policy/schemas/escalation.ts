// policies/escalation.yaml: who is asked, in what order.

import * as z from 'zod';
import { Role } from '../../domain/approval.ts';
import { SecretName } from './channels.ts';

const PersonId = z
  .string()
  .regex(/^[a-z][a-z0-9.-]{1,62}$/, 'expected a short lower-case id, such as "ana.silva"');

const PagerDutyId = z
  .string()
  .regex(/^[A-Z0-9]{7,14}$/, 'expected an id of PagerDuty, such as "PI7DH85"');

/** In place of a person's id. Opsgenie's schedules have a UUID or a name. */
export const Schedule = z.union([
  z.strictObject({ pagerDuty: PagerDutyId }),
  z.strictObject({ opsgenie: z.string().min(1).max(100) }),
]);
export type Schedule = z.infer<typeof Schedule>;

/** Where schedules are read. */
export const OnCallServices = z.strictObject({
  /** Secret with a read-only API key of the account. */
  pagerDuty: z.strictObject({ region: z.enum(['us', 'eu']), token: SecretName }).optional(),
  /** Secret with the key of an API integration that may read. */
  opsgenie: z.strictObject({ region: z.enum(['us', 'eu']), key: SecretName }).optional(),
});
export type OnCallServices = z.infer<typeof OnCallServices>;

/** Who a person is there, where the e-mail address is another one than in policy. */
export const OnCallAs = z.strictObject({
  pagerDuty: PagerDutyId.optional(),
  /** The user name, which is an address. */
  opsgenie: z.email().optional(),
});

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
          ask: z
            .array(
              z.union([PersonId, Schedule], {
                error: 'expected the id of a person, { pagerDuty: <id> } or { opsgenie: <id> }',
              }),
            )
            .min(1),
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
