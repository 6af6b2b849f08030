// The text of a ticket: what happened, what was done, what is left.
import { beforeEach, describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import type { Alert, Entity } from '../../functions/domain/alert.ts';
import { failed } from '../../functions/domain/assessment.ts';
import { closedText } from '../../functions/domain/closed-finding.ts';
import type { ReadIn } from '../../functions/mechanisms/ticket/ticket-provider.ts';
import { findingUrl } from '../../functions/messaging/texts/finding-link.ts';
import { ticketText } from '../../functions/messaging/texts/ticket.ts';
import { ticketSteps } from '../../functions/messaging/texts/ticket-steps.ts';
import { withFloor } from '../../functions/playbook/floor.ts';
import { judge } from '../../functions/playbook/playbook.ts';
import { transition } from '../../functions/store/hash-chain.ts';
import { alertWith, INCIDENT_ID, leakedKey } from '../fixtures/case.ts';
import { createWorld, sample } from '../flow/world.ts';
import { inForce, minute, waiting } from '../web/approval-pages.ts';

const textIn = (readIn: ReadIn, actions: Action[], named: Alert[]) => {
  const alerts = named.map((alert) => ({ alert, facts: null }));
  return ticketText(
    {
      incidentId: INCIDENT_ID,
      incident: undefined,
      alerts,
      assessment: undefined,
      actions,
      steps: ticketSteps(actions, alerts),
    },
    minute(5),
    readIn,
  );
};
const textOf = (actions: Action[], ...named: Alert[]) => textIn('ticket', actions, named);
const messageOf = (...actions: Action[]) => textIn('message', actions, [critical]);

const NO_SLOT = 'NoSlot: no slot is free: 4 automatic actions in the last minute';
const critical = alertWith({ severity: { score: 9.5, label: 'critical' } });

test('names severity, title, account and region in the title', () => {
  expect(textOf([], critical)).toMatchObject({
    severity: 'critical',
    title:
      'Critical: Port 443 of i-0123456789abcdef0 is being probed, account 111122223333, eu-central-1',
  });
});

test('counts the actions and the commands that a ticket has no room for', () => {
  const many = Array.from({ length: 200 }, () => waiting({ status: 'handed-off' }));
  const { body } = textOf(many, critical);
  expect(body.match(/and 181 more actions/g)).toHaveLength(2);
  const stepsOf = (actions: Action[]) => ticketSteps(actions, []).length;
  expect(stepsOf(many)).toBe(stepsOf(many.slice(0, 20)) + 1);
  expect(body).toContain('180 more actions:\nThe message about each of these has its commands.');
});

test('mentions in one line the harmless actions that got no slot', () => {
  const failed = (change: Partial<Action> = {}) =>
    waiting({ name: 'add_ip_to_watchlist', status: 'failed', failure: NO_SLOT, ...change });
  const lines = (actions: Action[]) =>
    textOf(actions, critical).body.match(/no slot became free|no slot is free/g);
  expect(lines(Array.from({ length: 17 }, () => failed()))).toEqual(['no slot became free']);
  expect(textOf([failed(), failed()], critical).body).toContain(
    '2 harmless actions were not done, because no slot became free. The first one: Block web',
  );
  expect(lines([failed()])).toEqual(['no slot is free']);
  const other = failed({ failure: 'Denied: no slot is free' });
  expect(lines([other, other])).toHaveLength(2);
});

test('counts the other alerts of the incident', () => {
  const { title, body } = textOf([], critical, alertWith(), alertWith());
  expect(title).toContain('(and 2 more alerts)');
  expect(body).toContain('Severity critical');
});

test('shows the playbook’s opinion and the reason when the model failed', () => {
  const assessment = withFloor(
    failed('the model stopped with refusal'),
    critical,
    judge({ alert: critical }),
  );
  const alerts = [{ alert: critical, facts: null }];
  const contents = { incidentId: INCIDENT_ID, incident: undefined, alerts, actions: [], steps: [] };
  const { body } = ticketText({ ...contents, assessment }, minute(5));
  expect(body).toContain('Suspicious, according to the playbook: “An address');
  expect(body).toContain('The model gave no usable answer: the model stopped with refusal.');
});

test('lists resources with their roles, and the evidence', () => {
  const { body } = textOf([], critical);
  expect(body).toContain('Resources: IP address “203.0.113.7” (attacker)');
  expect(body).toContain('Evidence: “A known malicious host is probing it.”');
});

const AGAIN = {
  by: 'person:mei.tanaka',
  at: minute(4).toISOString(),
  actionId: 'act-0123456789abcdef-1r1',
};
const closedWith = (action: Action): Action =>
  transition(action, 'expired', { at: minute(4), by: 'approve', text: closedText('resolved') });
test('calls an IP address the attacker, but not a key that an attacker may use', () => {
  const { body } = textOf([], {
    ...critical,
    entities: [...critical.entities, { ...leakedKey, part: 'actor' }],
  });
  expect(body).toContain(`access key “${leakedKey.value}” (source of the activity)`);
});

test.each<[number, string, string]>([
  [1, '2026-11-24T02:58:00Z', 'Seen: once, at 02:58 UTC'],
  [3, '2026-11-24T02:59:00Z', 'Seen: 3 times, from 02:58 UTC to 02:59 UTC'],
])('says when the activity was seen %i times', (count, lastSeenAt, expected) => {
  const firstSeenAt = '2026-11-24T02:58:00Z';
  expect(textOf([], { ...critical, count, firstSeenAt, lastSeenAt }).body).toContain(expected);
});

test('names the account of a resource that is in another account than the alert', () => {
  const place = { account: '444455556666', region: 'eu-central-1' };
  const { body } = textOf([], { ...critical, entities: [{ ...leakedKey, place }] });
  expect(body).toContain('in account 444455556666, region eu-central-1)');
});

describe('what to do next', () => {
  test.each<[Entity['kind'], Action['name'], string]>([
    ['root-user', 'revoke_service_account_credential', 'revoke the credentials of the user root'],
    ['iam-role', 'revoke_service_account_credential', 'revoke the sessions of the IAM role root'],
    ['database', 'isolate_production_host', 'isolate the database root'],
    ['instance', 'isolate_production_host', 'isolate the production host root'],
  ])('names the kind of target %s in the order', (kind, name, expected) => {
    const target = { ...leakedKey, kind, value: 'root' };
    const action = waiting({ status: 'handed-off', name, description: null, target });
    expect(textOf([action], critical).body).toContain(`Decide whether to ${expected}.`);
  });

  test('lists a failed undo and an open request first, and harmless actions last', () => {
    const handedOff = { status: 'handed-off' } as const;
    const { body } = textOf(
      [
        waiting({ ...handedOff, name: 'add_ip_to_watchlist', description: null }),
        waiting({ ...handedOff, name: 'isolate_production_host', description: null }),
        waiting(),
        inForce({ status: 'reversal-failed' }),
      ],
      critical,
    );
    const next = body.slice(body.indexOf('What to do next:'), body.indexOf('Actions:'));
    expect(next.match(/undo failed|Approve or decline|isolate|watch list/g)).toEqual([
      'undo failed',
      'Approve or decline',
      'isolate',
      'watch list',
    ]);
  });

  test.each<[string, Action, string]>([
    ['an open request', waiting(), 'Next: Approve or decline by 03:15 UTC'],
    ['a handed-off action', waiting({ status: 'handed-off' }), 'The commands are in this ticket'],
    ['an expired request', waiting({ status: 'expired' }), 'A manager can request it again'],
    ['a failed action', waiting({ status: 'failed', failure: 'WAF is down' }), 'WAF is down'],
    [
      'a failed undo',
      inForce({ status: 'reversal-failed' }),
      'the undo failed: Blocked web requests',
    ],
    ['an effect in force', inForce(), 'before its undo at 04:03 UTC'],
  ])('names %s', (_, action, expected) => {
    const { body } = textOf([action], critical);
    const next = /What to do next: (.*)/.exec(body)?.[1] ?? '';
    expect(`Next: ${next}`).toContain(expected);
  });

  test.each<[string, Action]>([
    ['was requested again', waiting({ status: 'expired', askedAnew: AGAIN })],
    ['ended because its finding was closed', closedWith(waiting())],
  ])('leaves out an expired request that %s, and its commands', (_, action) => {
    const { body } = textOf([action], critical);
    expect(body).toContain('Decide whether the alert is real');
    expect(body).not.toContain('A manager can request it again');
    expect(body).not.toContain('update-ip-set');
  });

  test('asks for a judgement when nothing is open', () => {
    expect(textOf([], critical).body).toContain('Decide whether the alert is real');
  });

  test('contains the commands of a handed-off action, and none for an action in force', () => {
    expect(textOf([waiting({ status: 'handed-off' })], critical).body).toContain('update-ip-set');
    expect(textOf([inForce()], critical).body).not.toContain('update-ip-set');
  });
});

test('contains no control character and no live link from the alert', () => {
  const hostile = 'https://evil.example/\u202Etxt\u001b[31m www.evil.example';
  const { title, body } = textOf([], { ...critical, title: hostile, description: hostile });
  for (const text of [title, body]) {
    expect(text).not.toMatch(/https:\/\/evil|www\.evil/);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cf}\p{Cc}]/u);
  }
});

