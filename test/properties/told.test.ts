// Concurrent presses of the stop button, with crashes (P12).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHalt } from '../../functions/halt/halt.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { POLICY } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { ana, BASE_URL, minute, pages } from '../web/approval-pages.ts';
import { type Death, mortal, type Turn, turnsOf } from './mortal.ts';

const presses = fc.array(fc.record({ seconds: fc.nat(40), dies: fc.option(fc.nat(14)) }), {
  minLength: 1,
  maxLength: 3,
});

/** The stop button, pressed by Ana. Returns the status of the answer. */
function stopButton(turn: Turn) {
  const table = memoryTable();
  const sent: Message[] = [];
  return {
    sent,
    async press(name: string, seconds: number, dies: Death): Promise<number> {
      const outward = mortal(name, dies, turn);
      const { send } = outward({
        send: async (message: Message) => {
          sent.push(message);
          return { notBy: [] };
        },
      });
      const site = createHalt({
        ...{ store: storeOn(outward(table)), policy: POLICY, pages, actsAs: ana.id, send },
        ...{ webBaseUrl: BASE_URL, now: () => minute(seconds / 60), log: () => {} },
      });
      const headers = {
        'Content-Type': 'application/x-www-form-urlencoded',
        'Sec-Fetch-Site': 'same-origin',
      };
      const answer = await site.request('/console/halt', { method: 'POST', headers });
      return answer.status;
    },
  };
}

test('P12: the team is notified of a halt although presses of the same person overlap or fail', async () => {
  const property = fc.asyncProperty(fc.scheduler(), presses, async (scheduler, plan) => {
    const { turn, concurrently } = turnsOf(scheduler);
    const { press, sent } = stopButton(turn);
    const statuses = await concurrently(() =>
      Promise.all(plan.map(({ seconds, dies }, n) => press(`press ${n}`, seconds, dies))),
    );
    if (plan.every(({ dies }) => dies !== null)) return;
    expect(statuses).toContain(303);
    expect(sent.length).toBeGreaterThan(0);
  });
  await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 300) });
});
