// What a link that was read leads to: its action, if that is still what the link was made for.

import type { Action } from '../domain/action.ts';
import { type LinkClaims, type Purpose, readLink } from '../links/link.ts';
import { actionDigest } from '../store/hash-chain.ts';
import type { WebDeps } from './deps.ts';

/** An opened link: who holds it, what it is about, and whether it may still decide. */
export type Opened = {
  token: string;
  claims: LinkClaims;
  action: Action;
  expired: boolean;
  /** Where policy asks for it, and this browser has not: then the link shows, and decides nothing. */
  mustSignIn: boolean;
};

/** An expired link decides nothing; for a day it still shows how things ended. */
const SHOWS_FOR_MS = 24 * 3_600_000;

/** The action that a link is about; null where the link is not ours, long over, or the action is another one. */
export async function whatItOpens(
  deps: WebDeps,
  token: string,
  purpose: Purpose,
): Promise<Omit<Opened, 'mustSignIn'> | null> {
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
