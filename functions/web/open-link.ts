// Finds the action of a verified link and compares the digests.

import type { Action } from '../domain/action.ts';
import { type LinkClaims, type Purpose, readLink } from '../links/link.ts';
import { actionDigest } from '../store/hash-chain.ts';
import type { WebDeps } from './deps.ts';

/** An opened link: its owner, its action, and whether it may still decide. */
export type Opened = {
  token: string;
  claims: LinkClaims;
  action: Action;
  expired: boolean;
  /** Policy requires a sign-in that this browser lacks: the link shows the action, but cannot decide. */
  mustSignIn: boolean;
  /** When the posted form was shown; now, for a page that is being shown. */
  shownAt: Date;
};

/** An expired link cannot decide, but shows the outcome for a day. */
const SHOWS_FOR_MS = 24 * 3_600_000;

/** Null if the link is forged, expired for more than a day, or was issued for another digest. */
export async function actionOfLink(
  deps: WebDeps,
  token: string,
  purpose: Purpose,
): Promise<Omit<Opened, 'mustSignIn' | 'shownAt'> | null> {
  const link = await readLink(deps.mac, token, purpose, deps.now());
  if (!link.ok && link.why === 'invalid') return null;
  const { claims } = link;
  if (claims.expires * 1000 + SHOWS_FOR_MS <= deps.now().getTime()) return null;
  const { incidentId, actionId } = claims;
  const action = await deps.store.records.findAction(incidentId, actionId);
  if (action?.digest === claims.digest && actionDigest(action) === claims.digest)
    return { token, claims, action, expired: !link.ok };
  deps.log('error', 'a link does not match the recorded action', { incidentId, actionId });
  return null;
}
