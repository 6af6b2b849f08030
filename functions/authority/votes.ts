// Reads the proven votes on an action.
import type { Action } from '../domain/action.ts';
import { isAbout, proven, type Verifier, type Vote } from './claims.ts';

/** The votes that `web` signed on exactly this action. A vote without proof is left out. */
export async function readVotes(mac: Verifier, action: Action): Promise<Vote[]> {
  const recorded = action.approval?.votes ?? [];
  const votes = await Promise.all(recorded.map(({ proof }) => proven(mac, 'vote', proof)));
  return votes.filter((vote) => vote !== null).filter((vote) => isAbout(vote, action));
}
