// Quarantine in Exchange Online over HTTP: owners' changes, Graph errors.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NOW } from '../../../test/fixtures/case.ts';
import {
  answering,
  type MailServer,
  startMailServer,
} from '../../../test/mechanisms/mail/loopback.ts';
import {
  exchange,
  exchangeEmail,
  exchangeSubject as subject,
} from '../../../test/mechanisms/mail/mailboxes.ts';
import {
  Denied,
  InvalidInput,
  NotFound,
  StateChanged,
  TargetGone,
  Throttled,
} from '../../domain/errors.ts';
import { connected } from '../mechanism.ts';
import { quarantineInGraph } from './graph-message.ts';

let server: MailServer;
let office: ReturnType<typeof exchange>;
let at: Date;
beforeAll(async () => {
  server = await startMailServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  at = NOW;
  office = exchange(server.clients, () => at);
  server.serves(office.app);
});

const driver = () => connected(quarantineInGraph, office.clients).driver;
const QUARANTINE = 'Countermand Quarantine';
const THROTTLED = { error: { code: 'ApplicationThrottled', message: 'too many requests' } };

async function applied() {
  const mail = driver();
  const before = await mail.capture(subject);
  await mail.apply(subject, before);
  expect(office.place()).toBe(QUARANTINE);
  return { mail, before };
}

test('moves a message to a hidden folder that it creates, and back to its original folder', async () => {
  const { mail, before } = await applied();
  expect(office.mailbox().folders.at(-1)).toMatchObject({
    displayName: QUARANTINE,
    isHidden: true,
  });
  expect(await mail.verify(subject, before)).toEqual({
    holds: true,
    found: `The message is in the folder “${QUARANTINE}”`,
  });
  await mail.revert(subject, before);
  expect(office.place()).toBe('Invoices');
  expect(await mail.verifyReverted(subject, before)).toEqual({
    holds: true,
    found: 'The message is in the folder “Invoices”',
  });
});

test('creates the quarantine folder once', async () => {
  for (let i = 0; i < 2; i++) {
    const { mail, before } = await applied();
    await mail.revert(subject, before);
  }
  const { folders } = office.mailbox();
  expect(folders.filter(({ displayName }) => displayName === QUARANTINE)).toHaveLength(1);
});

test('uses the existing folder when another writer creates it at the same time', async () => {
  const mail = driver();
  const before = await mail.capture(subject);
  server.interrupt('/mailFolders', () => answering(200, { value: [] }));
  office.change(({ folders }) =>
    folders.push({ ...folders[0]!, id: 'AAMkAGtheirs=', displayName: QUARANTINE, isHidden: true }),
  );
  await mail.apply(subject, before);
  expect(office.place()).toBe(QUARANTINE);
});

test('finds a message with a changed ID by its Internet message ID', async () => {
  office.ownerMoves('Archive');
  const { mail, before } = await applied();
  await mail.revert(subject, before);
  expect(office.place()).toBe('Archive');
});

describe('a missing message', () => {
  const { internetMessageId: _, ...attributes } = exchangeEmail.attributes;
  const without = { ...subject, target: { ...exchangeEmail, attributes } };

  test('throws TargetGone for a deleted message', async () => {
    office.change(({ messages }) => void messages.shift());
    await expect(driver().capture(subject)).rejects.toThrow(TargetGone);
    await expect(driver().capture(without)).rejects.toThrow('no longer holds the message');
  });

  test('throws NotFound when several messages have the same Internet message ID', async () => {
    office.ownerMoves('Archive');
    office.change(({ messages }) => messages.push({ ...messages[0]!, immutableId: 'AAkALgCopy1' }));
    await expect(driver().capture(subject)).rejects.toThrow('several messages have its ID');
  });

  test('escapes an Internet message ID that contains a query', async () => {
    office.ownerMoves('Archive');
    const internetMessageId = `x' or internetMessageId eq '<lunch@example.com>`;
    const target = { ...exchangeEmail, attributes: { ...attributes, internetMessageId } };
    await expect(driver().capture({ ...subject, target })).rejects.toThrow(
      'the mailbox no longer holds the message',
    );
  });

  test('throws NotFound for a missing mailbox', async () => {
    office.file.write({});
    const error: unknown = await driver()
      .capture(subject)
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(NotFound);
    // A mailbox can be restored, with the message in quarantine.
    expect(error).not.toBeInstanceOf(TargetGone);
    expect((error as Error).message).toContain('ErrorInvalidUser');
  });

  test('throws InvalidInput for a target that is not a message in a mailbox', async () => {
    const odd = { ...subject, target: { ...exchangeEmail, value: '../../users/x' } };
    await expect(driver().capture(odd)).rejects.toThrow(InvalidInput);
    expect(server.asked).toEqual([]);
  });
});

