// Wakes each person so often in an hour, and no more: what is above goes into that person's digest.

import { Conflict } from '../domain/errors.ts';
import { timeOfDay } from '../domain/wording.ts';
import { errorFields, type Log } from '../platform/log.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import type { Admitted } from '../store/pager.ts';
import type { Store } from '../store/store.ts';
import type { Message, Recipient, Send } from './message.ts';

export type CapDeps = {
  store: Pick<Store, 'pager'>;
  limits: Pick<Limits, 'pages'>;
  now: () => Date;
  log: Log;
};

/** As the digests know them. */
export const recipientOf = (to: Recipient): string =>
  to.kind === 'person' ? `person:${to.id}` : 'team';

/** Pages are counted before they are sent, each key once; whatever is no page passes. */
export function capped(send: Send, deps: CapDeps): Send {
  return async (message) => {
    if (message.urgency !== 'page') return send(message);
    const { pages: wakes, nextAt } = await admitted(deps, message);
    if (!wakes) return { notBy: [], held: true };
    return send(nextAt === null ? message : withNotice(message, nextAt, deps));
  };
}

/** Where the count cannot be read, people are woken. Lost races are no such case: the caller tries again. */
async function admitted({ store, limits, now, log }: CapDeps, message: Message): Promise<Admitted> {
  const { key, always = false, subject, incidentId, actionId } = message;
  const page = { key, always, text: { subject, incidentId, actionId } };
  try {
    return await store.pager.admit(recipientOf(message.to), page, limits.pages, now());
  } catch (error) {
    if (error instanceof Conflict) throw error;
    log('error', 'page not counted', { key, ...errorFields(error) });
    return { pages: true, nextAt: null };
  }
}

/** Whoever is not woken any more has to know where the rest is. */
function withNotice(message: Message, nextAt: string, { limits }: CapDeps): Message {
  const { perPersonPerHour, digestAfterMinutes } = limits.pages;
  const notice = `This is page ${perPersonPerHour} of this hour, and the last one before ${timeOfDay(nextAt)}. What comes until then is sent together, every ${digestAfterMinutes} min, and wakes nobody.`;
  return { ...message, paragraphs: [...message.paragraphs, notice] };
}
