// Limits the pages of each recipient per hour; later ones go into a digest.

import { isSevere } from '../domain/alert.ts';
import { Conflict } from '../domain/errors.ts';
import { minutesAfter } from '../domain/time.ts';
import { nextIn } from '../domain/weekly-window.ts';
import type { Mac } from '../links/signed-claims.ts';
import { errorFields, type Log } from '../platform/log.ts';
import { type ZonePolicy, zoneOf } from '../policy/people.ts';
import { type Admitted, collectedKey, type Page } from '../store/page-limit.ts';
import type { Store } from '../store/store.ts';
import type { Message, Recipient, Send } from './message.ts';
import { lastPageNotice } from './texts/delivery.ts';

export type RateLimitDeps = {
  store: Pick<Store, 'pager'>;
  policy: ZonePolicy;
  /** Signs the counts of pages. */
  pageKey: Mac;
  now: () => Date;
  log: Log;
};

/** The recipient's key in the store of digests. */
export const recipientOf = (to: Recipient): string =>
  to.kind === 'person' ? `person:${to.id}` : 'team';

/** Counts each page once, by its key, before it is sent. Other messages are not limited; some wait or are collected. */
export function rateLimited(send: Send, deps: RateLimitDeps): Send {
  return async (message) => {
    const { urgency, severity = 'high', always } = message;
    const collectAt = collectedAt(deps, message);
    if (collectAt && !(await admitted(deps, message, { until: collectAt, collects: true })).pages)
      return { notBy: [], collected: true };
    const until = waitsUntil(deps, message);
    if (until && !(await admitted(deps, message, { until })).pages)
      return { notBy: [], waits: true };
    if (urgency !== 'page') return send(message);
    if (!always && ['inform', 'morning'].includes(deps.policy.limits.pages.bySeverity[severity]))
      return send({ ...message, urgency: 'inform' });
    const { pages, isRepeat, nextAt } = await admitted(deps, message);
    if (isRepeat) return { notBy: [] };
    if (!pages) return { notBy: [], held: true };
    return send(nextAt === null ? message : withNotice(message, nextAt, deps));
  };
}

/**
 * When the recipient's working hours begin; null to send the message now. A message with a link, one that ends a page
 * and one that reports an effect don't wait. No message waits if the working hours can't be read.
 */
function waitsUntil({ policy, now, log }: RateLimitDeps, message: Message): string | null {
  const { to, severity, always, canWait, links, ends } = message;
  const { bySeverity, workingHours } = policy.limits.pages;
  if (!canWait || always || links.length > 0 || ends.length > 0 || to.kind !== 'person')
    return null;
  if (!severity || bySeverity[severity] !== 'morning') return null;
  try {
    const at = nextIn({ ...workingHours, timeZone: zoneOf(policy, to.id) }, now());
    return at > now() ? at.toISOString() : null;
  } catch (error) {
    log('error', 'working hours not read', { key: message.key, ...errorFields(error) });
    return null;
  }
}

/** The sweeper starts digests once a minute. */
const DIGEST_STARTS_WITHIN_MINUTES = 1;
/** Requests about severe alerts hardly wait: just so that those of one attack arrive together. */
const SEVERE_COLLECTED_MINUTES = 1;

/** When the digest with the message is due; null to send the message now. */
function collectedAt(
  { policy, now }: RateLimitDeps,
  { urgency, to, always, collectUntil, severity = 'high' }: Message,
): string | null {
  if (!collectUntil || always || urgency === 'page' || to.kind !== 'person') return null;
  const { digestAfterMinutes } = policy.limits.pages;
  const at = minutesAfter(
    now(),
    isSevere(severity) ? SEVERE_COLLECTED_MINUTES : digestAfterMinutes,
  );
  return minutesAfter(at, DIGEST_STARTS_WITHIN_MINUTES) > collectUntil ? null : at;
}

/** If the count cannot be read, the page is sent. After a lost race (Conflict), the caller tries again. */
async function admitted(
  { store, policy, pageKey, now, log }: RateLimitDeps,
  message: Message,
  later: Pick<Page, 'until' | 'collects'> = {},
): Promise<Admitted> {
  const { always = false, once, severity, subject, incidentId, actionId } = message;
  const text = { subject, incidentId, actionId };
  const key = later.collects ? collectedKey(incidentId) : message.key;
  const page = { key, always, severity, once, text, ...later };
  try {
    const paging = { pageKey, bounds: policy.limits.pages, now: now() };
    return await store.pager.admit(recipientOf(message.to), page, paging);
  } catch (error) {
    if (error instanceof Conflict) throw error;
    log('error', 'page not counted', { key, ...errorFields(error) });
    return { pages: true, isRepeat: false, nextAt: null };
  }
}

/** The last page of the hour says where the next messages are. */
function withNotice(message: Message, nextAt: string, { policy }: RateLimitDeps): Message {
  const { perPersonPerHour, digestAfterMinutes } = policy.limits.pages;
  const notice = lastPageNotice(perPersonPerHour, nextAt, digestAfterMinutes);
  return { ...message, paragraphs: [...message.paragraphs, notice] };
}
