// Reports about actions whose states change at the same moment (P9, P12).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { NEWS, raisedText } from '../../functions/domain/effect-state.ts';
import { NotFound } from '../../functions/domain/errors.ts';
import { workNotifiedBy } from '../../functions/domain/owed-notification.ts';
import { deactivateKey } from '../../functions/mechanisms/access-key/access-key.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { notify } from '../../functions/notify/notify.ts';
import { transition, withEntry } from '../../functions/store/hash-chain.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { INCIDENT_ID, leakedKey, POLICY, subjectOn } from '../fixtures/case.ts';
import { PAGE_KEY } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import {
  BASE_URL,
  inForce,
  mac,
  minute,
  put,
  requestWith,
  waiting,
} from '../web/approval-pages.ts';
import { type Death, mortal, retried, type Turn, turnsOf } from './mortal.ts';

const RETRIES = 4;
const END = minute(16);
const idOf = (n: number) => `act-0123456789abcdef-${n + 1}`;
const keyOf = (n: number) => `AKIAIOSFODNN7EXAMP${n}E`;
const by = 'person:ana.silva';

function revoke(n: number): Partial<Action> {
  const target = { ...leakedKey, value: keyOf(n) };
  const parameters = { userName: 'report-export' };
  const description = deactivateKey.describe(subjectOn(target, { parameters }), null);
  const { id, action, scope } = deactivateKey;
  return { actionId: idOf(n), name: action, mechanism: id, scope, target, parameters, description };
}
const request = (n: number) => waiting({ ...revoke(n), approval: requestWith({ askedRungs: 2 }) });
const applied = (n: number) => inForce({ ...revoke(n), attentionAt: minute(23).toISOString() });

type Change = (current: Action) => Action;
const news: Change = (current) => ({
  ...withEntry(current, { at: END, by: 'gate', event: NEWS, text: raisedText('medium', 'high') }),
  attentionAt: END.toISOString(),
});
const expire: Change = (current) =>
  transition(current, 'expired', { at: END, by: 'approve', text: 'The time ended' });
const decline: Change = (current) =>
  transition(
    current,
    'declined',
    { at: END, by, text: 'no' },
    {
      approval: requestWith({
        decision: { verdict: 'declined', by: 'ana.silva', at: END.toISOString(), reason: '' },
      }),
      attentionAt: minute(36).toISOString(),
    },
  );
const begin: Change = (current) =>
  transition(current, 'reversing', { at: END, by, text: 'Undoing' });
const undo: Change = (current) => ({
  ...transition(current, 'reversed', { at: END, by, text: 'Active again' }),
  attentionAt: workNotifiedBy(END.toISOString()),
});
const failUndo: Change = (current) => ({
  ...transition(current, 'reversal-failed', { at: END, by: 'reverse', text: 'Unavailable: IAM' }),
  attentionAt: minute(31).toISOString(),
});

/** Each flow changes the action, and then notifies people of it. */
const LIVES = {
  expires: { from: request, flows: [[expire]], subject: /^(Not approved in time|Decided)/ },
  'expires beside news': {
    from: request,
    flows: [[news], [expire]],
    subject: /^(Not approved in time|Decided)/,
  },
  'is declined': { from: request, flows: [[decline]], subject: /^(Declined|Decided)/ },
  'is undone': { from: applied, flows: [[], [begin, undo]], subject: /^Rotate/ },
  'cannot be undone': { from: applied, flows: [[], [begin, failUndo]], subject: /^NOT UNDONE/ },
} as const;
type Life = keyof typeof LIVES;

function account(turn: Turn) {
  const table = memoryTable();
  const store = storeOn(table);
  const clock = { now: END };
  const sent: Message[] = [];
  const deps = (name: string, dies: Death) => {
    const outward = mortal(name, dies, turn);
    const outside = outward({
      send: async (message: Message) => {
        sent.push(message);
        return { notBy: [] };
      },
      openTicket: async () => 'oi-1',
    });
    return {
      ...{ ...outside, store: storeOn(outward(table)), policy: POLICY, mac, webBaseUrl: BASE_URL },
      ...{ pageKey: PAGE_KEY, now: () => clock.now, log: () => {} },
    };
  };
  const tell = (actionId: string, name: string, dies: Death = null) =>
    retried(RETRIES, (attempt) =>
      notify(deps(name, attempt === 0 ? dies : null), { incidentId: INCIDENT_ID, actionId }),
    ).catch(() => {});
  const change = async (actionId: string, derive: Change) => {
    await turn(`change ${actionId}`);
    await store.records.changeAction(INCIDENT_ID, actionId, derive);
  };
  const live = (life: Life, n: number, dies: readonly Death[]) =>
    LIVES[life].flows.map(async (flow, i) => {
      for (const derive of flow) await change(idOf(n), derive);
      await tell(idOf(n), `${life} ${n}.${i}`, dies[i]);
    });
  /** The sweeper, every five minutes. */
  async function pass(minutes: number) {
    for (let passed = 0; passed < minutes; passed += 5) {
      clock.now = new Date(clock.now.getTime() + 5 * 60_000);
      await sweep({
        ...{ store, startReverse: async () => {}, startRespond: async () => {} },
        callback: async () => {
          throw new NotFound('no execution is waiting');
        },
        send: async () => ({ notBy: [] }),
        notify: async (about) => {
          if ('actionId' in about) await tell(about.actionId, 'sweep');
        },
        ...{ now: () => clock.now, log: () => {} },
      });
    }
  }
  return { store, sent, live, pass };
}

const names = ({ subject, paragraphs }: Message, n: number): boolean =>
  [subject, ...paragraphs].some((text) => text.includes(keyOf(n)));

const dies = fc.option(fc.nat(20));
const plans = fc.array(
  fc.record({
    life: fc.constantFrom(...(Object.keys(LIVES) as Life[])),
    dies: fc.tuple(dies, dies),
  }),
  { minLength: 1, maxLength: 3 },
);

test('P9: people are notified of the last state of each action, although it changes while they are notified', async () => {
  const property = fc.asyncProperty(fc.scheduler(), plans, async (scheduler, plan) => {
    const { turn, concurrently } = turnsOf(scheduler);
    const { store, sent, live, pass } = account(turn);
    const [first, ...others] = plan.map(({ life }, n) => LIVES[life].from(n));
    await put(store, first!);
    for (const action of others) await store.records.createAction(action);
    await concurrently(() => Promise.all(plan.flatMap((one, n) => live(one.life, n, one.dies))));
    await pass(70);
    for (const [n, { life }] of plan.entries())
      expect(
        sent.some((message) => LIVES[life].subject.test(message.subject) && names(message, n)),
        `${life}: ${sent.map(({ subject }) => subject).join('; ')}`,
      ).toBe(true);
  });
  await fc.assert(property, { numRuns: Number(process.env.PROPERTY_RUNS ?? 45) });
}, 300_000);