test('writes a ticket even if every record is unreadable', () => {
  const { title, body, severity } = textOf([]);
  expect({ title, severity }).toEqual({
    title: 'Security incident with an unreadable record',
    severity: 'high',
  });
  expect(body).toContain(INCIDENT_ID);
});

describe('the link to the finding', () => {
  const linkTo = (change: Partial<Alert>) => findingUrl(alertWith(change));
  const id = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

  test.each<[string, Partial<Alert>]>([
    ['GuardDuty', { source: 'guardduty', findingId: id }],
    [
      'Security Hub about GuardDuty',
      {
        source: 'securityhub-asff',
        findingId: `arn:aws:guardduty:eu-central-1:111122223333:detector/d1/finding/${id}`,
      },
    ],
  ])('opens GuardDuty for a finding of %s', (_, change) => {
    expect(linkTo(change)).toBe(
      `https://eu-central-1.console.aws.amazon.com/guardduty/home?region=eu-central-1#/findings?macros=current&fId=${id}`,
    );
  });

  test('searches Security Hub for the ID of another product', () => {
    const url = linkTo({ source: 'securityhub-ocsf', findingId: 'arn:aws:securityhub:x/1' }) ?? '';
    const search = decodeURIComponent(decodeURIComponent(url.split('search=')[1] ?? ''));
    expect(search).toBe('Id=\\operator\\:EQUALS\\:arn:aws:securityhub:x/1');
  });

  test.each<[string, Partial<Alert>]>([
    ['a generic alert', { source: 'generic', findingId: 'mail-1' }],
    ['an unknown region', { region: 'unknown', findingId: id }],
    ['a region that is no region', { region: 'evil.example/', findingId: id }],
    ['China', { region: 'cn-north-1', findingId: id }],
  ])('is absent for %s', (_, change) => {
    expect(linkTo(change)).toBeNull();
  });
});

