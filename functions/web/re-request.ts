// A manager has an expired question asked anew: a new request with a new clock, on fresh facts.

import * as z from 'zod';
import { type Action, ActionId } from '../domain/action.ts';
import { minutesAfter } from '../domain/time.ts';
import { errorFields } from '../platform/log.ts';
import { withEntry } from '../store/hash-chain.ts';
import type { Answer } from './action-status.ts';
import { notCounted } from './approval.ts';
import { type By, type Change, mayNot, refuse } from './decision.ts';
import type { WebDeps } from './deps.ts';
import type { Opened } from './open-link.ts';

import { write } from './write-change.ts';

export const AnewForm = z.strictObject({ digest: z.string() });

/** By then the new question must have been put; otherwise the sweeper has it put. */
const STARTED_WITHIN_MINUTES = 5;

export const mayAskAnew = ({ status, askedAnew }: Action): boolean =>
  status === 'expired' && askedAnew === null;

/** Once for each request; the next one can be asked anew in its turn. */
export function askAnew(action: Action, { person, people, now }: By): Change {
  const stranger = mayNot(action, person, people);
  if (stranger) return stranger;
  if (!action.approval?.managers.some(({ id }) => id === person))
    return refuse('not-yours', 'Only a manager has a question asked anew.');
  if (!mayAskAnew(action))
    return refuse(
      'settled',
      action.askedAnew ? 'It was asked anew already.' : 'It did not expire.',
    );
  const next = nextId(action.actionId);
  if (!next) return refuse('bounded', 'It was asked too often. It has to be done by hand.');
  const at = now.toISOString();
  const text = `Asked anew as ${next}`;
  return {
    next: {
      ...withEntry(action, { at: now, by: `person:${person}`, event: 'asked-anew', text }),
      askedAnew: { by: person, at, actionId: next },
      attentionAt: minutesAfter(now, STARTED_WITHIN_MINUTES),
    },
  };
}

function nextId(actionId: string): string | null {
  const [, base = '', times = '0'] = /^(.*?)(?:r(\d))?$/.exec(actionId) ?? [];
  const next = `${base}r${Number(times) + 1}`;
  return ActionId.safeParse(next).success ? next : null;
}

export async function onAskAnew(deps: WebDeps, { claims, action }: Opened): Promise<Answer> {
  const { people } = deps.policy.escalation;
  const by = { person: claims.person, people, now: deps.now() };
  const written = await write(deps, action, (current) => askAnew(current, by));
  if (written.refusal) return notCounted(written.action, written.refusal);
  const { incidentId, alertId, actionId, askedAnew } = written.action;
  try {
    await deps.startRespond(`again-${askedAnew?.actionId}`, {
      incidentId,
      alertId,
      askAnew: actionId,
    });
  } catch (error) {
    // It is on record: the sweeper starts it.
    deps.log('warn', 'not started', { incidentId, actionId, ...errorFields(error) });
  }
  return {
    action: written.action,
    say: {
      title: 'Asked anew',
      text: 'The facts are read again, and the people on call are asked with a new clock.',
      tone: 'good',
    },
    status: 200,
  };
}
