// A form of the approval page: the decision is written first, and only then passed on.

import * as z from 'zod';
import type { Action } from '../domain/action.ts';
import { utc } from '../domain/wording.ts';
import { unanswered } from '../messaging/texts/phrases.ts';
import { errorFields } from '../platform/log.ts';
import type { Answer, Standing } from './action-status.ts';
import type { By, Change, Refusal } from './decision.ts';
import type { WebDeps } from './deps.ts';
import { decideTogether, TogetherForm } from './grouped-answers.ts';
import type { Opened } from './open-link.ts';
import { acknowledge, askForTime, handOver } from './request.ts';
import { decideOne } from './vote.ts';

import { write } from './write-change.ts';

export const ApproveForm = z.strictObject({
  verdict: z.enum([
    'approve',
    'decline',
    'approve-all',
    'approve-ticked',
    'decline-all',
    'decline-ticked',
    'acknowledge',
    'more-time',
    'hand-over',
  ]),
  /** To whom it is handed. Browsers send the list's choice with every button. */
  to: z.string().max(64).default(''),
  reason: z.string().trim().max(300).default(''),
  digest: z.string(),
  ...TogetherForm,
});
type ApproveForm = z.infer<typeof ApproveForm>;

export async function onApproval(
  deps: WebDeps,
  opened: Opened,
  form: ApproveForm,
): Promise<Answer> {
  const { claims, action } = opened;
  const { person } = claims;
  const { verdict, reason } = form;
  switch (verdict) {
    case 'acknowledge':
    case 'more-time':
    case 'hand-over':
      return postpone(deps, opened, verdict, form.to);
    case 'approve':
    case 'decline': {
      const { action: after, refusal } = await decideOne(deps, action, { person, verdict, reason });
      return refusal ? notCounted(after, refusal) : counted(after, person);
    }
    default:
      return decideTogether(deps, opened, { ...SEVERAL[verdict](form), reason });
  }
}

const SEVERAL = {
  'approve-all': ({ all }: ApproveForm) => ({ verdict: 'approve' as const, chosen: all }),
  'approve-ticked': ({ ticked }: ApproveForm) => ({ verdict: 'approve' as const, chosen: ticked }),
  'decline-all': ({ all }: ApproveForm) => ({ verdict: 'decline' as const, chosen: all }),
  'decline-ticked': ({ ticked }: ApproveForm) => ({ verdict: 'decline' as const, chosen: ticked }),
};

const POSTPONED = {
  acknowledge: (current: Action, by: By, _to: string): Change => acknowledge(current, by),
  'more-time': (current: Action, by: By, _to: string): Change => askForTime(current, by),
  'hand-over': (current: Action, by: By, to: string): Change => handOver(current, to, by),
} as const;
type Postponed = keyof typeof POSTPONED;

async function postpone(
  deps: WebDeps,
  { claims, action }: Opened,
  verdict: Postponed,
  to: string,
): Promise<Answer> {
  const by = { person: claims.person, people: deps.policy.escalation.people, now: deps.now() };
  const written = await write(deps, action, (current) => POSTPONED[verdict](current, by, to));
  return written.refusal
    ? notCounted(written.action, written.refusal)
    : postponed(deps, written.action, verdict, to);
}

/** The request is still open: what was said about it, and to whom it went. */
async function postponed(
  { askAlso, log }: WebDeps,
  action: Action,
  verdict: Postponed,
  to: string,
): Promise<Answer> {
  const { incidentId, actionId, approval } = action;
  const say = (title: string, text: string): Answer => ({
    action,
    say: { title, text: `${text} Your link stays good.`, tone: 'quiet' },
    status: 200,
  });
  const until = utc(approval?.expiresAt);
  if (verdict === 'acknowledge')
    return say(
      'You are on it',
      `Nobody else is asked. Without an answer by ${until} ${unanswered(action)}.`,
    );
  if (verdict === 'more-time') return say('More time', `You have until ${until}.`);
  const name = approval?.handedTo.find((one) => one.to.id === to)?.to.name ?? to;
  try {
    await askAlso({ incidentId, actionId, to });
    return say('Handed over', `${name} is asked now, and has until ${until}.`);
  } catch (error) {
    log('error', 'not asked', { incidentId, actionId, ...errorFields(error) });
    return say(
      'Not sent',
      `The record says that ${name} may decide, but the message could not be sent: please call.`,
    );
  }
}

/** What became of this person's vote. */
export function counted(action: Action, person: string): Answer {
  const { approval } = action;
  const vote = approval?.votes.find(({ by }) => by === person);
  const said = `You ${vote?.verdict} it at ${utc(vote?.at)}.`;
  return { action, say: whatFollows(approval, said), status: 200 };
}

function whatFollows(approval: Action['approval'], said: string): Standing {
  if (!approval?.decision) {
    const approved = approval?.votes.filter(({ verdict }) => verdict === 'approved').length ?? 0;
    // Of those, one may count no more.
    const missing = Math.max(1, (approval?.required ?? 1) - approved);
    const others = missing === 1 ? 'One more person has' : `${missing} more people have`;
    const text = `${said} ${others} to approve it by ${utc(approval?.expiresAt)}; until then nothing is done.`;
    return { title: 'Your answer is recorded', text, tone: 'quiet' };
  }
  return approval.decision.verdict === 'approved'
    ? {
        title: 'Approved',
        text: `${said} It is checked once more against policy, then carried out. You will hear from us if it is stopped.`,
        tone: 'good',
      }
    : { title: 'Declined', text: `${said} Nothing is done. Nobody else is asked.`, tone: 'quiet' };
}

const NOT_COUNTED = {
  settled: { title: 'Already decided', status: 409 },
  'too-late': { title: 'Too late', status: 410 },
  'not-yours': { title: 'Not yours to decide', status: 403 },
  bounded: { title: 'Not possible', status: 409 },
} as const;

export function notCounted(action: Action, { because, refused }: Refusal): Answer {
  const { title, status } = NOT_COUNTED[because];
  return { action, say: { title, text: refused, tone: 'bad' }, status };
}
