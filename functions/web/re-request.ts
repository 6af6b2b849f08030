// Requests an expired action again for a manager: new facts, new deadline.

import * as z from 'zod/mini';
import { nextActionId } from '../authority/earlier-request.ts';
import type { Action } from '../domain/action.ts';
import { closingOf } from '../domain/closed-finding.ts';
import { minutesAfter } from '../domain/time.ts';
import { errorFields } from '../platform/log.ts';
import { withEntry } from '../store/hash-chain.ts';
import { notCounted } from './answer.ts';
import { type By, type Change, mayNot, refuse } from './decision.ts';
import type { WebDeps } from './deps.ts';
import type { Opened } from './open-link.ts';
import { sealOrder } from './seal.ts';
import { REFUSED, requestedAgain } from './texts/answers.ts';
import { HISTORY } from './texts/history.ts';
import type { Answer } from './texts/status.ts';

import { write } from './write-change.ts';

export const RequestAgainForm = z.strictObject({ digest: z.string() });

/** The sweeper starts the new request if it has not begun within this time. */
const STARTED_WITHIN_MINUTES = 5;

export const mayRequestAgain = (action: Action): boolean =>
  action.status === 'expired' && action.askedAnew === null && closingOf(action) === null;

/** Once for each request. The new request can expire and be requested again, too. */
export function requestAgain(action: Action, { person, people, now }: By): Change {
  const refusal = mayNot(action, person, people);
  if (refusal) return refusal;
  if (!action.approval?.managers.some(({ id }) => id === person))
    return refuse('not-yours', REFUSED.managersOnly);
  if (!mayRequestAgain(action))
    return refuse('settled', action.askedAnew ? REFUSED.alreadyRequested : REFUSED.notExpired);
  const next = nextActionId(action.actionId);
  if (!next) return refuse('bounded', REFUSED.requestedTooOften);
  const at = now.toISOString();
  const text = HISTORY.requestedAgain(next);
  return {
    next: {
      ...withEntry(action, { at: now, by: `person:${person}`, event: 'asked-anew', text }),
      askedAnew: { by: person, at, actionId: next },
      attentionAt: minutesAfter(now, STARTED_WITHIN_MINUTES),
    },
  };
}

export async function onRequestAgain(deps: WebDeps, { claims, action }: Opened): Promise<Answer> {
  const { people } = deps.policy.escalation;
  const by = { person: claims.person, people, now: deps.now() };
  const written = await write(deps, action, (current) =>
    sealOrder(deps.keys.votes, requestAgain(current, by), 'ask-anew', by),
  );
  if (written.refusal) return notCounted(written.action, written.refusal);
  const { incidentId, alertId, actionId, askedAnew } = written.action;
  try {
    await deps.startRespond(`again-${askedAnew?.actionId}`, {
      incidentId,
      alertId,
      askAnew: actionId,
    });
  } catch (error) {
    // The record has the request, so the sweeper starts it.
    deps.log('warn', 'new request not started', { incidentId, actionId, ...errorFields(error) });
  }
  return {
    action: written.action,
    notice: requestedAgain(written.action),
    status: 200,
  };
}
