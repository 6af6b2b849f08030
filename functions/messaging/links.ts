// Links that messages carry: each decides in one person's name, about one action, until a moment that the link names.

import type { Action } from '../domain/action.ts';
import type { Approver } from '../domain/approval.ts';
import { issueLink, type PagePurpose } from '../links/link.ts';
import type { Mac } from '../links/signed-claims.ts';

export type LinkDeps = { mac: Pick<Mac, 'generate'>; webBaseUrl: string };
type Person = Pick<Approver, 'id'>;

/** Each page is at the path that its purpose names. */
async function pageUrl(
  { mac, webBaseUrl }: LinkDeps,
  purpose: PagePurpose,
  action: Action,
  person: Person,
  until: Date,
): Promise<string> {
  const claims = { purpose, ...claimsOf(action, person, until) };
  return `${webBaseUrl}/${purpose}/${await issueLink(mac, claims)}`;
}

const claimsOf = ({ incidentId, actionId, digest }: Action, { id }: Person, until: Date) => ({
  incidentId,
  actionId,
  digest,
  person: id,
  expires: Math.floor(until.getTime() / 1000),
});

const hoursAfter = (now: Date, hours: number): Date => new Date(now.getTime() + hours * 3_600_000);

/** The record says when the request ends; what answers it outlives that by the time that policy may add. */
const endOf = ({ approval }: Action): Date =>
  new Date(Date.parse(approval?.expiresAt ?? '') + (approval?.moreTimeMinutes ?? 0) * 60_000);

export const questionUrl = (deps: LinkDeps, action: Action, person: Person): Promise<string> =>
  pageUrl(deps, 'approve', action, person, endOf(action));

/** What a button holds: it opens no page, as the link is no button. */
export const answerToken = (
  { mac }: Pick<LinkDeps, 'mac'>,
  action: Action,
  person: Person,
): Promise<string> =>
  issueLink(mac, { purpose: 'slack', ...claimsOf(action, person, endOf(action)) });

/** To keep, extend or reverse it. */
export const reviewUrl = (
  deps: LinkDeps,
  action: Action,
  person: Person,
  until: Date,
): Promise<string> => pageUrl(deps, 'review', action, person, until);

/** Whoever decides about shadow mode looks at its records now and then, not at once. */
const JUDGED_WITHIN_HOURS = 30 * 24;

/** To say whether an observed action was right. */
export const judgeUrl = (
  deps: LinkDeps,
  action: Action,
  person: Person,
  now: Date,
): Promise<string> => pageUrl(deps, 'judge', action, person, hoursAfter(now, JUDGED_WITHIN_HOURS));

/** Nobody is there at 3 AM who has not slept on it by noon; the next attempt that fails brings a new link. */
const MENDED_WITHIN_HOURS = 12;

/** Whoever hears that it could not be undone can try again or keep it; null for any other action. */
export async function mendUrl(
  deps: LinkDeps,
  action: Action,
  person: Person,
  now: Date,
): Promise<string | null> {
  if (action.status !== 'reversal-failed') return null;
  return reviewUrl(deps, action, person, hoursAfter(now, MENDED_WITHIN_HOURS));
}

/** Later than this an alert is assessed again rather than its old question asked. */
const ANEW_WITHIN_HOURS = 12;

/** Managers can have asked anew what nobody decided; null for anybody else, and for any other action. */
export async function askAnewUrl(
  deps: LinkDeps,
  action: Action,
  person: Person,
  now: Date,
): Promise<string | null> {
  const { status, approval, askedAnew } = action;
  const isManager = approval?.managers.some(({ id }) => id === person.id) ?? false;
  if (status !== 'expired' || askedAnew || !isManager) return null;
  return pageUrl(deps, 'ask-anew', action, person, hoursAfter(now, ANEW_WITHIN_HOURS));
}