describe('changes by the owner', () => {
  const refused = async () => {
    const { mail, before } = await applied();
    return {
      mail,
      by: async (deed: () => void, becomes: typeof StateChanged = StateChanged) => {
        deed();
        const left = office.mailbox();
        const error: unknown = await mail.revert(subject, before).catch((one: unknown) => one);
        expect(error).toBeInstanceOf(becomes);
        expect(office.mailbox()).toEqual(left);
        return (error as Error).message;
      },
    };
  };

  test('revert throws StateChanged with the folder if the owner moved the message', async () => {
    const { by } = await refused();
    expect(await by(() => office.ownerMoves('Deleted Items'))).toBe(
      'the message is in the folder “Deleted Items”: someone moved it',
    );
  });

  test('revert throws TargetGone if the owner deleted the message permanently', async () => {
    const { by } = await refused();
    const why = await by(() => office.change(({ messages }) => void messages.shift()), TargetGone);
    expect(why).toContain('no longer holds the message');
  });

  test('revert throws StateChanged if the owner deleted the original folder', async () => {
    const { by } = await refused();
    const why = await by(() =>
      office.change(({ folders }) => {
        folders.splice(
          folders.findIndex((one) => one.displayName === 'Invoices'),
          1,
        );
      }),
    );
    expect(why).toBe('its original folder “Invoices” is gone; the message remains in quarantine');
  });

  test('revert throws StateChanged if the original folder is in Deleted Items', async () => {
    const { by } = await refused();
    const why = await by(() =>
      office.change(({ folders }) => {
        folders.find((one) => one.displayName === 'Invoices')!.parentFolderId =
          'AQMkAGdeleteditems=';
      }),
    );
    expect(why).toContain('original folder “Invoices” was deleted');
  });

  test('revert moves the message to its original folder even if that was moved', async () => {
    const { mail, before } = await applied();
    office.change(({ folders }) => {
      folders.find((one) => one.displayName === 'Invoices')!.parentFolderId = 'AQMkAGarchive=';
    });
    await mail.revert(subject, before);
    expect(office.place()).toBe('Invoices');
  });

  test('apply throws StateChanged if the owner moved the message after the capture', async () => {
    const mail = driver();
    const before = await mail.capture(subject);
    office.ownerMoves('Archive');
    await expect(mail.apply(subject, before)).rejects.toThrow(
      'the message was moved in the meantime; it is in the folder “Archive”',
    );
    expect(office.place()).toBe('Archive');
  });
});

describe('Microsoft Graph', () => {
  test('calls Microsoft Graph again after the time that it asks for', async () => {
    server.interrupt('/move', () => answering(429, THROTTLED, { 'retry-after': '10' }));
    await applied();
    expect(server.slept).toEqual([10_000]);
    expect(server.asked.filter((one) => one.endsWith('/move'))).toHaveLength(2);
  });

  test('throws Throttled if Microsoft Graph asks for a longer wait than a function allows', async () => {
    const mail = driver();
    const before = await mail.capture(subject);
    server.interrupt('/move', () => answering(429, THROTTLED, { 'retry-after': '300' }));
    await expect(mail.apply(subject, before)).rejects.toThrow(Throttled);
    expect(server.slept).toEqual([]);
  });

  const grants = () => server.asked.filter((one) => one.endsWith('/token')).length;

  test('requests a new token only after the first has expired', async () => {
    const { mail, before } = await applied();
    expect(grants()).toBe(1);
    at = new Date(NOW.getTime() + 2 * 3600_000);
    await mail.revert(subject, before);
    expect(grants()).toBe(2);
  });

  test('requests one new token when the first is rejected before it expires', async () => {
    const expired = { error: { code: 'InvalidAuthenticationToken', message: 'expired' } };
    server.interrupt('/move', () => answering(401, expired));
    await applied();
    expect(grants()).toBe(2);
  });

  test.each([
    [{ clientSecret: 'rotated' }, 'AADSTS7000215'],
    [{ clientId: 'someone-else' }, 'AADSTS700016'],
  ])('throws Denied for an unknown app (%o)', async (change, code) => {
    const secret = { ...(await office.clients.secret()), ...change };
    office.clients.secret = async () => secret;
    const error: unknown = await driver()
      .capture(subject)
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(Denied);
    expect((error as Error).message).toContain(code);
    expect((error as Error).message).not.toContain(secret.clientSecret);
  });
});
