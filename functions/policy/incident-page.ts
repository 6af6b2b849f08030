// The address of an incident in the console, where there is one.
import type { Policy } from './policy.ts';

/** The path of the page; null without a console. An account has a console only with a sign-in, a laptop always. */
export const incidentPath = (
  { signIn, stage }: Pick<Policy, 'signIn' | 'stage'>,
  incidentId: string,
): string | null =>
  signIn === null && stage !== 'local' ? null : `/console/incident/${incidentId}`;

/** Returns a function that builds the full URL, for tickets and messages. */
export const incidentUrlOf =
  ({ policy, webBaseUrl }: { policy: Pick<Policy, 'signIn' | 'stage'>; webBaseUrl: string }) =>
  (incidentId: string): string | null => {
    const path = incidentPath(policy, incidentId);
    return path && webBaseUrl + path;
  };
