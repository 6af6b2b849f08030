// Issues the signed links in messages: one person, one action, one expiry.

import type { Action } from '../domain/action.ts';
import type { Approver } from '../domain/approval.ts';
import { closingOf } from '../domain/closed-finding.ts';
import { issueLink, type PagePurpose } from '../links/link.ts';
import type { Mac } from '../links/signed-claims.ts';

export type LinkDeps = { mac: Pick<Mac, 'generate'>; webBaseUrl: string };
type Person = Pick<Approver, 'id'>;

/** The path of a page is its purpose. */
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

/** The end of the request, plus the extra time that an approver may ask for. */
const endOf = ({ approval }: Action): Date =>
  new Date(Date.parse(approval?.expiresAt ?? '') + (approval?.moreTimeMinutes ?? 0) * 60_000);

/** Valid until the last of the requests on the page ends. */
export const questionUrl = (
  deps: LinkDeps,
  action: Action,
  person: Person,
  others: readonly Action[] = [],
): Promise<string> => {
  const ends = [action, ...others].map((one) => endOf(one).getTime());
  return pageUrl(deps, 'approve', action, person, new Date(Math.max(...ends)));
};

/** The token of a Slack button. It opens no page. */
export const answerToken = (
  { mac }: Pick<LinkDeps, 'mac'>,
  action: Action,
  person: Person,
): Promise<string> =>
  issueLink(mac, { purpose: 'slack', ...claimsOf(action, person, endOf(action)) });

/** To keep, extend or undo the action. */
export const reviewUrl = (
  deps: LinkDeps,
  action: Action,
  person: Person,
  until: Date,
): Promise<string> => pageUrl(deps, 'review', action, person, until);

/** Managers review shadow mode now and then, not at once. */
const JUDGED_WITHIN_HOURS = 30 * 24;

/** To judge an action that shadow mode recorded. */
export const judgeUrl = (
  deps: LinkDeps,
  action: Action,
  person: Person,
  now: Date,
): Promise<string> => pageUrl(deps, 'judge', action, person, hoursAfter(now, JUDGED_WITHIN_HOURS));

/** From a page at 3 AM until noon or later. The next failed attempt sends a new link. */
const RETRY_WITHIN_HOURS = 12;

/** To retry a failed undo or keep the change; null for any other action. */
export async function retryUndoUrl(
  deps: LinkDeps,
  action: Action,
  person: Person,
  now: Date,
): Promise<string | null> {
  if (action.status !== 'reversal-failed') return null;
  return reviewUrl(deps, action, person, hoursAfter(now, RETRY_WITHIN_HOURS));
}

/** Afterwards, the alert must be assessed again instead. */
const AGAIN_WITHIN_HOURS = 12;

/** For a manager to request an expired action again; null for others, and for any other action. */
export async function requestAgainUrl(
  deps: LinkDeps,
  action: Action,
  person: Person,
  now: Date,
): Promise<string | null> {
  const { status, approval, askedAnew } = action;
  const isManager = approval?.managers.some(({ id }) => id === person.id) ?? false;
  if (status !== 'expired' || closingOf(action) || askedAnew || !isManager) return null;
  return pageUrl(deps, 'ask-anew', action, person, hoursAfter(now, AGAIN_WITHIN_HOURS));
}
