// Every alert ends with the outcome that most needs a person (P9).

import { beforeEach, describe, expect, test } from 'vitest';
import { close } from '../../functions/close/close.ts';
import type { CloseDeps } from '../../functions/close/deps.ts';
import { outcomeOf } from '../../functions/close/outcome.ts';
import { type Action, Status } from '../../functions/domain/action.ts';
import { Unavailable } from '../../functions/domain/errors.ts';
import type { IncidentAlert, Outcome } from '../../functions/domain/incident.ts';
import { Message } from '../../functions/messaging/message.ts';
import type { Store } from '../../functions/store/store.ts';
import { toyAction } from '../execute/toy.ts';
import {
  ALERT_ID,
  alertWith,
  assess,
  INCIDENT_ID,
  incidentWith,
  NOW,
  POLICY,
  recommend,
} from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';
import { BASE_URL, mac } from '../web/approval-pages.ts';

const db = startStores();
let store: Store;
let sent: Message[];
beforeEach(async () => {
  store = await db.fresh();
  sent = [];
  await store.records.createIncident(incidentWith());
});

const deps = (change: Partial<CloseDeps> = {}): CloseDeps => ({
  store,
  send: async (message) => {
    sent.push(Message.parse(message));
    return { notBy: [] };
  },
  policy: POLICY,
  mac,
  webBaseUrl: BASE_URL,
  now: () => NOW,
  log: () => {},
  ...change,
});
const INPUT = { incidentId: INCIDENT_ID, alertId: ALERT_ID };
const put = async (...changes: Partial<Action>[]) => {
  for (const [i, change] of changes.entries())
    await store.records.createAction(
      toyAction({ actionId: `act-0123456789abcdef-${i + 1}`, ...change }),
    );
};
const incident = () => store.records.incident(INCIDENT_ID);

test('P9: records the outcome of an alert with more and longer actions than its summary has room for', async () => {
  const description = { headline: 'x'.repeat(5_000), changes: [], affected: [], undo: '' };
  await put(
    ...Array.from({ length: 60 }, (_, i) => ({
      actionId: `act-0123456789abcdef-${i + 1}`,
      description: { ...description, manualUndo: [] },
    })),
  );
  await store.records.putAssessment(INCIDENT_ID, ALERT_ID, {
    ...assess(),
    summary: 'y'.repeat(2_000),
  });
  const failure = { Error: 'Unavailable', Cause: 'z'.repeat(1_000) };
  await close(deps(), { ...INPUT, failure });
  const { summary } = await incident();
  expect(summary).toContain('and 51 more actions\nAnalysis: ');
  expect(summary).toHaveLength(4_000);
});

describe('the outcome of an action', () => {
  const OUTCOMES: Readonly<Record<Status, Outcome>> = {
    proposed: 'failed',
    'awaiting-approval': 'failed',
    approved: 'failed',
    declined: 'recommended-not-executed',
    expired: 'recommended-not-executed',
    executing: 'acted',
    'in-force': 'acted',
    kept: 'acted',
    reversing: 'acted',
    reversed: 'acted',
    'reversal-failed': 'failed',
    observed: 'observed',
    'handed-off': 'handed-off',
    dropped: 'no-action',
    failed: 'failed',
  };
  test.each(Status.options)('derives the outcome of an action that is %s', (status) => {
    expect(outcomeOf(toyAction({ status }))).toBe(OUTCOMES[status]);
  });

  test('counts a ticket that was opened without an answer as a ticket', () => {
    const ticket = toyAction({ status: 'expired', name: 'create_alert_ticket' });
    expect(outcomeOf(ticket)).toBe('ticketed');
  });

  test('does not count a ticket as containment', () => {
    expect(outcomeOf(toyAction({ status: 'kept', name: 'create_alert_ticket' }))).toBe('ticketed');
  });
});

describe('an alert', () => {
  test('closes an alert with the outcome that most needs a person', async () => {
    await put({ status: 'in-force' }, { status: 'expired' }, { status: 'dropped' });
    expect(await close(deps(), INPUT)).toMatchObject({ outcome: 'recommended-not-executed' });
    expect(await incident()).toMatchObject({
      status: 'closed',
      outcome: 'recommended-not-executed',
      closedAt: NOW.toISOString(),
      attentionAt: null,
    });
  });

  test('closes an alert without recommendations with the outcome no-action', async () => {
    expect(await close(deps(), INPUT)).toMatchObject({ outcome: 'no-action' });
  });

  test('closes an alert whose processing failed as failed, and names the error in the summary', async () => {
    await put({ status: 'in-force' });
    const failure = { Error: 'States.Timeout', Cause: 'gate did not answer' };
    expect(await close(deps(), { ...INPUT, failure })).toMatchObject({ outcome: 'failed' });
    expect((await incident()).summary).toMatch(
      /^Processing failed: States.Timeout: gate did not answer\n/,
    );
    expect(sent[0]?.urgency).toBe('page');
  });

  test('sends the team a summary with the actions and the analysis', async () => {
    await put({ status: 'in-force' });
    await store.records.putAssessment(INCIDENT_ID, ALERT_ID, assess(recommend()));
    await close(deps(), INPUT);
    expect(sent).toMatchObject([{ to: { kind: 'team' }, urgency: 'inform', links: [] }]);
    const text = sent[0]?.paragraphs.join('\n');
    expect(text).toMatch(/203\.0\.113\.7.*in.force/);
    expect(text).toContain('Analysis: “A host probes our web server.”');
  });

  test('closes an alert even when its outcome cannot be announced', async () => {
    const logged: string[] = [];
    const send = () => Promise.reject(new Unavailable('SNS is down'));
    await close(
      deps({ send, log: (level, message) => void logged.push(`${level} ${message}`) }),
      INPUT,
    );
    expect((await incident()).status).toBe('closed');
    expect(logged).toEqual(['error outcome not announced']);
  });

  test('closes an alert once when it runs twice', async () => {
    await close(deps(), INPUT);
    const { history } = await incident();
    await close(deps(), INPUT);
    expect((await incident()).history).toEqual(history);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
  });
});

