// Records one person's vote, then passes it on to the state machine.

import { isOfEarlierVersion, replaced } from '../authority/earlier-request.ts';
import { describes, namesTarget, readRuling } from '../authority/rulings.ts';
import type { Action } from '../domain/action.ts';
import { ALARMING } from '../domain/alarm-messages.ts';
import { errorFields } from '../platform/log.ts';
import { type Change, decide, isRepeated, refuse, type Verdict, type Way } from './decision.ts';
import type { WebDeps } from './deps.ts';
import { longestFor } from './durations.ts';
import { sealVote } from './seal.ts';
import { REFUSED } from './texts/answers.ts';
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
    shownAt,
    durationMinutes,
    way = onPage(deps),
  }: {
    person: string;
    verdict: Verdict;
    reason: string;
    /** When this person saw the request. */
    shownAt: Date;
    /** The time that this person chose. By default, the full time of the action. */
    durationMinutes?: number | undefined;
    way?: Way;
  },
): Promise<Written> {
  const { people } = deps.policy.escalation;
  const written = await write(deps, action, async (current) => {
    if (durationMinutes !== undefined && longestFor(current, deps.policy) === null)
      return refuse('bounded', REFUSED.noDuration);
    const change = decide(current, verdict, {
      person,
      people,
      now: deps.now(),
      reason,
      way,
      shownAt,
      durationMinutes: durationMinutes ?? current.durationMinutes,
    });
    return 'refused' in change
      ? change
      : ((await objection(deps, current)) ?? sealVote(deps.keys.votes, change));
  });
  if (written.refusal && !isRepeated(written.action, person, verdict)) return written;
  // Also for a repeated vote: the callback after the first one may have been lost.
  await passOn(deps, written.action);
  return { ...written, refusal: null };
}

/** A vote counts only on what the gate decided and described. A request of an earlier version is made again. */
async function objection({ keys, now, log }: WebDeps, current: Action): Promise<Change | null> {
  if (isOfEarlierVersion(current))
    return { next: replaced(current, 'web', now()), ...refuse('settled', REFUSED.requestedAgain) };
  const ruling = await readRuling(keys.rulings, current);
  if (ruling && namesTarget(ruling) && describes(ruling, current)) return null;
  const { incidentId, actionId } = current;
  log('error', ALARMING.recordAltered, { incidentId, actionId, why: 'the ruling is not proven' });
  return refuse('settled', REFUSED.notProven);
}

/** No failure here may fail the decision: the next escalation step or the sweeper repeats the lost call. */
async function passOn(deps: WebDeps, action: Action): Promise<void> {
  const { approval, status, target, actionId, incidentId, name } = action;
  const failed = (what: string) => (error: unknown) =>
    deps.log('warn', what, { incidentId, actionId, ...errorFields(error) });
  if (approval && !approval.decision)
    await deps.ask({ incidentId, actionId, voted: true }).catch(failed('vote not shown'));
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
