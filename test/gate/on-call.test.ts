// On-call schedules of PagerDuty and Opsgenie, read from loopback services.

import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GateDeps } from '../../functions/gate/deps.ts';
import { gate } from '../../functions/gate/gate.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import { blockAddress } from '../../functions/mechanisms/waf/address.ts';
import { asText } from '../../functions/messaging/channels/channel.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { askText } from '../../functions/messaging/texts/asked.ts';
import { notify } from '../../functions/notify/notify.ts';
import { createOnCall, resolveOnCall } from '../../functions/platform/on-call-schedule.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { EscalationFile } from '../../functions/policy/schemas/escalation.ts';
import type { Store } from '../../functions/store/store.ts';
import {
  ALERT_ID,
  alertWith,
  assess,
  HERE,
  INCIDENT_ID,
  NOW,
  POLICY,
  recommend,
} from '../fixtures/case.ts';
import { type Loopback, raw, silence, startLoopback } from '../fixtures/loopback.ts';
import { KEYS, PAGE_KEY } from '../fixtures/proofs.ts';
import { clientsWith } from '../messaging/channels/message.ts';
import { startStores } from '../store/stores.ts';
import { mac, put, waiting } from '../web/approval-pages.ts';
import { readyForGate, UNKNOWN_TYPE } from './ready.ts';

const TOKEN = 'y_NbAkKc66ryYTWUXYEu';
const KEY = 'eb243592-faa2-4ba2-a551-1afdf565c889';
const NIGHTS = 'Night shift';

const escalationWith = (...asks: unknown[][]) =>
  EscalationFile.parse({
    ...POLICY.escalation,
    people: {
      ...POLICY.escalation.people,
      'ben.okafor': {
        ...POLICY.escalation.people['ben.okafor'],
        onCallAs: { pagerDuty: 'PBEN0001', opsgenie: 'ben@elsewhere.example' },
      },
    },
    onCall: {
      pagerDuty: { region: 'eu', token: 'countermand/pagerduty-api' },
      opsgenie: { region: 'us', key: 'countermand/opsgenie' },
    },
    ladder: asks.map((ask, i) => ({ atMinutes: i, ask })),
  });

let server: Loopback;
beforeAll(async () => {
  server = await startLoopback();
});
afterAll(() => server.stop());

/** @see https://developer.pagerduty.com/api-reference/ list users on call of a schedule */
const pagerDutyUsers = (...users: { id: string; email: string }[]) =>
  raw(
    200,
    JSON.stringify({
      users: users.map((user) => ({ ...user, type: 'user', name: 'N', role: 'user', teams: [] })),
    }),
  );
/** @see https://docs.opsgenie.com/docs/who-is-on-call-api */
const opsgenieOnCalls = (...onCallRecipients: string[]) =>
  raw(
    200,
    JSON.stringify({
      data: { _parent: { id: 'x', name: NIGHTS, enabled: true }, onCallRecipients },
      took: 0.1,
      requestId: 'r-1',
    }),
  );
const ANA = { id: 'PANA0001', email: 'Ana.Silva@Example.com' };

function services(secrets: Record<string, string> = {}) {
  const hosts: string[] = [];
  const logged: string[] = [];
  const given = clientsWith({
    'countermand/pagerduty-api': TOKEN,
    'countermand/opsgenie': KEY,
    ...secrets,
  });
  const http = {
    fetch: (url: string, init: RequestInit) => {
      const { host, pathname, search } = new URL(url);
      hosts.push(host);
      return fetch(`${server.url}${pathname}${search}`, {
        ...init,
        signal: deadlines.shift() ?? null,
      });
    },
  };
  const onCall = createOnCall(escalationWith(['ana.silva']).onCall!, { ...given.clients, http });
  const log: GateDeps['log'] = (...line) => void logged.push(JSON.stringify(line));
  return { ...given, hosts, logged, log, onCall };
}
/** Replaces the real timeout of a call, where a test sets one. */
const deadlines: AbortSignal[] = [];

const staff = async (escalation: Policy['escalation'], given = services()) => {
  const { escalation: now, notes } = await resolveOnCall(given.onCall, escalation, given.log, NOW);
  return { asked: now.ladder.map(({ ask }) => ask), notes, ...given };
};
const PD = { pagerDuty: 'PI7DH85' };

