// Links that messages carry: each decides in one person's name, about one action, until a moment that the link names.
import type { Action, Approver } from '../domain/action.ts';
import { issueLink } from '../web/link.ts';
import type { Mac } from '../web/seal.ts';

export type LinkDeps = { mac: Pick<Mac, 'generate'>; webBaseUrl: string };
type Person = Pick<Approver, 'id'>;

/** Later than this an alert is assessed again rather than its old question asked. */
const ANEW_WITHIN_MS = 12 * 3_600_000;

const secondsOf = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** Whoever decides about shadow mode looks at its records now and then, not at once. */
const JUDGED_WITHIN_MS = 30 * 24 * 3_600_000;

/** To say whether an observed action was right. */
export async function judgeUrl(
  { mac, webBaseUrl }: LinkDeps,
  { incidentId, actionId, digest }: Action,
  person: Person,
  now: Date,
): Promise<string> {
  const expires = secondsOf(now.getTime() + JUDGED_WITHIN_MS);
  const claims = { purpose: 'judge', incidentId, actionId, digest, expires } as const;
  return `${webBaseUrl}/judge/${await issueLink(mac, { ...claims, person: person.id })}`;
}

/** The record says when the request ends; what answers it outlives that by the time that policy may add. */
function claimsOf({ incidentId, actionId, digest, approval }: Action, { id: person }: Person) {
  const ends = secondsOf(Date.parse(approval?.expiresAt ?? ''));
  const expires = ends + 60 * (approval?.moreTimeMinutes ?? 0);
  return { incidentId, actionId, digest, person, expires };
}

export async function questionUrl(
  { mac, webBaseUrl }: LinkDeps,
  action: Action,
  person: Person,
): Promise<string> {
  const claims = { ...claimsOf(action, person), purpose: 'approve' } as const;
  return `${webBaseUrl}/approve/${await issueLink(mac, claims)}`;
}

/** What a button holds: it opens no page, as the link is no button. */
export const answerToken = (
  { mac }: Pick<LinkDeps, 'mac'>,
  action: Action,
  person: Person,
): Promise<string> => issueLink(mac, { ...claimsOf(action, person), purpose: 'slack' });

/** Nobody is there at 3 AM who has not slept on it by noon; the next attempt that fails brings a new link. */
const MENDED_WITHIN_MS = 12 * 3_600_000;

/** Whoever hears that it could not be undone can try again or keep it; null for any other action. */
export async function mendUrl(
  { mac, webBaseUrl }: LinkDeps,
  { status, incidentId, actionId, digest }: Action,
  person: Person,
  now: Date,
): Promise<string | null> {
  if (status !== 'reversal-failed') return null;
  const expires = secondsOf(now.getTime() + MENDED_WITHIN_MS);
  const claims = { purpose: 'review', incidentId, actionId, digest, expires } as const;
  return `${webBaseUrl}/review/${await issueLink(mac, { ...claims, person: person.id })}`;
}

/** Managers can have asked anew what nobody decided; null for anybody else, and for any other action. */
export async function askAnewUrl(
  { mac, webBaseUrl }: LinkDeps,
  { status, approval, askedAnew, incidentId, actionId, digest }: Action,
  person: Person,
  now: Date,
): Promise<string | null> {
  const isManager = approval?.managers.some(({ id }) => id === person.id) ?? false;
  if (status !== 'expired' || askedAnew || !isManager) return null;
  const expires = secondsOf(now.getTime() + ANEW_WITHIN_MS);
  const claims = { purpose: 'ask-anew', incidentId, actionId, digest, expires } as const;
  return `${webBaseUrl}/ask-anew/${await issueLink(mac, { ...claims, person: person.id })}`;
}
