// Decides an expired action again, because a manager requested it.

import { isAbout, proven } from '../authority/claims.ts';
import { nextActionId } from '../authority/earlier-request.ts';
import type { Action } from '../domain/action.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Effect } from '../mechanisms/registry.ts';
import { type EscalatingDeps, withApproval } from './approvers.ts';
import { recordedChecks } from './assessed.ts';
import { compose } from './compose.ts';
import { created } from './create-action.ts';
import { decide, type Ruling, stricter } from './decide.ts';
import { isEffectOf } from './decide-again.ts';
import { recordDecision } from './decision.ts';
import type { GateDeps } from './deps.ts';
import type { Circumstances } from './proposal.ts';
import { joinOrClaim } from './shared-effect.ts';

/**
 * Decides the recommendation of an expired action again and requests approval. It needs approval even if the rules
 * would now let it run automatically, because the expired action needed it.
 */
export async function requestAgain(
  deps: EscalatingDeps,
  ids: { incidentId: string; alertId: string },
  expired: Action,
  circumstances: Circumstances,
) {
  if (!expired.askedAnew || !(await isRequestedAgain(deps, expired)))
    throw new InvalidInput('no manager requested this action again', {
      actionId: expired.actionId,
    });
  const actionIds = { ...ids, actionId: expired.askedAnew.actionId };
  const { recommendation } = expired;
  const { ruling, effect } = repeatedRuling(expired, decide(recommendation, circumstances));
  const joined = await joinOrClaim(deps, actionIds, circumstances, { ruling, effect });
  const inputs = await recordDecision(deps, ids.incidentId, circumstances);
  const proposed = { recommendation, effect, inputs, ...(await withApproval(deps, joined)) };
  const action = compose(actionIds, circumstances, proposed, deps.now());
  return { ...ids, actions: [await created(deps, action)] };
}

/**
 * The ID is the next one, so that no other action is run again. A request without a ruling was made by an earlier
 * version, whose open requests are all made again.
 */
async function isRequestedAgain({ keys }: GateDeps, expired: Action): Promise<boolean> {
  if (expired.askedAnew?.actionId !== nextActionId(expired.actionId)) return false;
  if (expired.ruling === null) return true;
  const order = expired.orders.find(({ kind }) => kind === 'ask-anew');
  const claims = await proven(keys.votes, 'order', order?.proof);
  return claims?.kind === 'ask-anew' && isAbout(claims, expired)
    ? claims.next === expired.askedAnew?.actionId
    : false;
}

/** The new ruling, at least `approve`; `hand-off` when it would no longer have the same effect. */
function repeatedRuling(expired: Action, now: Ruling): { ruling: Ruling; effect: Effect | null } {
  const effect = now.effects.find((one) => isEffectOf(expired, one)) ?? null;
  const changed = effect === null || now.name !== expired.name;
  const disposition = stricter(now.disposition, changed ? 'hand-off' : 'approve');
  const text = changed
    ? 'A manager requested it again, but its effect would differ now'
    : 'No one answered in time, and a manager requested it again';
  const reasons = [...now.reasons, ...recordedChecks(expired).why, { code: 'asked-anew', text }];
  return { ruling: { ...now, disposition, reasons }, effect };
}
