// Limits the pages of each recipient per hour; later ones go into a digest.

import { Conflict } from '../domain/errors.ts';
import type { Mac } from '../links/signed-claims.ts';
import { errorFields, type Log } from '../platform/log.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import type { Admitted } from '../store/pager.ts';
import type { Store } from '../store/store.ts';
import type { Message, Recipient, Send } from './message.ts';
import { lastPageNotice } from './texts/delivery.ts';

export type RateLimitDeps = {
  store: Pick<Store, 'pager'>;
  limits: Pick<Limits, 'pages'>;
  /** Signs the counts of pages. */
  pageKey: Mac;
  now: () => Date;
  log: Log;
};

/** The recipient's key in the store of digests. */
export const recipientOf = (to: Recipient): string =>
  to.kind === 'person' ? `person:${to.id}` : 'team';

/** Counts each page once, by its key, before it is sent. Other messages are not limited. */
export function rateLimited(send: Send, deps: RateLimitDeps): Send {
  return async (message) => {
    const { urgency, severity = 'high', always } = message;
    if (urgency !== 'page') return send(message);
    if (!always && deps.limits.pages.bySeverity[severity] === 'inform')
      return send({ ...message, urgency: 'inform' });
    const { pages, isRepeat, nextAt } = await admitted(deps, message);
    if (isRepeat) return { notBy: [] };
    if (!pages) return { notBy: [], held: true };
    return send(nextAt === null ? message : withNotice(message, nextAt, deps));
  };
}

/** If the count cannot be read, the page is sent. After a lost race (Conflict), the caller tries again. */
async function admitted(
  { store, limits, pageKey, now, log }: RateLimitDeps,
  message: Message,
): Promise<Admitted> {
  const { key, always = false, once, severity, subject, incidentId, actionId } = message;
  const page = { key, always, severity, once, text: { subject, incidentId, actionId } };
  try {
    const paging = { pageKey, bounds: limits.pages, now: now() };
    return await store.pager.admit(recipientOf(message.to), page, paging);
  } catch (error) {
    if (error instanceof Conflict) throw error;
    log('error', 'page not counted', { key, ...errorFields(error) });
    return { pages: true, isRepeat: false, nextAt: null };
  }
}

/** The last page of the hour says where the next messages are. */
function withNotice(message: Message, nextAt: string, { limits }: RateLimitDeps): Message {
  const { perPersonPerHour, digestAfterMinutes } = limits.pages;
  const notice = lastPageNotice(perPersonPerHour, nextAt, digestAfterMinutes);
  return { ...message, paragraphs: [...message.paragraphs, notice] };
}
