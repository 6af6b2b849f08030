// Notifies the team of a breaker that tripped.

import { breakerText } from '../messaging/texts/operation.ts';
import type { SweepDeps } from './deps.ts';

/** Once for each time it trips: only a person sets the kill switch back. */
export async function tellOfBreaker({ store, send }: SweepDeps, account: string): Promise<void> {
  const breaker = await store.breaker.find(account);
  if (!breaker?.tripped || !breaker.attentionAt) return;
  const { at, why } = breaker.tripped;
  await send({
    key: `breaker-${account}-${at}`,
    to: { kind: 'team' },
    urgency: 'page',
    // Also to a recipient who reached the hourly limit: only a person sets the switch back.
    always: true,
    ends: [],
    ...breakerText(account, at, why),
    facts: [],
    steps: [],
    links: [],
    incidentId: 'none',
    actionId: null,
  });
  await store.breaker.markNotified(account, breaker);
}
