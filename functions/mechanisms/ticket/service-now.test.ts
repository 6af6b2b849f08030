// ServiceNow: incident numbers, data policies and a hibernating instance.
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

const ticket = {
  incidentId: INCIDENT_ID,
  title: 'an alert',
  body: 'One.',
  severity: 'high' as const,
};
const failed = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

test('opens an incident record, finds it by correlation ID and names it by its number', async () => {
  const provider = serviceNow(serviceNowOn(server));
  const { name } = await provider.open(ticket);
  expect(name).toMatch(/^INC\d{7}$/);
  expect(await provider.open({ ...ticket, title: 'another' })).toMatchObject({ name });
  expect(server.rows()).toMatchObject([
    { correlation_id: INCIDENT_ID, short_description: 'an alert' },
  ]);
});

test('updates title, text and urgency', async () => {
  const provider = serviceNow(serviceNowOn(server));
  const ref = await provider.open({ ...ticket, severity: 'low' });
  expect(server.rows()).toMatchObject([{ urgency: '3' }]);
  await provider.update(ref, { ...ticket, title: 'worse', body: 'New.', severity: 'critical' });
  expect(server.rows()).toMatchObject([
    { short_description: 'worse', description: 'New.', urgency: '1', state: '1' },
  ]);
});

test('closes a ticket with a resolution and the reason', async () => {
  const provider = serviceNow(serviceNowOn(server));
  await provider.close(await provider.open(ticket), 'Withdrawn: it was undone');
  expect(server.rows()).toMatchObject([
    { state: '7', close_code: 'Solution provided', close_notes: 'Withdrawn: it was undone' },
  ]);
  expect(await provider.findOpen(INCIDENT_ID)).toEqual([]);
});

test('does not return a resolved ticket as open', async () => {
  const provider = serviceNow(serviceNowOn(server));
  await provider.open(ticket);
  server.rows()[0]!.state = '6';
  expect(await provider.findOpen(INCIDENT_ID)).toEqual([]);
});

test('closes the newer of two tickets opened at the same time as a duplicate', async () => {
  const providers = [serviceNow(serviceNowOn(server)), serviceNow(serviceNowOn(server))];
  const opened = await Promise.all(providers.map((provider) => provider.open(ticket)));
  const open = await providers[0]!.findOpen(INCIDENT_ID);
  expect(open).toHaveLength(1);
  expect(opened).toContainEqual(open[0]);
  for (const { state, close_notes } of server.rows().slice(1))
    expect([state, close_notes]).toEqual(['7', `Duplicate of ${open[0]?.name}`]);
});

test('throws Denied for an unknown resolution code', async () => {
  const clients = serviceNowOn(server);
  const provider = serviceNow({ ...clients, serviceNow: { site: server.url, closeCode: 'Gone' } });
  expect(await failed(provider.close(await provider.open(ticket), 'x'))).toBeInstanceOf(Denied);
});

test('throws Denied without the password when the instance rejects it', async () => {
  const clients = {
    ...serviceNowOn(server),
    credentials: async () => ({ ...SERVICE_NOW_LOGIN, password: 'wrong-password' }),
  };
  const error = await failed(serviceNow(clients).open(ticket));
  expect(error).toBeInstanceOf(Denied);
  expect(inspect(error, { depth: 9 })).not.toContain('wrong-password');
});

test('throws Unavailable when a hibernating instance returns an HTML page', async () => {
  server.willAnswer(raw(200, '<html>Your instance is hibernating</html>'));
  expect(await failed(serviceNow(serviceNowOn(server)).open(ticket))).toBeInstanceOf(Unavailable);
});
