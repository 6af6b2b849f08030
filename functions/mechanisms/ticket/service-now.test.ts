// What is special to ServiceNow: numbers for people, data policies, and an instance that is asleep.
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { INCIDENT_ID } from '../../../test/fixtures/case.ts';
import { raw } from '../../../test/fixtures/loopback.ts';
import type { ServiceNowServer } from '../../../test/mechanisms/ticket/service-now-server.ts';
import {
  SERVICE_NOW_LOGIN,
  serviceNowOn,
  startServiceNowInstance,
} from '../../../test/mechanisms/ticket/ticket-providers.ts';
import { Denied, Unavailable } from '../../domain/errors.ts';
import { serviceNow } from './service-now.ts';

let server: ServiceNowServer;
beforeAll(async () => {
  server = await startServiceNowInstance();
});
afterAll(() => server.stop());
beforeEach(() => server.empty());

const ticket = { incidentId: INCIDENT_ID, title: 'an alert', body: 'One.' };
const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

test('a ticket is an incident record, found by its correlation id, and named by its number', async () => {
  const desk = serviceNow(serviceNowOn(server));
  const { name } = await desk.open(ticket);
  expect(name).toMatch(/^INC\d{7}$/);
  expect(await desk.open({ ...ticket, title: 'another' })).toMatchObject({ name });
  expect(server.rows()).toMatchObject([
    { correlation_id: INCIDENT_ID, short_description: `${INCIDENT_ID}: an alert` },
  ]);
});

test('it is closed with a resolution and the reason', async () => {
  const desk = serviceNow(serviceNowOn(server));
  await desk.close(await desk.open(ticket), 'Withdrawn: it was undone');
  expect(server.rows()).toMatchObject([
    { state: '7', close_code: 'Solution provided', close_notes: 'Withdrawn: it was undone' },
  ]);
  expect(await desk.findOpen(INCIDENT_ID)).toEqual([]);
});

test('one that people resolved is not open, and is not touched', async () => {
  const desk = serviceNow(serviceNowOn(server));
  await desk.open(ticket);
  server.rows()[0]!.state = '6';
  expect(await desk.findOpen(INCIDENT_ID)).toEqual([]);
});

test('two that were opened at the same moment are one in the end, and the other says of which', async () => {
  const desks = [serviceNow(serviceNowOn(server)), serviceNow(serviceNowOn(server))];
  const opened = await Promise.all(desks.map((desk) => desk.open(ticket)));
  const open = await desks[0]!.findOpen(INCIDENT_ID);
  expect(open).toHaveLength(1);
  expect(opened).toContainEqual(open[0]);
  for (const { state, close_notes } of server.rows().slice(1))
    expect([state, close_notes]).toEqual(['7', `Duplicate of ${open[0]?.name}`]);
});

test('a resolution that the instance does not know is our error', async () => {
  const clients = serviceNowOn(server);
  const desk = serviceNow({ ...clients, serviceNow: { site: server.url, closeCode: 'Gone' } });
  expect(await failed(desk.close(await desk.open(ticket), 'x'))).toBeInstanceOf(Denied);
});

test('a password that is refused is our error, and is not shown', async () => {
  const clients = {
    ...serviceNowOn(server),
    credentials: async () => ({ ...SERVICE_NOW_LOGIN, password: 'wrong-password' }),
  };
  const error = await failed(serviceNow(clients).open(ticket));
  expect(error).toBeInstanceOf(Denied);
  expect(inspect(error, { depth: 9 })).not.toContain('wrong-password');
});

test('an instance that is asleep answers with a page, and is taken as not there', async () => {
  server.willAnswer(raw(200, '<html>Your instance is hibernating</html>'));
  expect(await failed(serviceNow(serviceNowOn(server)).open(ticket))).toBeInstanceOf(Unavailable);
});