describe('a PagerDuty schedule', () => {
  test('reads the PagerDuty schedule for the current time, with the key, in the configured region', async () => {
    server.willAnswer(pagerDutyUsers(ANA));
    const { asked, notes, hosts } = await staff(escalationWith([PD]));
    expect([asked, notes]).toEqual([[['ana.silva']], []]);
    expect(hosts).toEqual(['api.eu.pagerduty.com']);
    expect(server.asked[0]).toMatchObject({
      path: '/schedules/PI7DH85/users?since=2026-11-24T03%3A00%3A00.000Z&until=2026-11-24T03%3A00%3A01.000Z',
      headers: {
        authorization: `Token token=${TOKEN}`,
        accept: 'application/vnd.pagerduty+json;version=2',
      },
    });
  });

  test('matches a person by the PagerDuty ID in policy, and not by email, when policy has one', async () => {
    server.willAnswer(pagerDutyUsers({ id: 'PBEN0001', email: 'b@private.example' }));
    expect((await staff(escalationWith([PD]))).asked).toEqual([['ben.okafor']]);
    server.willAnswer(pagerDutyUsers({ id: 'POTHER01', email: 'ben.okafor@example.com' }));
    expect((await staff(escalationWith([PD]))).asked, 'the address of another user').toEqual([[]]);
  });
});

describe('an Opsgenie schedule', () => {
  test.each([
    [NIGHTS, 'Night%20shift', 'name'],
    ['d875e654-9b4e-4219-a803-0c26936d18de', 'd875e654-9b4e-4219-a803-0c26936d18de', 'id'],
  ])('reads the Opsgenie schedule %s by its name or ID', async (schedule, path, kind) => {
    server.willAnswer(opsgenieOnCalls('ANA.silva@example.com', 'ben@elsewhere.example'));
    const { asked, hosts } = await staff(escalationWith([{ opsgenie: schedule }]));
    expect(asked).toEqual([['ana.silva', 'ben.okafor']]);
    expect(hosts).toEqual(['api.opsgenie.com']);
    expect(server.asked[0]).toMatchObject({
      path: `/v2/schedules/${path}/on-calls?flat=true&scheduleIdentifierType=${kind}`,
      headers: { authorization: `GenieKey ${KEY}` },
    });
  });
});

describe('an escalation step', () => {
  test('asks people and schedules together, each person once', async () => {
    server.willAnswer(pagerDutyUsers(ANA));
    expect((await staff(escalationWith(['mei.tanaka', 'ana.silva', PD]))).asked).toEqual([
      ['mei.tanaka', 'ana.silva'],
    ]);
  });

  test('does not ask an on-call person who is unknown to policy, and notes the address', async () => {
    server.willAnswer(pagerDutyUsers(ANA, { id: 'PEVE0001', email: 'eve@example.com' }));
    const { asked, notes } = await staff(escalationWith([PD]));
    expect(asked).toEqual([['ana.silva']]);
    expect(notes).toEqual([
      'Escalation step 1: eve@example.com, on call by PagerDuty PI7DH85, is not in policy and may not decide',
    ]);
  });

  test('notes a schedule in which no one is on call', async () => {
    server.willAnswer(pagerDutyUsers());
    expect((await staff(escalationWith(['ana.silva'], [PD]))).notes).toEqual([
      'Escalation step 2: no one is on call by PagerDuty PI7DH85',
    ]);
  });

  test.each([
    ['the key is rejected', [raw(401, '{"error":{"message":"Unauthorized"}}')], 'Denied', 1],
    ['the key may not read it', [raw(403, '{"message":"40301"}')], 'Denied', 1],
    [
      'it does not exist',
      [raw(404, '{"error":{"message":"Not Found","code":2100}}')],
      'NotFound',
      1,
    ],
    ['requests are throttled', [raw(429, '{}', { 'retry-after': '60' })], 'Throttled', 1],
    ['the service is down', [raw(500, '{}')], 'Unavailable', 2],
    [
      'the connection breaks',
      [(response: { destroy: () => void }) => response.destroy()],
      'Unavailable',
      2,
    ],
    ['a proxy answers', [raw(200, '<html>')], 'Unavailable', 2],
    ['the answer has another form', [raw(200, '{"users":[{"id":"PANA0001"}]}')], 'InvalidInput', 1],
    ['an error comes with status 200', [raw(200, '{"users":null}')], 'InvalidInput', 1],
  ] as const)(
    'asks no one from a schedule when %s, and notes it',
    async (_why, answers, kind, calls) => {
      server.willAnswer(...(answers as never as Parameters<Loopback['willAnswer']>));
      const { asked, notes, logged } = await staff(escalationWith([PD], ['ben.okafor']));
      expect(asked).toEqual([[], ['ben.okafor']]);
      expect(notes).toEqual([
        `Escalation step 1: the schedule PagerDuty PI7DH85 could not be read: ${kind}`,
      ]);
      expect(server.asked).toHaveLength(calls);
      expect(logged.join()).toContain('schedule not read');
      expect(inspect([logged, notes])).not.toContain(TOKEN);
    },
  );

  test('waits for the time in Retry-After, within the limit, and then reads the schedule', async () => {
    server.willAnswer(raw(429, '{}', { 'retry-after': '2' }), pagerDutyUsers(ANA));
    const { asked, slept } = await staff(escalationWith([PD]));
    expect([asked, slept]).toEqual([[['ana.silva']], [2_000]]);
  });

  test('treats a service that does not answer in time as unavailable', async () => {
    server.willAnswer(silence);
    deadlines.push(AbortSignal.abort(), AbortSignal.abort());
    expect((await staff(escalationWith([PD]))).notes.join()).toContain('Unavailable');
  });

  test('sends no request when the secret is not a key', async () => {
    server.willAnswer(pagerDutyUsers(ANA));
    const given = services({ 'countermand/pagerduty-api': 'hunter2 and more' });
    const { asked, logged } = await staff(escalationWith([PD]), given);
    expect([asked, server.asked]).toEqual([[[]], []]);
    expect(inspect(logged)).not.toContain('hunter2');
  });
});