describe('a message about the incident', () => {
  test('refers to the ticket, and leaves out the place and its own sending', () => {
    const notification = waiting({ status: 'executing', name: 'send_analyst_notification' });
    const { title, body } = messageOf(notification);
    expect(title).toBe('Critical: Port 443 of i-0123456789abcdef0 is being probed');
    expect(body).toContain('Resolve the incident’s ticket when you are done');
    expect(body).toContain('Actions: Nothing was changed.');
  });

  test('says that the commands of a handed-off action are in the ticket', () => {
    const { body } = messageOf(waiting({ status: 'handed-off' }));
    expect(body).toContain('The commands are in the incident’s ticket.');
  });
});

describe('the ticket of an incident', () => {
  let world: Awaited<ReturnType<typeof createWorld>>;
  beforeEach(async () => {
    world = await createWorld();
    return () => world.stop();
  });
  const body = () => {
    const [ticket] = world.runtime.tickets();
    return `${ticket?.title}\n${ticket?.details === 'None' ? ticket.body : ticket?.details}`;
  };

  test('follows the incident from the request to the undo', async () => {
    await world.deliver(sample('web-port-probe'));
    await world.pass(0);
    expect(body()).toContain('Approve or decline by 03:15 UTC');
    const [incident] = await world.incidents();
    expect(body()).toMatch(
      new RegExp(`Timeline and actions: https?://[^ ]+/console/incident/${incident?.incidentId}\n`),
    );
    await world.approve('ana.silva');
    await world.pass(0.1);
    expect(body()).toContain('before its undo at 03:05 UTC');
    await world.pass(6);
    expect(body()).toContain('Blocked web requests from 203.0.113.66: undone');
    expect(body()).toContain('Decide whether the alert is real');
    expect(world.runtime.tickets()).toHaveLength(1);
  });
});
