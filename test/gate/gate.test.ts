// From a ruling to recorded actions: one for each thing that would change, and none that differs from what was approved.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Parameters } from '../../functions/domain/action.ts';
import { known, unknown } from '../../functions/domain/facts.ts';
import type { GateDeps } from '../../functions/gate/deps.ts';
import { gate } from '../../functions/gate/gate.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import { blockAddress } from '../../functions/mechanisms/waf/address.ts';
import { moveTo } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import {
  ALERT_ID,
  alertWith,
  assess,
  attacker,
  factsAbout,
  factsWith,
  INCIDENT_ID,
  NOW,
  POLICY,
  recommend,
} from '../fixtures/case.ts';
import { startStores } from '../store/dynamo.ts';
import { readyForGate } from './ready.ts';

const database = startStores();
let store: Store;
beforeEach(async () => {
  store = await database.fresh();
  await readyForGate(store);
});

const inTwoPlaces: readonly Parameters[] = [{ place: 'a' }, { place: 'b' }];
const deps = (places = inTwoPlaces): GateDeps => ({
  store,
  policy: POLICY,
  effectsOf: () => places.map((parameters) => ({ mechanism: blockAddress, parameters })),
  now: () => NOW,
  log: () => {},
});
const decideOn = (places?: readonly Parameters[]) =>
  gate(deps(places), {
    incidentId: INCIDENT_ID,
    alertId: ALERT_ID,
    assessment: assess(recommend()),
  });
const approved = async () => {
  await decideOn();
  const [action] = await store.records.actions(INCIDENT_ID);
  return store.records.changeAction(INCIDENT_ID, action!.actionId, (current) =>
    moveTo(
      current,
      'approved',
      { at: NOW, by: 'person:ana.silva', text: 'approved' },
      {
        approval: {
          ...current.approval!,
          decision: { verdict: 'approved', by: 'ana.silva', at: NOW.toISOString(), reason: '' },
        },
      },
    ),
  );
};

test('what has to change in two places is two actions, each with its own digest', async () => {
  await decideOn();
  const actions = await store.records.actions(INCIDENT_ID);
  expect(actions.map(({ actionId }) => actionId)).toEqual([
    'act-0123456789abcdef-1',
    'act-0123456789abcdef-1b',
  ]);
  expect(actions.map(({ parameters }) => parameters)).toEqual(inTwoPlaces);
  expect(new Set(actions.map(({ digest }) => digest)).size).toBe(2);
});

test('a gate that runs again after a crash adds nothing', async () => {
  const first = await decideOn();
  expect(await decideOn()).toEqual(first);
  expect(await store.records.actions(INCIDENT_ID)).toHaveLength(2);
});

test('what would change in very many places is for a person to do', async () => {
  await decideOn(Array.from({ length: 6 }, (_, i) => ({ place: `${i}` })));
  const actions = await store.records.actions(INCIDENT_ID);
  expect(actions.map(({ status }) => status)).toEqual(['handed-off']);
  expect(actions[0]?.reasons.map(({ code }) => code)).toContain('too-many-effects');
});

test('an approved action goes ahead while it would still change the same thing', async () => {
  const { actionId } = await approved();
  const again = { incidentId: INCIDENT_ID, alertId: ALERT_ID, actionId };
  expect(await gate(deps(), again)).toMatchObject({ disposition: 'approve' });
});

test('an approved action is stopped when it would now change something else', async () => {
  const { actionId } = await approved();
  const again = { incidentId: INCIDENT_ID, alertId: ALERT_ID, actionId };
  expect(await gate(deps([{ place: 'c' }]), again)).toMatchObject({ disposition: 'stopped' });
  expect(await store.records.action(INCIDENT_ID, actionId)).toMatchObject({
    status: 'failed',
    failure: expect.stringContaining('no longer what was approved'),
  });
});

