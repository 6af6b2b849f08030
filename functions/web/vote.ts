// One person's vote on one request: the record first, and only then whoever waits for it.

import type { Action } from '../domain/action.ts';
import { errorFields } from '../platform/log.ts';
import { decide, isRepeated, type Verdict, type Way } from './decision.ts';
import type { WebDeps } from './deps.ts';

import { type Written, write } from './write-change.ts';

/** Whoever may post a form has signed in where policy asks for it. */
const onPage = ({ policy }: WebDeps): Way => (policy.signIn ? 'signed-in' : 'page');

/** The same vote again is no refusal: a second click. */
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
  // A repeated vote, too: the first one's answer, from the table or to the state machine, may have been lost.
  await passOn(deps, written.action);
  return { ...written, refusal: null };
}

/** Neither may fail the person's decision, which stands: what is lost here, the next rung or the sweeper finds. */
async function passOn(deps: WebDeps, action: Action): Promise<void> {
  const { approval, status, target, actionId, incidentId, name } = action;
  const failed = (what: string) => (error: unknown) =>
    deps.log('warn', what, { incidentId, actionId, ...errorFields(error) });
  // More people have to answer, or it was passed on long ago.
  if (approval?.decision?.verdict !== status) return;
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