test('rejects a policy with a schedule of a service that it does not configure', () => {
  const { onCall: _, ...without } = escalationWith([PD]);
  expect(EscalationFile.safeParse(without).error?.issues[0]).toMatchObject({
    message: 'expected onCall.pagerDuty, which says how to read it',
    path: ['ladder', 0, 'ask', 0],
  });
});

describe('an approval request', () => {
  const db = startStores();
  let store: Store;
  beforeEach(async () => {
    store = await db.fresh();
    await readyForGate(store);
  });
  const proposed = async (escalation: Policy['escalation'], assessment = assess(recommend())) => {
    const given = services();
    const deps: GateDeps = {
      store,
      policy: { ...POLICY, escalation },
      here: HERE,
      keys: KEYS,
      onCall: given.onCall,
      effectsOf: (...args) =>
        args[0] === 'block_ip_at_firewall'
          ? [
              { mechanism: blockAddress, parameters: { place: 'a' } },
              { mechanism: blockAddress, parameters: { place: 'b' } },
            ]
          : effectsOf(...args),
      now: () => NOW,
      log: given.log,
    };
    await gate(deps, { incidentId: INCIDENT_ID, alertId: ALERT_ID, assessment });
    return store.records.actions(INCIDENT_ID);
  };
  const askedBy = (request: Awaited<ReturnType<typeof proposed>>[number]) =>
    request.approval?.rungs.map(({ ask }) => ask.map(({ id }) => id));

  test('asks the person who is on call when the request is made, and reads the schedule once per alert', async () => {
    server.willAnswer(pagerDutyUsers(ANA), pagerDutyUsers());
    const actions = await proposed(escalationWith([PD], ['ben.okafor']));
    expect(actions.slice(0, 2).map(askedBy)).toEqual([
      [['ana.silva'], ['ben.okafor']],
      [['ana.silva'], ['ben.okafor']],
    ]);
    expect(server.asked).toHaveLength(1);
    expect((await store.records.actions(INCIDENT_ID)).map(askedBy)[0]?.[0]).toEqual(['ana.silva']);
  });

  test('skips an empty escalation step, and explains this to the person who is asked', async () => {
    server.willAnswer(raw(401, '{}'));
    const [action] = await proposed(escalationWith([PD], ['ben.okafor']));
    expect(askedBy(action!)).toEqual([['ben.okafor']]);
    expect(asText({ ...askText(action!, alertWith(), { facts: null }), links: [] })).toContain(
      'About the approvers: Escalation step 1: the schedule PagerDuty PI7DH85 could not be read: Denied.',
    );
  });

  test('asks managers at once when no schedule can be read', async () => {
    server.willAnswer(raw(500, '{}'));
    const [action] = await proposed(escalationWith([PD], [{ opsgenie: NIGHTS }]));
    expect(askedBy(action!)).toEqual([['mei.tanaka']]);
    expect(action!.approval!.rungs[0]!.at).toBe(NOW.toISOString());
    expect(action!.approval!.notes.join('\n')).toMatch(
      /PagerDuty PI7DH85 could not be read[\s\S]*Opsgenie Night shift could not be read[\s\S]*managers are asked/,
    );
  });

  test('hands off the action with the reason when managers may not decide either', async () => {
    server.willAnswer(raw(500, '{}'));
    const escalation = escalationWith([PD]);
    const people = { ...escalation.people };
    // Makes the attacker's address hers, so that she may not decide.
    people['mei.tanaka'] = { ...people['mei.tanaka']!, principals: ['203.0.113.7'] };
    const [action] = await proposed({ ...escalation, people });
    expect(action).toMatchObject({ disposition: 'hand-off', approval: null });
    expect(action!.reasons.at(-1)?.text).toContain('PagerDuty PI7DH85 could not be read');
  });

  test('reads no schedule for an action that needs no approval', async () => {
    await readyForGate(store, UNKNOWN_TYPE);
    server.willAnswer(pagerDutyUsers(ANA));
    await proposed(escalationWith([PD]), assess(recommend({ action: 'add_ip_to_watchlist' })));
    expect(server.asked).toEqual([]);
  });
});

