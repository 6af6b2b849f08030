// Email quarantine: from the alert of a mail gateway to the original folder.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NOW, POLICY } from '../fixtures/case.ts';
import { alertAbout, type Named } from './generic-alert.ts';
import { createWorld, sample, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.stop());

const action = () => world.action('quarantine_email');
const asks = (why: string) =>
  world.runtime.store.killSwitch.halt(POLICY.account, {
    mode: 'ask',
    by: 'person:mei.tanaka',
    at: NOW.toISOString(),
    why,
  });

describe('a dangerous message in Exchange Online', () => {
  const folder = () => {
    const { folders, messages } = world.runtime.mail.exchange()['finance@example.com']!;
    return folders.find(({ id }) => id === messages[0]?.parentFolderId)?.displayName;
  };

  test('quarantines the message at once, and returns it to its folder when the time is over', async () => {
    await world.deliver(sample('phishing-mail-exchange'));
    expect(folder()).toBe('Countermand Quarantine');
    expect(await action()).toMatchObject({ status: 'in-force', mechanism: 'mail.graph-message' });
    await world.pass(4.5);
    expect(folder()).toBe('Countermand Quarantine');
    await world.pass(1);
    expect(folder()).toBe('Inbox');
    expect((await action()).status).toBe('reversed');
  });

  test('moves the message only after approval while the kill switch is set to ask', async () => {
    await asks('too many alerts');
    await world.deliver(sample('phishing-mail-exchange'));
    expect(folder()).toBe('Inbox');
    await world.approve('ana.silva', 'Quarantine the message');
    expect(folder()).toBe('Countermand Quarantine');
    await world.pass(6);
    expect(folder()).toBe('Inbox');
  });

  test.each([
    ['asks about a medium alert', 'awaiting-approval', 'medium', []],
    ['acts on a high alert', 'in-force', 'high', []],
    ['acts on a medium alert of a critical incident', 'in-force', 'medium', ['critical']],
  ])('%s when only reserved slots are left', async (_, status, severity, before) => {
    const { detail, ...event } = sample('phishing-mail-exchange') as {
      detail: { entities: Named[] };
    };
    for (const earlier of before)
      await world.deliver(alertAbout('1', 'Unknown', detail.entities, { severity: earlier }));
    const { perAccount } = POLICY.limits.slotsReservedForSevere;
    for (let n = perAccount; n < POLICY.limits.automaticPerMinute.perAccount; n++)
      await world.runtime.store.limiter.reserve(
        POLICY.account,
        {
          ...{ actionId: `act-${n}`, incidentId: `inc-${n}`, name: `action-${n}` },
          target: { kind: 'ip', value: `203.0.113.${n}` },
          isSevere: false,
        },
        POLICY.limits,
        () => NOW,
      );
    await world.deliver({ ...event, detail: { ...detail, severity } });
    expect((await action()).status).toBe(status);
  });

  test('shows the manual command that returns the message to its original folder', async () => {
    await world.deliver(sample('phishing-mail-exchange'));
    expect((await action()).description?.manualUndo).toEqual([
      expect.stringMatching(/^az rest .*AAkALgInvoice4711\/move.*"destinationId":"AQMkAGinbox="/),
    ]);
  });

  test('hands off the quarantine when the account is not connected to the mail provider', async () => {
    await world.stop();
    world = await createWorld({ policy: { ...POLICY, integrations: {} } });
    await world.deliver(sample('phishing-mail-exchange'));
    expect(folder()).toBe('Inbox');
    expect(await action()).toMatchObject({ status: 'handed-off', mechanism: null });
    expect(world.subjectsTo('ana.silva')).toContain(
      'You decide whether to quarantine the message finance@example.com/AAMkAG0-AAkALgInvoice4711',
    );
  });
});

describe('a dangerous message in Gmail', () => {
  const labels = () => world.runtime.mail.gmail()['lee.chen@example.org']?.messages[0]?.labelIds;

  test('removes the labels that show the message, and restores all labels when the time is over', async () => {
    const before = labels();
    await world.deliver(sample('phishing-mail-gmail'));
    expect(labels()).toHaveLength(1);
    expect(await action()).toMatchObject({ status: 'in-force', mechanism: 'mail.gmail-message' });
    await world.pass(5.5);
    expect(labels()).toEqual(before);
    expect((await action()).status).toBe('reversed');
  });
});
