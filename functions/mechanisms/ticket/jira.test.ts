// Jira: search lag, document format, credentials and manual steps.
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { INCIDENT_ID } from '../../../test/fixtures/case.ts';
import { raw } from '../../../test/fixtures/loopback.ts';
import type { JiraServer } from '../../../test/mechanisms/ticket/jira-server.ts';
import {
  JIRA_LOGIN,
  jiraOn,
  startJiraSite,
} from '../../../test/mechanisms/ticket/ticket-providers.ts';
import { Denied, InvalidInput, Throttled, Unavailable } from '../../domain/errors.ts';
import { asDocument, jira } from './jira.ts';

let server: JiraServer;
beforeAll(async () => {
  server = await startJiraSite();
});
afterAll(() => server.stop());
beforeEach(() => server.empty());

const ticket = {
  incidentId: INCIDENT_ID,
  title: 'an alert',
  body: 'One.\nTwo.\n\nThree.',
  severity: 'high' as const,
};
const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

describe('a ticket', () => {
  test('opens an issue with title, text and a label for the search', async () => {
    expect(await jira(jiraOn(server)).open(ticket)).toMatchObject({ name: 'SEC-1' });
    expect(server.issues()).toMatchObject([
      {
        summary: 'an alert',
        text: 'One.\nTwo.\n\nThree.',
        labels: [`countermand-${INCIDENT_ID}`, 'countermand', 'severity-high'],
      },
    ]);
  });

  test('updates title, text and severity, and keeps the labels that people added', async () => {
    const provider = jira(jiraOn(server));
    const ref = await provider.open(ticket);
    server.issues()[0]!.labels.push('reviewed');
    await provider.update(ref, { ...ticket, title: 'worse', body: 'New.', severity: 'critical' });
    expect(server.issues()).toMatchObject([
      {
        summary: 'worse',
        text: 'New.',
        labels: [`countermand-${INCIDENT_ID}`, 'countermand', 'reviewed', 'severity-critical'],
      },
    ]);
  });

  test('opens one issue even if the search does not return it yet', async () => {
    const provider = jira(jiraOn(server));
    await provider.open(ticket);
    expect(server.issues()[0]?.indexed).toBe(true);
    server.issues()[0]!.indexed = false;
    expect(await provider.findOpen(INCIDENT_ID)).toHaveLength(1);
    const another = jira(jiraOn(server));
    expect(await another.open(ticket), 'asked again after the lag').toMatchObject({ id: 'SEC-1' });
    expect(server.issues()).toHaveLength(1);
  });

  test('closes the newer of two issues opened at the same time as a duplicate', async () => {
    const [one, two] = await Promise.all(
      [jira(jiraOn(server)), jira(jiraOn(server))].map((provider) => provider.open(ticket)),
    );
    server.index();
    const open = await jira(jiraOn(server)).findOpen(INCIDENT_ID);
    expect(open).toHaveLength(1);
    expect([one, two]).toContainEqual(open[0]);
    expect(server.issues().slice(1)).toMatchObject([
      { status: 'done', comments: ['Duplicate of SEC-1'] },
    ]);
  });

  test('closes an issue with the reason as a comment', async () => {
    const provider = jira(jiraOn(server));
    await provider.close(await provider.open(ticket), 'Withdrawn: it was undone');
    expect(server.issues()).toMatchObject([
      { status: 'done', comments: ['Withdrawn: it was undone'] },
    ]);
    expect(await provider.findOpen(INCIDENT_ID)).toEqual([]);
  });

  test('does not return a deleted issue as open', async () => {
    const provider = jira(jiraOn(server));
    await provider.open(ticket);
    server.empty();
    expect(await provider.findOpen(INCIDENT_ID)).toEqual([]);
  });

  test('throws InvalidInput with the issue key when the workflow has no transition to done', async () => {
    const provider = jira(jiraOn(server));
    const opened = await provider.open(ticket);
    server.willAnswer(raw(200, '{"transitions": []}'));
    const error = await failed(provider.close(opened, 'Withdrawn'));
    expect(error).toBeInstanceOf(InvalidInput);
    expect(String(error)).toContain('SEC-1');
  });

  test('truncates long texts and drops blank lines, as Jira requires', async () => {
    const provider = jira(jiraOn(server));
    await provider.open({ ...ticket, title: `a\nb${'x'.repeat(500)}`, body: '\n\na\n\n\n\n\nb\n' });
    expect(server.issues()).toMatchObject([{ text: 'a\n\nb\n' }]);
  });
});

test('creates no empty text nodes, which Jira rejects', () => {
  expect(JSON.stringify(asDocument('a\n\n\n\nb\n'))).not.toContain('"text":""');
});

describe('Jira', () => {
  test('throws Denied without the token when Jira rejects the token', async () => {
    const clients = {
      ...jiraOn(server),
      credentials: async () => ({ ...JIRA_LOGIN, token: 'wrong-token' }),
    };
    const error = await failed(jira(clients).open(ticket));
    expect(error).toBeInstanceOf(Denied);
    expect(inspect(error, { depth: 9 })).not.toMatch(/wrong-token|Y291bnRlcm1hbmR/);
  });

  test('throws Throttled at once when Jira asks for a longer wait than a function allows', async () => {
    const provider = jira(jiraOn(server));
    const opened = await provider.open(ticket);
    server.willAnswer(raw(429, '{}', { 'retry-after': '60' }));
    expect(await failed(provider.close(opened, 'x'))).toBeInstanceOf(Throttled);
    expect(server.asked).toHaveLength(1);
  });

  test('does not create an issue again after a lost response', async () => {
    const provider = jira(jiraOn(server));
    const nothing = raw(200, '{"issues": []}');
    server.willAnswer(nothing, nothing, (response) => response.destroy());
    expect(await failed(provider.open(ticket))).toBeInstanceOf(Unavailable);
    const created = server.asked.filter(({ path }) => path === '/rest/api/3/issue');
    expect(created).toHaveLength(1);
  });
});
