// Pages the team about a tripped breaker.

import { breakerText } from '../messaging/texts/operation.ts';
import type { SweepDeps } from './deps.ts';

/** Pages once per trip. The breaker sets the kill switch; only a person sets it back. */
export async function announceTrip({ store, send }: SweepDeps, account: string): Promise<void> {
  const breaker = await store.breaker.find(account);
  if (!breaker?.tripped || !breaker.attentionAt) return;
  const { at, why } = breaker.tripped;
  await send({
    key: `breaker-${account}-${at}`,
    to: { kind: 'team' },
    urgency: 'page',
    // Pages even above the hourly limit, because only a person can reset the kill switch.
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
