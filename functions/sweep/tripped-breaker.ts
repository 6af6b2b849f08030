// A breaker that tripped, and of which nobody has heard.

import { utc } from '../domain/wording.ts';
import type { SweepDeps } from './deps.ts';

/** The breaker moves by itself; only a person moves it back, and has to know. */
export async function tellOfBreaker({ store, send }: SweepDeps, account: string): Promise<void> {
  const breaker = await store.breaker.find(account);
  if (!breaker?.tripped || !breaker.attentionAt) return;
  const { at, why } = breaker.tripped;
  await send({
    key: `breaker-${account}-${at}`,
    to: { kind: 'team' },
    urgency: 'page',
    // Only a person moves the switch back: whoever was woken often has to hear of this, too.
    always: true,
    ends: [],
    subject: 'The breaker tripped: everything is put to a person',
    paragraphs: [
      `Since ${utc(at)} no action in account ${account} runs by itself: ${why}.`,
      'Reversals still run. Find out what went wrong, then move the switch back to run; nothing moves it by itself.',
    ],
    facts: [],
    steps: [],
    links: [],
    incidentId: 'none',
    actionId: null,
  });
  await store.breaker.markNotified(account, breaker);
}
