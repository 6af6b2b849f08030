// A declared scanner, and an attacker who claims its name, up to the page.
import { expect, test } from 'vitest';
import { scannerIn } from '../../functions/domain/facts.ts';
import { POLICY } from '../fixtures/case.ts';
import { createWorld, sample } from './world.ts';

test('the pages of request and incident say that the name which an attacker claims is not confirmed', async () => {
  const world = await createWorld();
  try {
    await world.deliver(sample('web-port-probe'));
    const { page } = await world.read(world.link('ana.silva', 'Approve'));
    expect(page).toContain(
      '<dt>Reverse DNS</dt><dd>The owner of 203.0.113.66 named it “probe-66.survey.example”, but survey.example does not list the address</dd>',
    );
    expect(page).not.toContain('internet-survey');
    const [incident] = await world.incidents();
    const path = `/console/incident/${incident?.incidentId}`;
    expect(await (await world.runtime.console.request(path)).text()).toContain(
      '203.0.113.66 is named “probe-66.survey.example”, but survey.example does not list the address.',
    );
  } finally {
    await world.stop();
  }
});

test('a request names the owner of a declared scanner in its message and above its buttons', async () => {
  const world = await createWorld();
  try {
    await world.deliver(sample('ipv6-probe'));
    const { page } = await world.read(world.link('ana.silva', 'Approve'));
    const sent = world.runtime.inbox().flatMap(({ message }) => message.facts);
    expect(sent).toContainEqual({
      label: 'Declared scanner',
      value:
        '“Example Survey”: A university counts the open ports of the internet. Only its name in DNS shows that it is this scanner.',
    });
    const [above] = page.split('<button');
    expect(above).toContain('Policy declares a scanner of “Example Survey”:');
    expect(page).toContain(
      'A university counts the open ports of the internet. Only its name in DNS shows that it is this scanner.',
    );
    expect(page).toContain('<dd>The playbook considers none</dd>');
  } finally {
    await world.stop();
  }
});

test('an address whose name a declared domain confirms is answered like any other', async () => {
  const answered = async (policy = POLICY) => {
    const world = await createWorld({ policy });
    try {
      await world.deliver(sample('ipv6-probe'));
      const actions = await world.actions();
      const [incident] = await world.incidents();
      const { incidentId, alerts } = incident!;
      const { records } = world.runtime.store;
      const facts = await records.findFacts(incidentId, alerts[0]!.alertId);
      return {
        scanners: (facts?.entities ?? []).flatMap((one) => scannerIn(one)?.id ?? []),
        actions: actions.map(({ name, status, disposition, reasons }) => ({
          ...{ name, status, disposition, reasons },
        })),
        subjects: world.subjectsTo('ana.silva'),
      };
    } finally {
      await world.stop();
    }
  };
  const declared = await answered();
  const other = await answered({ ...POLICY, scanners: [] });
  expect(declared.scanners).toEqual(['internet-survey']);
  expect(declared.actions.length).toBeGreaterThan(0);
  expect(other).toEqual({ ...declared, scanners: [] });
});
