// Quarantine in Exchange Online, over real HTTP: what owners and Microsoft Graph do meanwhile, and what is said of it.
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
import { Denied, InvalidInput, NotFound, StateChanged, Throttled } from '../../domain/errors.ts';
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

test('a message goes into a hidden folder that is made for it, and back into exactly the folder it came from', async () => {
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

test('the folder is made once', async () => {
  for (let i = 0; i < 2; i++) {
    const { mail, before } = await applied();
    await mail.revert(subject, before);
  }
  const { folders } = office.mailbox();
  expect(folders.filter(({ displayName }) => displayName === QUARANTINE)).toHaveLength(1);
});

test('of two that make the folder at once, the later one uses the other’s', async () => {
  const mail = driver();
  const before = await mail.capture(subject);
  server.interrupt('/mailFolders', () => answering(200, { value: [] }));
  office.change(({ folders }) =>
    folders.push({ ...folders[0]!, id: 'AAMkAGtheirs=', displayName: QUARANTINE, isHidden: true }),
  );
  await mail.apply(subject, before);
  expect(office.place()).toBe(QUARANTINE);
});

test('a message whose id has changed, because a rule moved it, is found by the name that its sender gave it', async () => {
  office.ownerMoves('Archive');
  const { mail, before } = await applied();
  await mail.revert(subject, before);
  expect(office.place()).toBe('Archive');
});

describe('what cannot be found', () => {
  const { internetMessageId: _, ...attributes } = exchangeEmail.attributes;
  const without = { ...subject, target: { ...exchangeEmail, attributes } };

  test('a message that was deleted', async () => {
    office.change(({ messages }) => void messages.shift());
    await expect(driver().capture(subject)).rejects.toThrow(NotFound);
    await expect(driver().capture(without)).rejects.toThrow('does not hold the message');
  });

  test('one of several that carry the same name', async () => {
    office.ownerMoves('Archive');
    office.change(({ messages }) => messages.push({ ...messages[0]!, immutableId: 'AAkALgCopy1' }));
    await expect(driver().capture(subject)).rejects.toThrow('several messages have its ID');
  });

  test('anything by a name that is a query: it is taken as a name', async () => {
    office.ownerMoves('Archive');
    const internetMessageId = `x' or internetMessageId eq '<lunch@example.com>`;
    const target = { ...exchangeEmail, attributes: { ...attributes, internetMessageId } };
    await expect(driver().capture({ ...subject, target })).rejects.toThrow(
      'the mailbox does not hold the message',
    );
  });

  test('a mailbox that is not there', async () => {
    office.file.write({});
    const error: unknown = await driver()
      .capture(subject)
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(NotFound);
    expect((error as Error).message).toContain('ErrorInvalidUser');
  });

  test('anything that is no message in a mailbox', async () => {
    const odd = { ...subject, target: { ...exchangeEmail, value: '../../users/x' } };
    await expect(driver().capture(odd)).rejects.toThrow(InvalidInput);
    expect(server.asked).toEqual([]);
  });
});

describe('what the owner did meanwhile is left alone, and the refusal says where the message is', () => {
  const refused = async () => {
    const { mail, before } = await applied();
    return {
      mail,
      by: async (deed: () => void) => {
        deed();
        const left = office.mailbox();
        const error: unknown = await mail.revert(subject, before).catch((one: unknown) => one);
        expect(error).toBeInstanceOf(StateChanged);
        expect(office.mailbox()).toEqual(left);
        return (error as Error).message;
      },
    };
  };

  test('moved it elsewhere', async () => {
    const { by } = await refused();
    expect(await by(() => office.ownerMoves('Deleted Items'))).toBe(
      'the message is in the folder “Deleted Items”: someone moved it',
    );
  });

  test('deleted it for good', async () => {
    const { by } = await refused();
    const why = await by(() => office.change(({ messages }) => void messages.shift()));
    expect(why).toContain('no longer holds the message');
  });

  test('deleted the folder that it came from', async () => {
    const { by } = await refused();
    const why = await by(() =>
      office.change(({ folders }) => {
        folders.splice(
          folders.findIndex((one) => one.displayName === 'Invoices'),
          1,
        );
      }),
    );
    expect(why).toBe(
      'the folder “Invoices”, out of which it came, is gone; the message remains in quarantine',
    );
  });

  test('put that folder into Deleted Items', async () => {
    const { by } = await refused();
    const why = await by(() =>
      office.change(({ folders }) => {
        folders.find((one) => one.displayName === 'Invoices')!.parentFolderId =
          'AQMkAGdeleteditems=';
      }),
    );
    expect(why).toContain('“Invoices”, out of which it came, was deleted');
  });

  test('but moved that folder elsewhere: the message follows it', async () => {
    const { mail, before } = await applied();
    office.change(({ folders }) => {
      folders.find((one) => one.displayName === 'Invoices')!.parentFolderId = 'AQMkAGarchive=';
    });
    await mail.revert(subject, before);
    expect(office.place()).toBe('Invoices');
  });

  test('between the look and the act: then nothing is done', async () => {
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
  test('is waited for as long as it asks', async () => {
    server.interrupt('/move', () => answering(429, THROTTLED, { 'retry-after': '10' }));
    await applied();
    expect(server.slept).toEqual([10_000]);
    expect(server.asked.filter((one) => one.endsWith('/move'))).toHaveLength(2);
  });

  test('is not waited for longer than a function lives: the state machine tries later', async () => {
    const mail = driver();
    const before = await mail.capture(subject);
    server.interrupt('/move', () => answering(429, THROTTLED, { 'retry-after': '300' }));
    await expect(mail.apply(subject, before)).rejects.toThrow(Throttled);
    expect(server.slept).toEqual([]);
  });

  const grants = () => server.asked.filter((one) => one.endsWith('/token')).length;

  test('is asked for one token, and for another when that is over', async () => {
    const { mail, before } = await applied();
    expect(grants()).toBe(1);
    at = new Date(NOW.getTime() + 2 * 3600_000);
    await mail.revert(subject, before);
    expect(grants()).toBe(2);
  });

  test('may refuse a token before its time: it gets another one, once', async () => {
    const expired = { error: { code: 'InvalidAuthenticationToken', message: 'expired' } };
    server.interrupt('/move', () => answering(401, expired));
    await applied();
    expect(grants()).toBe(2);
  });

  test.each([
    [{ clientSecret: 'rotated' }, 'AADSTS7000215'],
    [{ clientId: 'someone-else' }, 'AADSTS700016'],
  ])('refuses an app that it does not know (%o)', async (change, code) => {
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
