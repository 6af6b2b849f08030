// Handles a click in Slack: the same vote as on the page.

import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod/mini';
import { jsonOf } from '../domain/json.ts';
import { headlineOf } from '../messaging/texts/action-line.ts';
import { callHttp, type Service } from '../platform/http.ts';
import { errorFields } from '../platform/log.ts';
import { slackButtonsOf, slackMemberOf } from '../policy/people.ts';
import { SLACK_ANSWERS } from '../policy/schemas/channels.ts';
import { counted, notCounted } from './answer.ts';
import { refuse, type Verdict } from './decision.ts';
import type { SlackInteractivity, WebDeps } from './deps.ts';
import { actionOfLink, type Opened } from './open-link.ts';
import { couldBeSlack, isSigned } from './slack-signature.ts';
import { REFUSED } from './texts/answers.ts';
import { REJECTED, SLACK_REFUSED } from './texts/errors.ts';
import { type Answer, type Notice, namesIn, statusNotice } from './texts/status.ts';
import { decideOne } from './vote.ts';

/** The click carries the full message, which may be as long as Slack allows. */
export const MAX_CLICK_BYTES = 262_144;

const VERDICTS = {
  [SLACK_ANSWERS.approve]: 'approve',
  [SLACK_ANSWERS.decline]: 'decline',
} as const;

/**
 * The fields that we read; Slack may add others. `team` is null if the app belongs to an organisation.
 * @see https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 */
const Click = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string(), team_id: z.optional(z.string()) }),
  team: z.nullish(z.object({ id: z.string() })),
  response_url: z
    .url({ protocol: /^https$/, hostname: /^hooks\.slack\.com$/ })
    .check(z.refine((url) => new URL(url).port === '', 'expected no port')),
  /** The question. Slack identifies it by its time, in seconds. */
  message: z.optional(z.object({ ts: z.string().check(z.regex(/^\d{9,11}\.\d+$/)) })),
  actions: z
    .array(
      z.object({
        action_id: z.enum([SLACK_ANSWERS.approve, SLACK_ANSWERS.decline]),
        value: z.string().check(z.maxLength(2000)),
      }),
    )
    .check(z.length(1)),
});
type Click = z.infer<typeof Click>;

type Found = Omit<Opened, 'mustSignIn' | 'shownAt'>;

/** With a headline, the answer replaces the question. Without one, only the person who clicked sees it. */
type Reply = { notice: Notice; headline?: string };

/** Answers 200 without a body, as Slack expects. The text goes to the click's response URL. */
export async function onSlack(deps: WebDeps, c: Context): Promise<Response> {
  const { slack } = deps;
  const answers = slackButtonsOf(deps.policy);
  if (!slack || !answers) return c.notFound();
  const click = clickIn(await signedBody(deps, slack, c));
  if (!click) {
    deps.log('warn', 'click not valid', {});
    throw new HTTPException(400, { message: REJECTED.unknownClick });
  }
  const reply = await answerTo(deps, click, answers.team);
  await send(deps, slack, click, reply);
  return c.body(null, 200);
}

async function signedBody(deps: WebDeps, slack: SlackInteractivity, c: Context): Promise<Buffer> {
  const headers = {
    timestamp: c.req.header('X-Slack-Request-Timestamp'),
    signature: c.req.header('X-Slack-Signature'),
  };
  const body = Buffer.from(await c.req.arrayBuffer());
  if (couldBeSlack(headers, deps.now()) && isSigned(headers, body, await slack.signingSecret()))
    return body;
  throw new HTTPException(401, { message: REJECTED.notSlack });
}

/** A form with one field, which holds JSON. */
const clickIn = (body: Buffer): Click | null =>
  Click.safeParse(jsonOf(new URLSearchParams(body.toString()).get('payload'))).data ?? null;

async function answerTo(deps: WebDeps, click: Click, team: string): Promise<Reply> {
  const [action] = click.actions;
  const opened = action && (await actionOfLink(deps, action.value, 'slack'));
  if (!opened) return { notice: SLACK_REFUSED.invalid };
  const { person } = opened.claims;
  const clickedIn = click.user.team_id ?? click.team?.id;
  const ids = { incidentId: opened.action.incidentId, actionId: opened.action.actionId };
  if (click.user.id !== slackMemberOf(deps.policy, person) || clickedIn !== team) {
    deps.log('warn', 'click by another member', { ...ids, person, member: click.user.id });
    return { notice: SLACK_REFUSED.notYours };
  }
  const verdict = VERDICTS[action.action_id];
  const { action: after, notice, status } = await vote(deps, opened, verdict, postedAt(click));
  deps.log('info', 'answered in Slack', { ...ids, person, verdict, status });
  const current = statusNotice(after, namesIn(after, deps.policy.escalation.people), deps.now());
  const text = status === 200 ? notice.text : `${notice.text} ${current.text}`.trim();
  return { notice: { ...notice, text }, headline: headlineOf(after) };
}

/** Without a time, the message counts as older than any news. */
const postedAt = ({ message }: Click): Date => new Date(Number(message?.ts ?? 0) * 1000);

async function vote(
  deps: WebDeps,
  opened: Found,
  verdict: Verdict,
  shownAt: Date,
): Promise<Answer> {
  const { person } = opened.claims;
  if (opened.expired) return notCounted(opened.action, refuse('too-late', REFUSED.notCounted));
  const { action, refusal } = await decideOne(deps, opened.action, {
    person,
    verdict,
    reason: '',
    shownAt,
    way: 'slack',
  });
  return refusal ? notCounted(action, refusal) : counted(action, person);
}

/** Slack waits 3 s in total. If this call takes too long, the vote counts, but the reply is lost. */
const RESPONSE_URL: Service = {
  name: 'Slack',
  codeOf: () => undefined,
  errorsByCode: {},
  retryLimits: { timeoutMs: 1_500, retries: 0, longestWaitSeconds: 0 },
};

/** @see https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
async function send(deps: WebDeps, { clients }: SlackInteractivity, click: Click, reply: Reply) {
  const { notice, headline } = reply;
  const lines = [...(headline ? [headline] : []), `${notice.title}. ${notice.text}`];
  try {
    await callHttp(clients, RESPONSE_URL, {
      what: 'answering a click',
      ids: {},
      method: 'POST',
      url: click.response_url,
      body: {
        ...(headline
          ? { replace_original: true }
          : { replace_original: false, response_type: 'ephemeral' }),
        text: notice.title,
        blocks: lines.map(plain),
      },
      answer: z.unknown(),
      secret: click.response_url,
    });
  } catch (error) {
    deps.log('warn', 'click not answered', errorFields(error));
  }
}

/** Slack's plain text has no links, mentions or formats. */
const plain = (text: string) => ({
  type: 'section',
  text: { type: 'plain_text', text: text.slice(0, 2000).toWellFormed(), emoji: false },
});
