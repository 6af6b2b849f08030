// A form of the approval page: the decision is written first, and only then passed on.
import { z } from 'zod';
import { errorFields } from '../audit/log.ts';
import type { Action } from '../domain/action.ts';
import { utc } from '../domain/wording.ts';
import { type By, type Change, decide, isRepeated, type Refusal } from './decision.ts';
import { acknowledge, askForTime, handOver } from './request.ts';
import type { Standing } from './standing.ts';
import type { Answer, Opened, WebDeps } from './web.ts';
import { write } from './write.ts';

export const ApproveForm = z.strictObject({
  verdict: z.enum(['approve', 'decline', 'acknowledge', 'more-time', 'hand-over']),
  /** To whom it is handed. Browsers send the list's choice with every button. */
  to: z.string().max(64).default(''),
  reason: z.string().trim().max(300).default(''),
  digest: z.string(),
});
type ApproveForm = z.infer<typeof ApproveForm>;

export async function onApproval(
  deps: WebDeps,
  { claims, action }: Opened,
  form: ApproveForm,
): Promise<Answer> {
  const { person } = claims;
  const { people } = deps.policy.escalation;
  const written = await write(deps, action, (current) =>
    answered(current, form, { person, people, now: deps.now() }),
  );
  const { verdict } = form;
  if (verdict !== 'approve' && verdict !== 'decline')
    return written.refusal
      ? notCounted(written.action, written.refusal)
      : postponed(deps, written.action, form);
  if (!written.refusal) await passOn(deps, written.action);
  else if (!isRepeated(written.action, person, verdict))
    return notCounted(written.action, written.refusal);
  return counted(written.action, person);
}

function answered(current: Action, { verdict, reason, to }: ApproveForm, by: By): Change {
  switch (verdict) {
    case 'acknowledge':
      return acknowledge(current, by);
    case 'more-time':
      return askForTime(current, by);
    case 'hand-over':
      return handOver(current, to, by);
    default:
      return decide(current, verdict, { ...by, reason });
  }
}

/** The request is still open: what was said about it, and to whom it went. */
async function postponed(
  { askAlso, log }: WebDeps,
  action: Action,
  { verdict, to }: ApproveForm,
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
      `Nobody else is asked. Without an answer by ${until} nothing is done.`,
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

/** Neither may fail the person's decision, which stands: what is lost here, the next rung or the sweeper finds. */
async function passOn(deps: WebDeps, action: Action): Promise<void> {
  const { approval, status, target, actionId, incidentId, name } = action;
  const failed = (what: string) => (error: unknown) =>
    deps.log('warn', what, { incidentId, actionId, ...errorFields(error) });
  // More people have to answer.
  if (!approval?.decision) return;
  if (approval.taskToken)
    await deps
      .callback(approval.taskToken, { verdict: status })
      .catch(failed('callback not taken'));
  if (status === 'declined' && target)
    await deps.store.entityHistory
      .note(target, {
        event: 'declined',
        incidentId,
        actionId,
        name,
        at: approval.decision.at,
      })
      .catch(failed('history not noted'));
  if (status === 'declined')
    await deps.store.killSwitch
      .note(
        deps.policy.account,
        { mishap: 'declines', actionId },
        deps.policy.limits.breaker,
        deps.now(),
      )
      .catch(failed('decline not counted'));
}

/** What became of this person's vote. */
function counted(action: Action, person: string): Answer {
  const { approval } = action;
  const vote = approval?.votes.find(({ by }) => by === person);
  const said = `You ${vote?.verdict} it at ${utc(vote?.at)}.`;
  return { action, say: whatFollows(approval, said), status: 200 };
}

function whatFollows(approval: Action['approval'], said: string): Standing {
  if (!approval?.decision) {
    const missing =
      (approval?.required ?? 1) -
      (approval?.votes.filter(({ verdict }) => verdict === 'approved').length ?? 0);
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