describe('an approved action is stopped, and the record says why,', () => {
  const runAgain = async (change: Partial<GateDeps> = {}) => {
    const { actionId } = await approved();
    const again = { incidentId: INCIDENT_ID, alertId: ALERT_ID, actionId };
    expect(await gate({ ...deps(), ...change }, again)).toMatchObject({ disposition: 'stopped' });
    return store.records.action(INCIDENT_ID, actionId);
  };
  const block = POLICY.actions.block_ip_at_firewall;

  test('P10: when policy has shortened what it was approved for', async () => {
    const shorter = { undo: 'reverses-when-due' as const, maxDurationMinutes: 2 };
    const actions = {
      ...POLICY.actions,
      block_ip_at_firewall: { ...block, lifetime: shorter } as typeof block,
    };
    const action = await runAgain({ policy: { ...POLICY, actions } });
    expect(action).toMatchObject({ status: 'failed', before: null });
    expect(action.failure).toContain('no more than 2 minutes');
  });

  test('P10: when it would by now be an action of another name', async () => {
    const { actionId } = await approved();
    // Of the same tier, so that nothing else about the decision became stricter.
    const actions = { ...POLICY.actions, block_cidr_range: block } as typeof POLICY.actions;
    const wide = factsAbout('ip-1', {
      address: { ...factsAbout('ip-1').address!, singleHost: known(false) },
    });
    await store.records.putFacts(INCIDENT_ID, ALERT_ID, factsWith(wide));
    const again = { incidentId: INCIDENT_ID, alertId: ALERT_ID, actionId };
    const policy = { ...POLICY, actions };
    expect(await gate({ ...deps(), policy }, again)).toMatchObject({ disposition: 'stopped' });
    const { failure } = await store.records.action(INCIDENT_ID, actionId);
    expect(failure).toContain('it would now be block_cidr_range');
  });

  test('P10: when the facts are older than the decision', async () => {
    const readAt = new Date(NOW.getTime() - 1).toISOString();
    await store.records.putFacts(INCIDENT_ID, ALERT_ID, { ...factsWith(), readAt });
    expect((await runAgain()).failure).toContain('could not be read again');
  });

  test('P9: however many reasons there are, and the sweeper sees to it that somebody is told', async () => {
    const why = 'x'.repeat(300);
    const facts = factsAbout('ip-1', {
      protectedBy: unknown(why),
      address: { ...factsAbout('ip-1').address!, awsServices: unknown(why) },
      history: {
        ...factsAbout('ip-1').history,
        inForce: unknown(why),
        reversedByPeople: unknown(why),
      },
    });
    const { actionId } = await approved();
    await store.records.putFacts(INCIDENT_ID, ALERT_ID, factsWith(facts));
    await gate(deps(), { incidentId: INCIDENT_ID, alertId: ALERT_ID, actionId });
    const action = await store.records.action(INCIDENT_ID, actionId);
    expect(action.status).toBe('handed-off');
    expect(action.attentionAt).not.toBeNull();
  });
});

test('drills that cannot be read count as missing: a person is asked, and nothing dies of it', async () => {
  const assessment = assess(recommend({ action: 'add_ip_to_watchlist' }));
  const input = { incidentId: INCIDENT_ID, alertId: ALERT_ID, assessment };
  const blind = { ...store.drills, all: () => Promise.reject(new Error('no answer')) };
  expect(await gate({ ...deps(), store: { ...store, drills: blind } }, input)).toMatchObject({
    actions: [{ disposition: 'approve' }, { disposition: 'approve' }],
  });
});

test('the same action on the same target, recommended twice, is one action: the other is dropped and says so', async () => {
  const assessment = assess(recommend(), recommend({ reasoning: 'Once more.' }));
  await gate(deps([{ place: 'a' }]), { incidentId: INCIDENT_ID, alertId: ALERT_ID, assessment });
  const actions = await store.records.actions(INCIDENT_ID);
  expect(actions.map(({ status }) => status)).toEqual(['awaiting-approval', 'dropped']);
  expect(actions[1]?.reasons.map(({ code }) => code)).toContain('recommended-twice');
});

test('one action on two targets, and two on one, are no repeats', async () => {
  const other = { ...attacker, ref: 'ip-2', value: '203.0.113.8' };
  const { entities } = alertWith();
  await store.records.putAlert(INCIDENT_ID, alertWith({ entities: [...entities, other] }), {});
  const facts = factsWith(factsAbout('ip-1'), factsAbout('ip-2'));
  await store.records.putFacts(INCIDENT_ID, ALERT_ID, facts);
  const assessment = assess(
    recommend(),
    recommend({ target: 'ip-2' }),
    recommend({ action: 'add_ip_to_watchlist' }),
  );
  await gate(deps([{ place: 'a' }]), { incidentId: INCIDENT_ID, alertId: ALERT_ID, assessment });
  const actions = await store.records.actions(INCIDENT_ID);
  expect(actions.map(({ disposition }) => disposition)).toEqual(['approve', 'approve', 'auto']);
});

describe('P9: where nothing of what was recommended is left, a ticket is opened all the same,', () => {
  test.each([
    ['what is not in the alert', [recommend({ target: 'ip-9' })]],
    ['what it does not believe in', [recommend({ confidence: 1 })]],
    ['nothing', []],
  ])('as where a model recommends %s', async (_, recommendations) => {
    const assessment = assess(...recommendations);
    const { actions } = (await gate(
      { ...deps(), effectsOf },
      { incidentId: INCIDENT_ID, alertId: ALERT_ID, assessment },
    )) as { actions: { disposition: string; actionId: string }[] };
    const ticket = await store.records.action(INCIDENT_ID, actions.at(-1)?.actionId ?? '');
    expect(ticket).toMatchObject({ name: 'create_alert_ticket', disposition: 'auto' });
  });

  test('and only there', async () => {
    await decideOn();
    const names = (await store.records.actions(INCIDENT_ID)).map(({ name }) => name);
    expect(names).not.toContain('create_alert_ticket');
  });
});
