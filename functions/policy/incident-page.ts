// The address of an incident in the console, where there is one.
import type { Policy } from './policy.ts';

/** Null without a console: an account has one only where people sign in, a laptop always. */
export const incidentPath = (
  { signIn, stage }: Pick<Policy, 'signIn' | 'stage'>,
  incidentId: string,
): string | null =>
  signIn === null && stage !== 'local' ? null : `/console/incident/${incidentId}`;

/** Writes the whole address of an incident, for texts that leave the site. */
export const incidentUrlOf =
  ({ policy, webBaseUrl }: { policy: Pick<Policy, 'signIn' | 'stage'>; webBaseUrl: string }) =>
  (incidentId: string): string | null => {
    const path = incidentPath(policy, incidentId);
    return path && webBaseUrl + path;
  };
