// Records one person's vote, then passes it on to the state machine.

import type { Action } from '../domain/action.ts';
import { errorFields } from '../platform/log.ts';
import { decide, isRepeated, type Verdict, type Way } from './decision.ts';
import type { WebDeps } from './deps.ts';

import { type Written, write } from './write-change.ts';

/** A person who posts a form has signed in if policy requires it. */
const onPage = ({ policy }: WebDeps): Way => (policy.signIn ? 'signed-in' : 'page');

/** The same vote again is a second click and not refused. */
export async function decideOne(
  deps: WebDeps,
  action: Action,
  {
    person,
    verdict,
    reason,
    way = onPage(deps),
  }: { person: string; verdict: Verdict; reason: string; way?: Way },
): Promise<Written> {
  const { people } = deps.policy.escalation;
  const written = await write(deps, action, (current) =>
    decide(current, verdict, { person, people, now: deps.now(), reason, way }),
  );
  if (written.refusal && !isRepeated(written.action, person, verdict)) return written;
  // Also for a repeated vote: the callback after the first one may have been lost.
  await passOn(deps, written.action);
  return { ...written, refusal: null };
}

/** No failure here may fail the decision: the next escalation step or the sweeper repeats the lost call. */
async function passOn(deps: WebDeps, action: Action): Promise<void> {
  const { approval, status, target, actionId, incidentId, name } = action;
  const failed = (what: string) => (error: unknown) =>
    deps.log('warn', what, { incidentId, actionId, ...errorFields(error) });
  // More votes are needed, or the decision was passed on earlier.
  if (approval?.decision?.verdict !== status) return;
  if (approval.taskToken)
    await deps.callback(approval.taskToken, { verdict: status }).catch(failed('callback failed'));
  if (status === 'declined' && target)
    await deps.store.entityHistory
      .note(target, {
        event: 'declined',
        incidentId,
        actionId,
        name,
        at: approval.decision.at,
      })
      .catch(failed('history not recorded'));
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
