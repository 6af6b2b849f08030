// The contract of tickets, on each ticket system. moto has no OpsItems.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { contract, type Ground, type Refusal } from '../../../test/contract/mechanism-contract.ts';
import { INCIDENT_ID, subjectOn, theAlertItself } from '../../../test/fixtures/case.ts';
import type { JiraServer } from '../../../test/mechanisms/ticket/jira-server.ts';
import type { ServiceNowServer } from '../../../test/mechanisms/ticket/service-now-server.ts';
import {
  jiraOn,
  overHttp,
  serviceNowOn,
  startJiraSite,
  startServiceNowInstance,
  writeTicket,
} from '../../../test/mechanisms/ticket/ticket-providers.ts';
import { Denied, NotFound, Throttled, Unavailable } from '../../domain/errors.ts';
import { type JiraClients, openJiraIssue } from './jira.ts';
import { openOpsItem, opsCenter, type TicketClients } from './ops-item.ts';
import { openServiceNowIncident, type ServiceNowClients } from './service-now.ts';
import { createOpsCenter, type OpsItem } from './stand-in.ts';

const subject = subjectOn(theAlertItself, { durationMinutes: null });

/** Compares the open OpsItems: they can't be deleted. */
const openIn = (items: readonly OpsItem[]) =>
  items.filter(({ status }) => status !== 'Resolved').map(({ title, body }) => ({ title, body }));

const others = { ...subject, incidentId: 'inc-ffffffffffffffff' };
const none = { openBefore: [] };
const other = {
  incidentId: 'inc-ffffffffffffffff',
  title: 'another incident',
  body: 'Theirs.',
  severity: 'low' as const,
};
const ticket = {
  incidentId: INCIDENT_ID,
  title: 'a',
  body: 'b',
  severity: 'critical' as const,
};

async function emptied(): Promise<Ground<TicketClients>> {
  const file = inMemory<OpsItem[]>([]);
  const ssm = createOpsCenter(file);
  return {
    clients: (wrap) => ({ ssm: wrap(ssm), writeTicket }),
    snapshot: async () => openIn(file.read()),
    othersAdd: async () => void (await opsCenter(ssm).open(other)),
    deleteTarget: null,
    othersUndo: async () => {
      for (const { id } of file.read())
        await ssm.updateOpsItem({ OpsItemId: id, Status: 'Resolved' });
    },
  };
}

contract('ticket.ops-item on the stand-in', { mechanism: openOpsItem, subject, setup: emptied });

let jira: JiraServer;
let serviceNow: ServiceNowServer;
beforeAll(async () => {
  jira = await startJiraSite();
  serviceNow = await startServiceNowInstance();
});
afterAll(() => Promise.all([jira.stop(), serviceNow.stop()]));

/** Every call returns this status. */
const answered = (status: number, becomes: Refusal['becomes']): Refusal => ({
  name: String(status),
  becomes,
  refusing: (http) =>
    new Proxy(http, { get: () => async () => new Response('{"error": "refused"}', { status }) }),
});
const refusals = [
  answered(401, Denied),
  answered(403, Denied),
  answered(404, NotFound),
  answered(429, Throttled),
  answered(503, Unavailable),
];

contract<JiraClients, { openBefore: string[] }>('ticket.jira on a loopback site', {
  mechanism: openJiraIssue,
  subject,
  refusals,
  setup: async () => {
    jira.empty();
    return {
      clients: (wrap) => jiraOn(jira, wrap(overHttp)),
      snapshot: async () =>
        jira
          .issues()
          .filter(({ status }) => status !== 'done')
          .map(({ summary, text, labels }) => ({ summary, text, labels })),
      othersAdd: async () => void (await openJiraIssue.connect(jiraOn(jira)).apply(others, none)),
      deleteTarget: null,
      othersUndo: async () => {
        for (const issue of jira.issues()) issue.status = 'done';
      },
    };
  },
});