test('asks managers to judge the actions that were observed in shadow mode and not judged yet', async () => {
  const judgement = {
    verdict: 'right',
    by: 'mei.tanaka',
    at: NOW.toISOString(),
    note: '',
  } as const;
  await put({ status: 'observed' }, { status: 'observed', judgement }, { status: 'in-force' });
  await close(deps(), INPUT);
  const asking = sent.filter(({ key }) => key.startsWith('judge-'));
  expect(asking).toMatchObject([{ urgency: 'inform', to: { id: 'mei.tanaka' } }]);
  expect(asking[0]?.links).toHaveLength(1);
});

describe('a request that was made again while other actions of its alert are unfinished', () => {
  const askedAnew = {
    by: 'mei.tanaka',
    at: NOW.toISOString(),
    actionId: 'act-0123456789abcdef-1r1',
  };
  const outcomeWith = async (...changes: Partial<Action>[]) => {
    await put({ status: 'expired', askedAnew }, { status: 'in-force' });
    for (const change of changes)
      await store.records.createAction(toyAction({ actionId: askedAnew.actionId, ...change }));
    return (await close(deps(), INPUT)).outcome;
  };

  test.each<[string, Partial<Action>[]]>([
    ['not sent yet', []],
    ['open', [{ status: 'awaiting-approval' }]],
  ])(
    'counts an expired action as not executed while the new request is %s',
    async (_how, changes) => {
      expect(await outcomeWith(...changes)).toBe('recommended-not-executed');
      expect(sent[0]?.urgency).toBe('inform');
    },
  );

  test('counts the outcome of the new request', async () => {
    expect(await outcomeWith({ status: 'in-force' })).toBe('acted');
  });
});

test.each<[string, Partial<IncidentAlert>, Partial<Action>[], number]>([
  ['once about alerts with the same outcome', {}, [], 1],
  ['again about a more urgent outcome', {}, [{ status: 'handed-off' }], 2],
  ['again about a more severe alert', { severity: 'high' }, [], 2],
])('P12: notifies the team %s in an incident', async (_, change, actions, messages) => {
  const alerts = Array.from({ length: 20 }, (_, n) => `al-${String(n).padStart(16, '0')}`);
  await store.records.changeIncident(INCIDENT_ID, (current) => {
    const [first] = current.alerts;
    const others = alerts.map((alertId) => ({ ...first!, ...change, alertId }));
    return { ...current, version: current.version + 1, alerts: [first!, ...others] };
  });
  await put({ status: 'in-force', name: 'create_alert_ticket' });
  for (const alertId of alerts)
    for (const one of actions)
      await put({ ...one, alertId, actionId: `act-${alertId.slice('al-'.length)}-1` });
  for (const alertId of [ALERT_ID, ...alerts]) await close(deps(), { ...INPUT, alertId });
  expect(sent).toHaveLength(messages);
});

test('keeps an incident open until its last alert is closed, and then gives it the most serious outcome', async () => {
  const second = 'al-ffffffffffffffff';
  await store.records.changeIncident(INCIDENT_ID, (current) => ({
    ...current,
    version: current.version + 1,
    alerts: [...current.alerts, { ...current.alerts[0]!, alertId: second }],
  }));
  await store.records.putAlert(INCIDENT_ID, alertWith({ alertId: second }), {});
  const actionId = 'act-ffffffffffffffff-1';
  await put({ status: 'declined' }, { status: 'in-force', alertId: second, actionId });
  await close(deps(), INPUT);
  expect(await incident()).toMatchObject({ status: 'open', outcome: null });
  await close(deps(), { ...INPUT, alertId: second });
  expect(await incident()).toMatchObject({
    status: 'closed',
    outcome: 'recommended-not-executed',
    alerts: [{ outcome: 'recommended-not-executed' }, { outcome: 'acted' }],
  });
});