describe('notifications', () => {
  const db = startStores();

  test('sends a hand-off to the person on call, or to managers when the schedule cannot be read', async () => {
    const store = await db.fresh();
    await put(store, waiting({ status: 'handed-off', approval: null }));
    const sent: Message[] = [];
    const tell = async () => {
      const given = services();
      await notify(
        {
          store,
          policy: { ...POLICY, escalation: escalationWith([PD]) },
          onCall: given.onCall,
          pageKey: PAGE_KEY,
          send: async (message) => {
            sent.push(message);
            return { notBy: [] };
          },
          openTicket: async () => 'oi-1',
          mac,
          webBaseUrl: 'https://countermand.example',
          now: () => NOW,
          log: given.log,
        },
        { incidentId: INCIDENT_ID, actionId: waiting().actionId },
      );
      return sent.splice(0).map(({ to }) => (to.kind === 'person' ? to.id : 'team'));
    };
    server.willAnswer(pagerDutyUsers(ANA));
    expect(await tell()).toEqual(['ana.silva']);
    server.willAnswer(raw(404, '{}'));
    expect(await tell()).toEqual(['mei.tanaka']);
  });
});

describe('hours of a person in a time zone', () => {
  const WORKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri'];
  const lisbon = { person: 'ana.silva', timeZone: 'Europe/Lisbon', days: WORKDAYS };
  const auckland = { person: 'ben.okafor', timeZone: 'Pacific/Auckland', days: WORKDAYS };
  const followsTheSun = EscalationFile.parse({
    ...POLICY.escalation,
    ladder: [
      {
        atMinutes: 0,
        ask: [
          { ...lisbon, from: '08:00', to: '20:00' },
          { ...auckland, from: '08:00', to: '20:00' },
        ],
      },
      { atMinutes: 5, ask: ['mei.tanaka'] },
    ],
  });

  // Lisbon is at UTC in winter and one hour ahead in summer; Auckland is 13 and 12 hours ahead.
  test.each([
    ['2026-01-14T07:30:00Z', []],
    ['2026-01-14T08:30:00Z', ['ana.silva']],
    ['2026-07-15T07:30:00Z', ['ana.silva', 'ben.okafor']],
    ['2026-07-15T19:30:00Z', []],
    ['2026-01-13T19:30:00Z', ['ana.silva', 'ben.okafor']],
    // Friday evening in Lisbon is Saturday in Auckland.
    ['2026-01-16T19:30:00Z', ['ana.silva']],
  ])('at %s, asks %j', async (at, asked) => {
    const { escalation, notes } = await resolveOnCall(
      undefined,
      followsTheSun,
      () => {},
      new Date(at),
    );
    expect(escalation.ladder.map(({ ask }) => ask)).toEqual([asked, ['mei.tanaka']]);
    expect(notes).toEqual([]);
  });

  test('are refused for a person who is not in policy', () => {
    const ask = [{ ...lisbon, person: 'no.one', from: '08:00', to: '20:00' }];
    const ladder = [{ atMinutes: 0, ask }];
    expect(() => EscalationFile.parse({ ...followsTheSun, ladder })).toThrow(
      'expected one of the people',
    );
  });
});
