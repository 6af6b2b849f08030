// The world check over a store: who is notified of what, and how often.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { blockAddress } from '../../functions/mechanisms/waf/address.ts';
import type { Entry, WorldReader } from '../../functions/mechanisms/world.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { withEntry } from '../../functions/store/hash-chain.ts';
import type { Store } from '../../functions/store/store.ts';
import type { TrailEvent } from '../../functions/world/cause.ts';
import { checkWorld } from '../../functions/world/check.ts';
import { recordDeployed } from '../../functions/world/deployed.ts';
import type { WorldDeps } from '../../functions/world/deps.ts';
import { attacker, HERE, INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { inForce, minute } from '../web/approval-pages.ts';

const OURS = 'waf:block:203.0.113.7';
const entry = (id: string): Entry => ({ id, text: id, list: 'the-list' });

let store: Store;
let list: Entry[];
let sent: Message[];
let logged: string[];
let now: Date;
let sleeping: () => void;
let trail: () => TrailEvent[];
let asked: string[];

const reader = (change: Partial<WorldReader> = {}): WorldReader => ({
  scope: 'waf',
  written: {
    eventNames: ['Write'],
    regionOf: () => null,
    isWriteOf: ({ name }, list) => name === list,
    listOf: (physicalId) => physicalId,
  },
  entriesOf: ({ mechanism, target }) =>
    mechanism === blockAddress.id ? [entry(`waf:block:${target.value}`)] : [],
  read: async () => list,
  ...change,
});
const deps = (change: Partial<WorldDeps> = {}): WorldDeps => ({
  store,
  policy: POLICY,
  here: HERE,
  readers: [reader()],
  keys: KEYS,
  trail: async () => trail(),
  putBack: async (scope, { actionId }) => void asked.push(`${scope} ${actionId}`),
  ownPrefix: 'countermand-',
  send: async (message) => {
    sent.push(message);
    return { notBy: [] };
  },
  sleep: async () => sleeping(),
  now: () => now,
  log: (_level, message) => void logged.push(message),
  ...change,
});
const check = (change: Partial<WorldDeps> = {}) => checkWorld(deps(change));
const blockOf = (change: Partial<Action> = {}) =>
  inForce({ mechanism: blockAddress.id, ...change });
const subjects = () => sent.map(({ subject }) => subject);

beforeEach(async () => {
  store = storeOn(memoryTable());
  [list, sent, logged, now, sleeping] = [[entry(OURS)], [], [], minute(10), () => {}];
  [trail, asked] = [() => [], []];
  await store.records.createAction(blockOf());
});

test('notifies no one when AWS and the record agree', async () => {
  expect(await check()).toEqual({ differences: 0, fresh: 0, unread: 0 });
  expect(sent).toEqual([]);
  expect(logged).toEqual([]);
});

test('pages the team once about an entry that no action explains, and again when it comes back', async () => {
  const planted = entry('waf:block:198.51.100.9');
  list.push(planted);
  expect(await check()).toMatchObject({ differences: 1, fresh: 1 });
  expect(await check()).toMatchObject({ differences: 1, fresh: 0 });
  expect(subjects()).toEqual(['No action explains waf:block:198.51.100.9']);
  expect(sent[0]).toMatchObject({ to: { kind: 'team' }, urgency: 'page', always: true });
  expect(sent[0]!.paragraphs.join('\n')).toContain('198.51.100.9');
  // The alarm lasts while the entry does.
  expect(logged).toEqual(['world differs', 'world differs']);
  list = [entry(OURS)];
  await check();
  list.push(planted);
  await check();
  expect(subjects()).toHaveLength(2);
});

test('puts all differences of one check into one message', async () => {
  const others = ['203.0.113.8', '203.0.113.9'].map((value, i) =>
    blockOf({ actionId: `act-000000000000000${i}-1`, target: { ...attacker, value } }),
  );
  for (const one of others) await store.records.createAction(one);
  list = [{ ...entry('waf:block:0.0.0.0/1'), isWide: true }, entry('waf:block:192.0.2.1')];
  await check();
  expect(subjects()).toEqual(['Affects more than one host: waf:block:0.0.0.0/1, and 4 more']);
  const text = sent[0]!.paragraphs.join('\n');
  for (const part of ['0.0.0.0/1', '192.0.2.1', '203.0.113.7', '203.0.113.8', '203.0.113.9'])
    expect(text).toContain(part);
  expect(text).toContain('Find out who removed these changes');
});

test('reports a missing change without raising the alarm for foreign entries', async () => {
  list = [];
  await check();
  expect(subjects()).toEqual(['Removed from AWS: waf:block:203.0.113.7']);
  expect(logged).toEqual([]);
});

describe('what the hourly check found missing', () => {
  const actionId = 'act-0000000000000009-1';
  /** A quarantined message, which is back in its mailbox. No list shows it. */
  const returned = async (change: Partial<Action> = {}) => {
    const mail = { actionId, name: 'quarantine_email', mechanism: 'mail.message', scope: 'mail' };
    const action = inForce({ ...mail, ...change } as Partial<Action>);
    await store.records.createAction(
      withEntry(action, {
        ...{ at: minute(9), by: 'sweep', event: 'drifted', text: 'the message is in the inbox' },
      }),
    );
  };

  test('is reported once, in one message with what the lists lack', async () => {
    await returned();
    list = [];
    await check();
    await check();
    expect(subjects()).toEqual(['2 changes were removed from AWS']);
    expect(sent[0]!.paragraphs.join('\n')).toContain('the message is in the inbox');
    expect(asked).toEqual([]);
  });

  test('is not reported for a ticket, which people close', async () => {
    await returned({ name: 'create_alert_ticket', scope: 'ticket' });
    await check();
    expect(subjects()).toEqual([]);
  });

  test('is reported in place of a list that cannot be read', async () => {
    await returned({ name: 'block_ip_at_firewall', mechanism: blockAddress.id, scope: 'waf' });
    const failing = [reader({ read: () => Promise.reject(new Error('throttled')) })];
    await expect(check({ readers: failing })).rejects.toThrow('lists not read: waf');
    expect(subjects()).toEqual(['Removed from AWS: waf:block:203.0.113.7']);
  });
});

describe('an action that does not explain its entry', () => {
  test.each([
    ['a record without the proof of an executor', { evidence: null }],
    [
      'a proof of another action',
      { evidence: blockOf({ actionId: 'act-ffffffffffffffff-1' }).evidence },
    ],
  ])('%s', async (_, change) => {
    const target = { ...attacker, value: '198.51.100.9' };
    const actionId = 'act-0000000000000009-1';
    await store.records.createAction({ ...blockOf({ actionId, target }), ...change });
    list.push(entry('waf:block:198.51.100.9'));
    await check();
    expect(subjects()).toEqual(['No action explains waf:block:198.51.100.9']);
  });
});

describe('a difference that ends within ten seconds', () => {
  test('is not reported', async () => {
    list.push(entry('waf:block:198.51.100.9'));
    sleeping = () => void list.pop();
    expect(await check()).toMatchObject({ differences: 0, fresh: 0 });
    expect(sent).toEqual([]);
  });

  test('is reported if it is wide', async () => {
    list.push(entry('waf:block:198.51.100.9'));
    sleeping = () => void list.splice(1, 1, { ...entry('waf:block:0.0.0.0/1'), isWide: true });
    await check();
    expect(subjects()).toEqual(['Affects more than one host: waf:block:0.0.0.0/1']);
  });
});

test.each([
  ['in its first minute', { appliedAt: minute(9.5).toISOString() }],
  ['past its due time', { dueAt: minute(9).toISOString() }],
  ['that is being undone', { status: 'reversing' as const }],
])('does not miss the entry of an action %s', async (_, change) => {
  const actionId = 'act-0000000000000009-1';
  const target = { ...attacker, value: '203.0.113.8' };
  await store.records.createAction(blockOf({ actionId, target, ...change }));
  await check();
  expect(sent).toEqual([]);
});

test('compares the other lists when one cannot be read, and then fails', async () => {
  const broken = reader({
    scope: 'user',
    entriesOf: () => [],
    read: () => Promise.reject(new Error('throttled')),
  });
  list.push(entry('waf:block:198.51.100.9'));
  await expect(check({ readers: [broken, reader()] })).rejects.toThrow('lists not read: user');
  expect(subjects()).toEqual(['No action explains waf:block:198.51.100.9']);
  expect((await store.world.find(POLICY.account)).checkedAt).toBeNull();
});

test('keeps a difference in a list that cannot be read, so that it is not reported again', async () => {
  list.push(entry('waf:block:198.51.100.9'));
  await check();
  const failing = [reader({ read: () => Promise.reject(new Error('throttled')) })];
  await expect(check({ readers: failing })).rejects.toThrow('lists not read: waf');
  await check();
  expect(subjects()).toHaveLength(1);
});

test('sends the message again when it could not be saved that it was sent', async () => {
  list.push(entry('waf:block:198.51.100.9'));
  const failing = {
    ...store,
    world: { ...store.world, save: () => Promise.reject(new Error('lost')) },
  };
  await expect(check({ store: failing })).rejects.toThrow('lost');
  await check();
  expect(sent.map(({ key }) => key)).toEqual([sent[0]!.key, sent[0]!.key]);
});

test('reads each list once, regardless of the number of actions', async () => {
  for (let i = 0; i < 5; i++) {
    const value = `203.0.113.${10 + i}`;
    list.push(entry(`waf:block:${value}`));
    await store.records.createAction(
      blockOf({ actionId: `act-000000000000000${i}-1`, target: { ...attacker, value } }),
    );
  }
  let reads = 0;
  await check({
    readers: [
      reader({
        read: async () => {
          reads++;
          return list;
        },
      }),
    ],
  });
  expect(reads).toBe(1);
  expect((await store.records.action(INCIDENT_ID, 'act-0000000000000000-1')).status).toBe(
    'in-force',
  );
});

describe('what a deployment removed', () => {
  const byCloudFormation: TrailEvent = {
    eventName: 'Write',
    eventTime: minute(10.5).toISOString(),
    userIdentity: { invokedBy: 'cloudformation.amazonaws.com' },
    requestParameters: { name: 'the-list' },
  };
  const byPerson = { ...byCloudFormation, userIdentity: { arn: 'arn:aws:iam::1:user/ana' } };
  const actionId = blockOf().actionId;
  /** The list was seen complete, and is then emptied. */
  const emptied = async () => {
    await check();
    list = [];
    now = minute(12);
  };

  /** Another block, due for undo at that minute. */
  const dueAt = (at: number) => {
    const target = { ...attacker, value: '203.0.113.8' };
    const id = 'act-0000000000000009-1';
    return blockOf({ actionId: id, target, dueAt: minute(at).toISOString() });
  };

  test('is put back in the check that learns of it, with one message', async () => {
    await emptied();
    trail = () => [byCloudFormation];
    await check();
    expect(asked).toEqual([`waf ${actionId}`]);
    expect(subjects()).toEqual(['Putting back waf:block:203.0.113.7']);
    expect(sent[0]!.paragraphs.join('\n')).toContain('You have nothing to do');
  });

  test('is reported, and put back only once CloudTrail says who removed it', async () => {
    await emptied();
    await check();
    expect(asked).toEqual([]);
    expect(subjects()).toEqual(['Removed from AWS: waf:block:203.0.113.7']);
    trail = () => [byCloudFormation];
    await check();
    await check();
    // Asked again while it is missing, and announced once.
    expect(asked).toEqual([`waf ${actionId}`, `waf ${actionId}`]);
    expect(subjects().slice(1)).toEqual(['Putting back waf:block:203.0.113.7']);
  });

  /** CloudFormation's event about a list of our own stack, `at` that minute. */
  const deployed = (list: string, at: number) =>
    recordDeployed(deps(), { physicalId: list, at: minute(at).toISOString() });

  test('is put back at once after a deployment of our own stack, without CloudTrail', async () => {
    await emptied();
    await deployed('another-list', 11);
    await deployed('the-list', 11);
    await check();
    expect(asked).toEqual([`waf ${actionId}`]);
    expect(subjects()).toEqual(['Putting back waf:block:203.0.113.7']);
    await check();
    expect(asked, 'asked again while it is missing').toHaveLength(2);
  });

  test.each([
    ['wrote another list', () => deployed('another-list', 11)],
    ['wrote the list before the entry was last seen', () => deployed('the-list', 9)],
    [
      'and a person wrote the list, as CloudTrail shows',
      async () => {
        trail = () => [byPerson];
        await deployed('the-list', 11);
      },
    ],
  ])('is not put back if our own deployment %s', async (_, change) => {
    await emptied();
    await change();
    await check();
    expect(asked).toEqual([]);
    expect(subjects()).toEqual(['Removed from AWS: waf:block:203.0.113.7']);
  });

  test('is not put back because of an earlier deployment whose event is dated in the future', async () => {
    now = minute(9);
    await deployed('the-list', 30);
    now = minute(10);
    await emptied();
    await check();
    expect(asked).toEqual([]);
  });

  test('asks CloudTrail once per event name, regardless of the number of lists', async () => {
    const value = '203.0.113.8';
    const other = blockOf({ actionId: 'act-0000000000000009-1', target: { ...attacker, value } });
    await store.records.createAction(other);
    const twoLists = reader({
      entriesOf: ({ target }) => [{ ...entry(`waf:block:${target.value}`), list: target.value }],
    });
    list.push(entry(`waf:block:${value}`));
    await check({ readers: [twoLists] });
    list = [];
    now = minute(12);
    const names: string[] = [];
    await check({
      readers: [twoLists],
      trail: async ({ eventName }) => {
        names.push(eventName);
        return [];
      },
    });
    expect(names).toEqual(['Write']);
  });

  test.each([
    ['a person removed it', () => [byPerson]],
    ['a person wrote the list, too', () => [byCloudFormation, byPerson]],
    [
      'CloudFormation wrote the list before it was last seen',
      () => [{ ...byCloudFormation, eventTime: minute(9).toISOString() }],
    ],
    [
      'CloudTrail cannot be read',
      () => {
        throw new Error('throttled');
      },
    ],
  ])('is not put back when %s', async (_, events) => {
    await emptied();
    trail = events;
    await check();
    await check();
    expect(asked).toEqual([]);
    expect(subjects()).toEqual(['Removed from AWS: waf:block:203.0.113.7']);
  });

  test('is not put back when no check saw it before', async () => {
    list = [];
    trail = () => [byCloudFormation];
    await check();
    expect(asked).toEqual([]);
  });

  test('is paged if it could not be put back within fifteen minutes, once', async () => {
    await emptied();
    trail = () => [byCloudFormation];
    for (now of [minute(12), minute(14), minute(26), minute(27), minute(29)]) await check();
    expect(sent.map(({ subject, urgency }) => [urgency, subject])).toEqual([
      ['inform', 'Putting back waf:block:203.0.113.7'],
      ['page', 'Could not put back waf:block:203.0.113.7'],
    ]);
  });

  test('is paged if it could not be put back within fifteen minutes, although CloudTrail then shows a person', async () => {
    await emptied();
    await deployed('the-list', 11);
    await check();
    trail = () => [byPerson];
    for (now of [minute(14), minute(27), minute(29)]) await check();
    expect(asked).toHaveLength(1);
    expect(subjects()).toEqual([
      'Putting back waf:block:203.0.113.7',
      'Could not put back waf:block:203.0.113.7',
    ]);
  });

  test('is paged once too little time is left to put it back', async () => {
    await store.records.createAction(dueAt(18));
    list.push(entry('waf:block:203.0.113.8'));
    await emptied();
    list = [entry(OURS)];
    trail = () => [byCloudFormation];
    for (now of [minute(12), minute(14), minute(15), minute(16)]) await check();
    expect(asked).toHaveLength(2);
    expect(subjects()).toEqual([
      'Putting back waf:block:203.0.113.8',
      'Could not put back waf:block:203.0.113.8',
    ]);
  });

  test('is reported as removed, and not as coming back, if it is due soon', async () => {
    await store.records.createAction(dueAt(15));
    list.push(entry('waf:block:203.0.113.8'));
    await emptied();
    list = [entry(OURS)];
    trail = () => [byCloudFormation];
    await check();
    expect(asked).toEqual([]);
    expect(subjects()).toEqual(['Removed from AWS: waf:block:203.0.113.8']);
  });

  test('is not put back a second time for the same deployment', async () => {
    await emptied();
    await deployed('the-list', 11);
    await check();
    await store.records.changeAction(INCIDENT_ID, actionId, (current) =>
      withEntry(current, {
        ...{ at: minute(13), by: 'execute', event: 'there-again', text: 'Put back' },
      }),
    );
    // A person removed it meanwhile, which CloudTrail doesn't show yet.
    now = minute(14);
    await check();
    expect(asked).toHaveLength(1);
  });

  test('gets its turn although executors refuse twenty others', async () => {
    const refused = Array.from({ length: 21 }, (_, i) => `203.0.113.${i + 10}`);
    for (const [i, value] of refused.entries()) {
      list.push(entry(`waf:block:${value}`));
      const id = `act-000000000000${1000 + i}-1`;
      await store.records.createAction(blockOf({ actionId: id, target: { ...attacker, value } }));
    }
    await emptied();
    trail = () => [byCloudFormation];
    for (now of [minute(12), minute(28), minute(30)]) {
      asked = [];
      await check();
    }
    const first = [...asked];
    // A deployment also removes one more, after the others could not be put back.
    const value = '203.0.113.99';
    await store.records.createAction(
      blockOf({ actionId: 'act-ffffffffffffffff-1', target: { ...attacker, value } }),
    );
    list = [entry(`waf:block:${value}`)];
    now = minute(31);
    await check();
    list = [];
    trail = () => [
      byCloudFormation,
      { ...byCloudFormation, eventTime: minute(31.5).toISOString() },
    ];
    asked = [];
    now = minute(32);
    await check();
    expect(first).toHaveLength(20);
    expect(asked[0]).toBe('waf act-ffffffffffffffff-1');
  });

  test('is announced in one message for several actions, and twenty are asked for in one check', async () => {
    for (let i = 10; i < 34; i++) {
      const value = `203.0.113.${i}`;
      list.push(entry(`waf:block:${value}`));
      const id = `act-00000000000000${i}-1`;
      await store.records.createAction(blockOf({ actionId: id, target: { ...attacker, value } }));
    }
    await emptied();
    trail = () => [byCloudFormation];
    await check();
    expect(subjects()).toEqual(['25 changes that a deployment removed are being put back']);
    expect(asked).toHaveLength(20);
  });
});
