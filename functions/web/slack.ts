// A click in Slack: the same vote as on the page, if Slack sent it and the member is the person whose buttons they are.

import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import * as z from 'zod';
import { headlineOf } from '../messaging/texts/phrases.ts';
import { callHttp, type Service } from '../platform/http.ts';
import { errorFields } from '../platform/log.ts';
import { slackButtonsOf, slackMemberOf } from '../policy/people.ts';
import { SLACK_ANSWERS } from '../policy/schemas/channels.ts';
import type { Answer } from './action-status.ts';
import { namesIn, type Standing, standingOf } from './action-status.ts';
import { counted, notCounted } from './approval.ts';
import { refuse, type Verdict } from './decision.ts';
import type { SlackInteractivity, WebDeps } from './deps.ts';
import type { Opened } from './open-link.ts';
import { whatItOpens } from './open-link.ts';
import { couldBeSlack, isSigned } from './slack-signature.ts';
import { decideOne } from './vote.ts';

/** The message comes back with the click, and may be as long as Slack lets one be. */
export const MAX_CLICK_BYTES = 262_144;

const VERDICTS = {
  [SLACK_ANSWERS.approve]: 'approve',
  [SLACK_ANSWERS.decline]: 'decline',
} as const;

/**
 * What we read of a click; Slack adds fields as it likes. `team` is null where the app belongs to a whole organisation.
 * @see https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 */
const Click = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string(), team_id: z.string().optional() }),
  team: z.object({ id: z.string() }).nullish(),
  response_url: z
    .url({ protocol: /^https$/, hostname: /^hooks\.slack\.com$/ })
    .refine((url) => new URL(url).port === '', 'expected no port'),
  actions: z
    .array(
      z.object({
        action_id: z.enum([SLACK_ANSWERS.approve, SLACK_ANSWERS.decline]),
        value: z.string().max(2000),
      }),
    )
    .length(1),
});
type Click = z.infer<typeof Click>;

type Found = Omit<Opened, 'mustSignIn'>;

/** What is said, and whether in place of the question or to the clicker alone, beside it. */
type Said = { say: Standing; headline?: string };

/** Answers with nothing, as Slack wants it; what there is to say goes to the click's own address. */
export async function onSlack(deps: WebDeps, c: Context): Promise<Response> {
  const { slack } = deps;
  const answers = slackButtonsOf(deps.policy);
  if (!slack || !answers) return c.notFound();
  const click = clickIn(await signedBody(deps, slack, c));
  if (!click) {
    deps.log('warn', 'click not understood', {});
    throw new HTTPException(400, { message: 'This is no click that we know.' });
  }
  const said = await answerTo(deps, click, answers.team);
  await tell(deps, slack, click, said);
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
  throw new HTTPException(401, { message: 'This did not come from Slack, or not just now.' });
}

/** A form with one field, which holds JSON. */
function clickIn(body: Buffer): Click | null {
  const payload = new URLSearchParams(body.toString()).get('payload');
  try {
    return Click.safeParse(JSON.parse(payload ?? '')).data ?? null;
  } catch {
    // Signed and no JSON: nothing that Slack documents.
    return null;
  }
}

async function answerTo(deps: WebDeps, click: Click, team: string): Promise<Said> {
  const [action] = click.actions;
  const opened = action && (await whatItOpens(deps, action.value, 'slack'));
  if (!opened) return { say: NOT_VALID };
  const { person } = opened.claims;
  const clickedIn = click.user.team_id ?? click.team?.id;
  const ids = { incidentId: opened.action.incidentId, actionId: opened.action.actionId };
  if (click.user.id !== slackMemberOf(deps.policy, person) || clickedIn !== team) {
    deps.log('warn', 'click by another member', { ...ids, person, member: click.user.id });
    return { say: NOT_YOURS };
  }
  const verdict = VERDICTS[action.action_id];
  const { action: after, say, status } = await vote(deps, opened, verdict);
  deps.log('info', 'answered in Slack', { ...ids, person, verdict, status });
  const stands = standingOf(after, namesIn(after, deps.policy.escalation.people), deps.now());
  const text = status === 200 ? say.text : `${say.text} ${stands.text}`.trim();
  return { say: { ...say, text }, headline: headlineOf(after) };
}

async function vote(deps: WebDeps, opened: Found, verdict: Verdict): Promise<Answer> {
  const { person } = opened.claims;
  if (opened.expired)
    return notCounted(opened.action, refuse('too-late', 'Your answer was not counted.'));
  const { action, refusal } = await decideOne(deps, opened.action, {
    person,
    verdict,
    reason: '',
    way: 'slack',
  });
  return refusal ? notCounted(action, refusal) : counted(action, person);
}

const NOT_VALID: Standing = {
  title: 'Nothing was decided',
  text: 'These buttons are not valid: they are over, or only a test. The link in your messages shows how things stand.',
  tone: 'bad',
};
const NOT_YOURS: Standing = {
  title: 'Nothing was decided',
  text: 'These buttons were made for somebody else, or policy no longer knows you by this account of Slack.',
  tone: 'bad',
};

/** Slack waits 3 s for us in all; what is not taken within this time is not told, and stands all the same. */
const RESPONSE_URL: Service = {
  name: 'Slack',
  codeOf: () => undefined,
  errorsByCode: {},
  retryLimits: { timeoutMs: 1_500, retries: 0, longestWaitSeconds: 0 },
};

/** @see https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
async function tell(deps: WebDeps, { clients }: SlackInteractivity, click: Click, said: Said) {
  const { say, headline } = said;
  const lines = [...(headline ? [headline] : []), `${say.title}. ${say.text}`];
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
        text: say.title,
        blocks: lines.map(plain),
      },
      answer: z.unknown(),
      secret: click.response_url,
    });
  } catch (error) {
    deps.log('warn', 'click not answered', errorFields(error));
  }
}

/** Plain text of Slack makes no link, no mention and no format. */
const plain = (text: string) => ({
  type: 'section',
  text: { type: 'plain_text', text: text.slice(0, 2000).toWellFormed(), emoji: false },
});
