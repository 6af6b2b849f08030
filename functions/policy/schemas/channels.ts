// Where messages and tickets go, beside e-mail for people and the stack's topic for the team, which are always there.
import * as z from 'zod';

/** What a secret itself looks like; it was pasted where its name belongs. */
const LOOKS_SECRET = /^(xox[a-z]-|whsec_|[0-9a-f]{32}$)/i;

/** Name or ARN of a secret of Secrets Manager, in the stack's account and region. Never what it holds. */
export const SecretName = z
  .string()
  .regex(
    /^(arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:)?[\w/+=.@-]{1,512}$/,
    'expected the name or the ARN of a secret',
  )
  .refine((name) => !LOOKS_SECRET.test(name), 'expected the name of a secret, not the secret');

/** Of a person, who alone reads what is sent there; ids of channels begin with C or G. */
const SlackUser = z
  .string()
  .regex(/^[UW][A-Z0-9]{6,20}$/, 'expected the id of a Slack member, such as "U012AB3CDE"');
const SlackChannel = z
  .string()
  .regex(/^[CG][A-Z0-9]{6,20}$/, 'expected the id of a Slack channel, such as "C012AB3CDE"');

const SlackTeam = z
  .string()
  .regex(/^T[A-Z0-9]{6,20}$/, 'expected the id of a Slack workspace, such as "T012AB3CDE"');

/** E.164, as the service takes it. */
const PhoneNumber = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'expected a number such as "+4915112345678", without spaces');

/** What a button says that it is, in the message and in the click on it. */
export const SLACK_ANSWERS = {
  approve: 'countermand.approve',
  decline: 'countermand.decline',
} as const;

/** A site's own address: nothing is taken from its path. */
const Site = z
  .url({ protocol: /^https$/ })
  .refine((url) => new URL(url).origin === url, 'expected https:// and a host, and nothing after');

export const TicketSystem = z.discriminatedUnion('system', [
  z.strictObject({ system: z.literal('ops-center') }),
  z.strictObject({
    system: z.literal('jira'),
    site: Site,
    /** Key of the project, such as `SEC`. */
    project: z.string().regex(/^[A-Z][A-Z0-9_]{1,9}$/, 'expected the key of a project, "SEC"'),
    issueType: z.string().min(1).max(60),
    /** Secret with `{"email": ..., "token": ...}`: an API token of a user who may create and close issues. */
    credentials: SecretName,
  }),
  z.strictObject({
    system: z.literal('servicenow'),
    site: Site,
    /** Secret with `{"user": ..., "password": ...}`. */
    credentials: SecretName,
    /** What the instance calls a resolution; most ask for one before an incident may be closed. */
    closeCode: z.string().min(1).max(40),
  }),
]);
export type TicketSystem = z.infer<typeof TicketSystem>;

export const ChannelsFile = z
  .strictObject({
    slack: z
      .strictObject({
        /** Secret with a bot token that has the scope `chat:write`. */
        token: SecretName,
        /** For what concerns everybody. */
        channel: SlackChannel.optional(),
        /** Approve and Decline in the direct messages of people with a member's id below. Without it, a link to the page. */
        buttons: z
          .strictObject({
            /** Secret with the app's signing secret: what comes from Slack is signed with it. */
            signingSecret: SecretName,
            /** The workspace: ids of members count within it. */
            team: SlackTeam,
          })
          .optional(),
      })
      .optional(),
    sms: z
      .strictObject({
        /** ARN of the number, pool or sender id of AWS End User Messaging that texts come from; in any region. */
        from: z
          .string()
          .regex(
            /^arn:[\w-]+:sms-voice:[a-z0-9-]+:\d{12}:(phone-number|pool|sender-id)\/[\w/-]+$/,
            'expected the ARN of a phone number, a pool or a sender id',
          ),
      })
      .optional(),
    /** Secret with the address of a Workflows webhook: whoever knows the address may post. */
    teams: z.strictObject({ webhook: SecretName }).optional(),
    pagerDuty: z
      .strictObject({
        region: z.enum(['us', 'eu']),
        /** Secret with the routing key of the team's service. */
        routingKey: SecretName.optional(),
      })
      .optional(),
    /** Signed as standardwebhooks.com says; the secret begins with `whsec_`. */
    webhook: z.strictObject({ url: z.url({ protocol: /^https$/ }), secret: SecretName }).optional(),
    /** By the ids of escalation.yaml. */
    people: z.record(
      z.string(),
      z.strictObject({
        slack: SlackUser.optional(),
        /** Of this person's phone: for pages only, and without the link. */
        sms: PhoneNumber.optional(),
        /** Secret with the routing key of a service that pages this person. */
        pagerDuty: SecretName.optional(),
      }),
    ),
    tickets: TicketSystem,
  })
  .superRefine(({ slack, sms, pagerDuty, people }, ctx) => {
    for (const [id, person] of Object.entries(people))
      for (const [channel, there] of [
        ['slack', slack],
        ['sms', sms],
        ['pagerDuty', pagerDuty],
      ] as const)
        if (person[channel] && !there)
          ctx.addIssue({
            code: 'custom',
            message: `means nothing: ${channel} is not set up above`,
            path: ['people', id, channel],
          });
    const members = Object.values(people).flatMap((person) => person.slack ?? []);
    for (const [id, person] of Object.entries(people))
      if (members.filter((member) => member === person.slack).length > 1)
        ctx.addIssue({
          code: 'custom',
          message: 'expected another member for each person: a click counts for one',
          path: ['people', id, 'slack'],
        });
  });
export type Channels = z.infer<typeof ChannelsFile>;

/** The secrets that sending messages takes, those that tickets take: what functions may read, and nothing else. */
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
