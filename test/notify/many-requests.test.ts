// Many requests of one incident that end at the same moment.
import { expect, test } from 'vitest';
import { isNotified } from '../../functions/domain/settled-together.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { notify } from '../../functions/notify/notify.ts';
import { transition } from '../../functions/store/hash-chain.ts';
import { alertWith, INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { PAGE_KEY } from '../fixtures/proofs.ts';
import { countingActions, storeOn } from '../store/memory-table.ts';
import { BASE_URL, mac, minute, put, waiting } from '../web/approval-pages.ts';

const COUNT = 60;
const idOf = (n: number) => `act-${n.toString(16).padStart(16, '0')}-1`;

/** How the steps of the requests run: each ends its request and then notifies. */
type Run = (steps: readonly { end: () => Promise<void>; tell: () => Promise<void> }[]) => unknown;

async function expireAll(run: Run) {
  const { table, counted } = countingActions();
  const store = storeOn(table);
  const sent: Message[] = [];
  const at = minute(16);
  const deps = {
    ...{ store, policy: POLICY, mac, webBaseUrl: BASE_URL, log: () => {}, pageKey: PAGE_KEY },
    send: async (message: Message) => {
      sent.push(message);
      return { notBy: [] };
    },
    openTicket: async () => 'oi-1',
    now: () => at,
  };
  await put(store, waiting({ actionId: idOf(0) }), alertWith());
  for (let n = 1; n < COUNT; n++) await store.records.createAction(waiting({ actionId: idOf(n) }));
  counted.read = 0;
  await run(
    Array.from({ length: COUNT }, (_, n) => ({
      async end() {
        await store.records.changeAction(INCIDENT_ID, idOf(n), (current) =>
          transition(current, 'expired', { at, by: 'approve', text: 'The time ended' }),
        );
      },
      tell: async () => void (await notify(deps, { incidentId: INCIDENT_ID, actionId: idOf(n) })),
    })),
  );
  const actions = await store.records.actions(INCIDENT_ID);
  const news = sent.filter(({ revises }) => !revises);
  return { read: counted.read, actions, subjects: news.map(({ subject }) => subject) };
}

/** Each person of the escalation policy is notified once, about all of them. */
const ONCE_EACH = Array(3).fill(expect.stringMatching(`^Not approved in time: ${COUNT} requests`));
const shuffled = <T>(all: readonly T[], seed: number): T[] =>
  all
    .map((one, i) => ({ one, order: ((i + 1) * (seed * 7919 + 104_729)) % 65_537 }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ one }) => one);

test('are reported once, and each step reads a few actions, if all have ended before the first report', async () => {
  const { read, actions, subjects } = await expireAll(async (steps) => {
    await Promise.all(steps.map(({ end }) => end()));
    await Promise.all(shuffled(steps, 1).map(({ tell }) => tell()));
  });
  expect(subjects).toEqual(ONCE_EACH);
  expect(actions.every(isNotified)).toBe(true);
  expect(read / COUNT).toBeLessThan(20);
});

test.each<[string, Run]>([
  [
    'one after the other, in the order of their IDs',
    async (steps) => {
      for (const { end, tell } of steps) await end().then(tell);
    },
  ],
  [
    'one after the other, in the reverse order',
    async (steps) => {
      for (const { end, tell } of steps.toReversed()) await end().then(tell);
    },
  ],
  [
    'in groups, at random',
    async (steps) => {
      const all = shuffled(steps, 2);
      for (let from = 0; from < all.length; from += 7)
        await Promise.all(all.slice(from, from + 7).map(({ end, tell }) => end().then(tell)));
    },
  ],
  [
    'all at once',
    (steps) => Promise.all(shuffled(steps, 3).map((one) => one.end().then(one.tell))),
  ],
])('P12: are reported once to each person if they end %s', async (_how, run) => {
  const { actions, subjects } = await expireAll(run);
  expect(subjects).toEqual(ONCE_EACH);
  expect(actions.every(isNotified)).toBe(true);
});
