// Channels of messages and tickets, besides email and the stack's SNS topic.
import * as z from 'zod/mini';

/** Recognises a secret that was entered in place of its name. */
const LOOKS_SECRET = /^(xox[a-z]-|whsec_|[0-9a-f]{32}$)/i;

/** Name or ARN of a secret in Secrets Manager, in the stack's account and region. Never the secret itself. */
export const SecretName = z.string().check(
  z.regex(
    /^(arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:)?[\w/+=.@-]{1,512}$/,
    'expected the name or the ARN of a secret',
  ),
  z.refine((name) => !LOOKS_SECRET.test(name), 'expected the name of a secret, not the secret'),
);

/** A person's Slack member ID: a direct message reaches only that person. Channel IDs begin with C or G. */
const SlackUser = z
  .string()
  .check(
    z.regex(/^[UW][A-Z0-9]{6,20}$/, 'expected the id of a Slack member, such as "U012AB3CDE"'),
  );
const SlackChannel = z
  .string()
  .check(
    z.regex(/^[CG][A-Z0-9]{6,20}$/, 'expected the id of a Slack channel, such as "C012AB3CDE"'),
  );

const SlackTeam = z
  .string()
  .check(
    z.regex(/^T[A-Z0-9]{6,20}$/, 'expected the id of a Slack workspace, such as "T012AB3CDE"'),
  );

/** E.164, as AWS End User Messaging expects it. */
const PhoneNumber = z
  .string()
  .check(
    z.regex(/^\+[1-9]\d{6,14}$/, 'expected a number such as "+4915112345678", without spaces'),
  );

/** `action_id` of the buttons in a Slack message. */
export const SLACK_ANSWERS = {
  approve: 'countermand.approve',
  decline: 'countermand.decline',
} as const;

/** Origin of the site, without a path. */
const Site = z
  .url({ protocol: /^https$/ })
  .check(
    z.refine(
      (url) => new URL(url).origin === url,
      'expected https:// and a host, and nothing after',
    ),
  );

export const TicketSystem = z.discriminatedUnion('system', [
  z.strictObject({ system: z.literal('ops-center') }),
  z.strictObject({
    system: z.literal('jira'),
    site: Site,
    /** Key of the project, such as `SEC`. */
    project: z
      .string()
      .check(z.regex(/^[A-Z][A-Z0-9_]{1,9}$/, 'expected the key of a project, "SEC"')),
    issueType: z.string().check(z.minLength(1), z.maxLength(60)),
    /** Secret with `{"email": ..., "token": ...}`: an API token of a user who may create and close issues. */
    credentials: SecretName,
  }),
  z.strictObject({
    system: z.literal('servicenow'),
    site: Site,
    /** Secret with `{"user": ..., "password": ...}`. */
    credentials: SecretName,
    /** The resolution code of the instance. Most instances require one to close an incident. */
    closeCode: z.string().check(z.minLength(1), z.maxLength(40)),
  }),
]);
export type TicketSystem = z.infer<typeof TicketSystem>;

export const ChannelsFile = z
  .strictObject({
    slack: z.optional(
      z.strictObject({
        /** Secret with a bot token that has the scope `chat:write`. */
        token: SecretName,
        /** The team's channel. */
        channel: z.optional(SlackChannel),
        /**
         * Approve and Decline buttons in direct messages to people with a Slack ID below. Without them, messages link
         * to the page.
         */
        buttons: z.optional(
          z.strictObject({
            /** Secret with the app's signing secret, which verifies requests from Slack. */
            signingSecret: SecretName,
            /** The workspace. Member IDs are unique only within it. */
            team: SlackTeam,
          }),
        ),
      }),
    ),
    sms: z.optional(
      z.strictObject({
        /** ARN of the phone number, pool or sender ID (AWS End User Messaging) that sends the texts; in any region. */
        from: z
          .string()
          .check(
            z.regex(
              /^arn:[\w-]+:sms-voice:[a-z0-9-]+:\d{12}:(phone-number|pool|sender-id)\/[\w/-]+$/,
              'expected the ARN of a phone number, a pool or a sender id',
            ),
          ),
      }),
    ),
    /** Secret with the URL of a Workflows webhook. Anyone who knows the URL may post. */
    teams: z.optional(z.strictObject({ webhook: SecretName })),
    pagerDuty: z.optional(
      z.strictObject({
        region: z.enum(['us', 'eu']),
        /** Secret with the routing key of the team's service. */
        routingKey: z.optional(SecretName),
      }),
    ),
    /** Signed as standardwebhooks.com specifies; the secret begins with `whsec_`. */
    webhook: z.optional(
      z.strictObject({ url: z.url({ protocol: /^https$/ }), secret: SecretName }),
    ),
    /** By person ID of escalation.yaml. */
    people: z.record(
      z.string(),
      z.strictObject({
        slack: z.optional(SlackUser),
        /** The person's phone number, for pages only. Texts never contain the link. */
        sms: z.optional(PhoneNumber),
        /** Secret with the routing key of a service that pages this person. */
        pagerDuty: z.optional(SecretName),
      }),
    ),
    tickets: TicketSystem,
  })
  .check(
    z.superRefine(({ slack, sms, pagerDuty, people }, ctx) => {
      for (const [id, person] of Object.entries(people))
        for (const [channel, there] of [
          ['slack', slack],
          ['sms', sms],
          ['pagerDuty', pagerDuty],
        ] as const)
          if (person[channel] && !there)
            ctx.addIssue({
              code: 'custom',
              message: `has no effect: ${channel} is not configured above`,
              path: ['people', id, channel],
            });
      const members = Object.values(people).flatMap((person) => person.slack ?? []);
      for (const [id, person] of Object.entries(people))
        if (members.filter((member) => member === person.slack).length > 1)
          ctx.addIssue({
            code: 'custom',
            message: 'expected a different Slack member for each person: a click is one vote',
            path: ['people', id, 'slack'],
          });
    }),
  );
export type Channels = z.infer<typeof ChannelsFile>;

/** The secrets needed to send messages, and those needed for tickets. Functions may read no others. */
export function secretsIn({ slack, teams, pagerDuty, webhook, people, tickets }: Channels) {
  const ofMessages = [
    slack?.token,
    teams?.webhook,
    pagerDuty?.routingKey,
    webhook?.secret,
    ...Object.values(people).map((person) => person.pagerDuty),
  ].filter((name) => name !== undefined);
  return {
    messages: [...new Set(ofMessages)],
    tickets: tickets.system === 'ops-center' ? [] : [tickets.credentials],
  };
}
