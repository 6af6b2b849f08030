// What is special to Jira: a search that lags, a document format, credentials that change, and what people are left with.
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

const ticket = { incidentId: INCIDENT_ID, title: 'an alert', body: 'One.\nTwo.\n\nThree.' };
const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

describe('a ticket', () => {
  test('is an issue that says what it is about, found by its label', async () => {
    expect(await jira(jiraOn(server)).open(ticket)).toMatchObject({ name: 'SEC-1' });
    expect(server.issues()).toMatchObject([
      {
        summary: `${INCIDENT_ID}: an alert`,
        text: 'One.\nTwo.\n\nThree.',
        labels: [`countermand-${INCIDENT_ID}`, 'countermand'],
      },
    ]);
  });

  test('is opened once, also where the search does not know of it yet', async () => {
    const desk = jira(jiraOn(server));
    await desk.open(ticket);
    expect(server.issues()[0]?.indexed).toBe(true);
    server.issues()[0]!.indexed = false;
    expect(await desk.findOpen(INCIDENT_ID)).toHaveLength(1);
    const another = jira(jiraOn(server));
    expect(await another.open(ticket), 'asked again after the lag').toMatchObject({ id: 'SEC-1' });
    expect(server.issues()).toHaveLength(1);
  });

  test('that two opened at the same moment is one in the end, and says which', async () => {
    const [one, two] = await Promise.all(
      [jira(jiraOn(server)), jira(jiraOn(server))].map((desk) => desk.open(ticket)),
    );
    server.index();
    const open = await jira(jiraOn(server)).findOpen(INCIDENT_ID);
    expect(open).toHaveLength(1);
    expect([one, two]).toContainEqual(open[0]);
    expect(server.issues().slice(1)).toMatchObject([
      { status: 'done', comments: ['Duplicate of SEC-1'] },
    ]);
  });

  test('is closed with the reason as a comment', async () => {
    const desk = jira(jiraOn(server));
    await desk.close(await desk.open(ticket), 'Withdrawn: it was undone');
    expect(server.issues()).toMatchObject([
      { status: 'done', comments: ['Withdrawn: it was undone'] },
    ]);
    expect(await desk.findOpen(INCIDENT_ID)).toEqual([]);
  });

  test('that somebody deleted is not open', async () => {
    const desk = jira(jiraOn(server));
    await desk.open(ticket);
    server.empty();
    expect(await desk.findOpen(INCIDENT_ID)).toEqual([]);
  });

  test('that the workflow lets nobody close is left open, and says so', async () => {
    const desk = jira(jiraOn(server));
    const opened = await desk.open(ticket);
    server.willAnswer(raw(200, '{"transitions": []}'));
    const error = await failed(desk.close(opened, 'Withdrawn'));
    expect(error).toBeInstanceOf(InvalidInput);
    expect(String(error)).toContain('SEC-1');
  });

  test('of any length, and of many lines, is one that Jira takes', async () => {
    const desk = jira(jiraOn(server));
    await desk.open({ ...ticket, title: `a\nb${'x'.repeat(500)}`, body: '\n\na\n\n\n\n\nb\n' });
    expect(server.issues()).toMatchObject([{ text: 'a\n\nb\n' }]);
  });
});

test('no text node is empty: Jira refuses a document with one', () => {
  expect(JSON.stringify(asDocument('a\n\n\n\nb\n'))).not.toContain('"text":""');
});

describe('Jira', () => {
  test('that refuses the token is our error, and the token is not shown', async () => {
    const clients = {
      ...jiraOn(server),
      credentials: async () => ({ ...JIRA_LOGIN, token: 'wrong-token' }),
    };
    const error = await failed(jira(clients).open(ticket));
    expect(error).toBeInstanceOf(Denied);
    expect(inspect(error, { depth: 9 })).not.toMatch(/wrong-token|Y291bnRlcm1hbmR/);
  });

  test('that asks for a longer wait than a function has is not waited for', async () => {
    const desk = jira(jiraOn(server));
    const opened = await desk.open(ticket);
    server.willAnswer(raw(429, '{}', { 'retry-after': '60' }));
    expect(await failed(desk.close(opened, 'x'))).toBeInstanceOf(Throttled);
    expect(server.asked).toHaveLength(1);
  });

  test('that does not answer a creation is not asked to create again: it may have', async () => {
    const desk = jira(jiraOn(server));
    const nothing = raw(200, '{"issues": []}');
    server.willAnswer(nothing, nothing, (response) => response.destroy());
    expect(await failed(desk.open(ticket))).toBeInstanceOf(Unavailable);
    const created = server.asked.filter(({ path }) => path === '/rest/api/3/issue');
    expect(created).toHaveLength(1);
  });
});
