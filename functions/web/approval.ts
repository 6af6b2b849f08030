// A form of the approval page: the decision is written first, and only then passed on.
import { z } from 'zod';
import { errorFields } from '../audit/log.ts';
import type { Action } from '../domain/action.ts';
import { utc } from '../domain/wording.ts';
import { decide, isRepeated, type Refusal } from './decision.ts';
import type { Answer, Opened, WebDeps } from './web.ts';
import { write } from './write.ts';

export const ApproveForm = z.strictObject({
  verdict: z.enum(['approve', 'decline']),
  reason: z.string().trim().max(300).default(''),
  digest: z.string(),
});
type ApproveForm = z.infer<typeof ApproveForm>;

export async function onApproval(
  deps: WebDeps,
  { claims, action }: Opened,
  { verdict, reason }: ApproveForm,
): Promise<Answer> {
  const { person } = claims;
  const { people } = deps.policy.escalation;
  const written = await write(deps, action, (current) =>
    decide(current, verdict, { person, people, reason, now: deps.now() }),
  );
  if (!written.refusal) {
    await passOn(deps, written.action);
    return counted(written.action, verdict);
  }
  if (isRepeated(written.action, person, verdict)) return counted(written.action, verdict);
  return notCounted(written.action, written.refusal);
}

/** Neither may fail the person's decision, which stands: what is lost here, the next rung or the sweeper finds. */
async function passOn(deps: WebDeps, action: Action): Promise<void> {
  const { approval, status, target, actionId, incidentId, name } = action;
  const failed = (what: string) => (error: unknown) =>
    deps.log('warn', what, { incidentId, actionId, ...errorFields(error) });
  if (approval?.taskToken)
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
        at: approval?.decision?.at ?? deps.now().toISOString(),
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

function counted(action: Action, verdict: ApproveForm['verdict']): Answer {
  const at = utc(action.approval?.decision?.at);
  const say =
    verdict === 'approve'
      ? ({
          title: 'Approved',
          text: `You approved it at ${at}. It is checked once more against policy, then carried out. You hear from us if it is stopped.`,
          tone: 'good',
        } as const)
      : ({
          title: 'Declined',
          text: `You declined it at ${at}. Nothing is done. Nobody else is asked.`,
          tone: 'quiet',
        } as const);
  return { action, say, status: 200 };
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