contract<ServiceNowClients, { openBefore: string[] }>('ticket.servicenow on a loopback instance', {
  mechanism: openServiceNowIncident,
  subject,
  refusals,
  setup: async () => {
    serviceNow.empty();
    return {
      clients: (wrap) => serviceNowOn(serviceNow, wrap(overHttp)),
      snapshot: async () =>
        serviceNow
          .rows()
          .filter(({ state }) => state !== '7')
          .map(({ short_description, description }) => ({ short_description, description })),
      othersAdd: async () =>
        void (await openServiceNowIncident.connect(serviceNowOn(serviceNow)).apply(others, none)),
      deleteTarget: null,
      othersUndo: async () => {
        for (const row of serviceNow.rows()) row.state = '7';
      },
    };
  },
});

test('withdraws a ticket that was deleted, also between the search and the update', async () => {
  const file = inMemory<OpsItem[]>([]);
  const ssm = createOpsCenter(file);
  const deletesFirst = {
    ...ssm,
    updateOpsItem: async (request: Parameters<typeof ssm.updateOpsItem>[0]) => {
      file.write([]);
      return ssm.updateOpsItem(request);
    },
  } as typeof ssm;
  const driver = openOpsItem.connect({ ssm: deletesFirst, writeTicket });
  const before = await driver.capture(subject);
  await driver.apply(subject, before);
  await driver.revert(subject, before);
  expect(file.read()).toEqual([]);
  expect(await driver.verifyReverted(subject, before)).toEqual({
    holds: true,
    found: 'The ticket is closed or was deleted',
  });
});

test('returns the open ticket of an incident, and opens a new one once it is closed', async () => {
  const file = inMemory<OpsItem[]>([]);
  const ssm = createOpsCenter(file);
  const provider = opsCenter(ssm);
  const first = await provider.open(ticket);
  expect(await provider.open({ ...ticket, title: 'another title' })).toEqual(first);
  expect(file.read()).toHaveLength(1);
  await ssm.updateOpsItem({ OpsItemId: first.id, Status: 'Resolved' });
  expect(await provider.open(ticket)).not.toEqual(first);
});

test('records the reason in a withdrawn ticket', async () => {
  const file = inMemory<OpsItem[]>([]);
  const driver = openOpsItem.connect({ ssm: createOpsCenter(file), writeTicket });
  const before = await driver.capture(subject);
  await driver.apply(subject, before);
  await driver.revert(subject, before);
  expect(file.read()).toMatchObject([
    { status: 'Resolved', resolution: `Withdrawn: ${subject.actionId} was undone` },
  ]);
});

test('keeps a text that is longer than a description in the operational data', async () => {
  const file = inMemory<OpsItem[]>([]);
  const long = { ...ticket, title: 'x'.repeat(5_000), body: `${'y'.repeat(5_000)}end` };
  const provider = opsCenter(createOpsCenter(file));
  const ref = await provider.open(long);
  expect(file.read()[0]?.title).toContain(INCIDENT_ID);
  expect(file.read()[0]?.body).toContain('operational data');
  expect(file.read()[0]?.details).toBe(long.body);
  await provider.update(ref, { ...ticket, body: 'short' });
  expect(file.read()[0]).toMatchObject({ body: 'short', details: 'None' });
});

test('updates title, text and severity, and still finds the ticket by its incident', async () => {
  const file = inMemory<OpsItem[]>([]);
  const provider = opsCenter(createOpsCenter(file));
  const ref = await provider.open({ ...ticket, severity: 'low' });
  await provider.update(ref, { ...ticket, title: 'Critical: worse', severity: 'critical' });
  expect(file.read()).toMatchObject([
    { title: `Critical: worse (${INCIDENT_ID})`, severity: '1', status: 'Open' },
  ]);
  expect(await provider.findOpen(INCIDENT_ID)).toEqual([ref]);
});
