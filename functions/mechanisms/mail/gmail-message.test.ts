// Quarantine in Gmail, over real HTTP: what owners and Gmail do meanwhile, and what is said of it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NOW } from '../../../test/fixtures/case.ts';
import {
  answering,
  type MailServer,
  startMailServer,
} from '../../../test/mechanisms/mail/loopback.ts';
import { gmail, gmailSubject as subject } from '../../../test/mechanisms/mail/mailboxes.ts';
import { Denied, InvalidInput, NotFound, StateChanged, Throttled } from '../../domain/errors.ts';
import { connected } from '../mechanism.ts';
import { quarantineInGmail } from './gmail-message.ts';

let server: MailServer;
let domain: ReturnType<typeof gmail>;
let at: Date;
beforeAll(async () => {
  server = await startMailServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  at = NOW;
  domain = gmail(server.clients, () => at);
  server.serves(domain.app);
});

const driver = () => connected(quarantineInGmail, domain.clients).driver;
const QUARANTINE = 'Countermand Quarantine';
const BEFORE = ['CATEGORY_UPDATES', 'INBOX', 'Invoices', 'UNREAD'];

async function applied() {
  const mail = driver();
  const before = await mail.capture(subject);
  await mail.apply(subject, before);
  return { mail, before };
}
const refusal = (step: Promise<unknown>) =>
  step.then(
    () => expect.fail('it was not refused'),
    (error: unknown) => error as Error,
  );

test('a message keeps one label, which hides it, and gets exactly those back that it had', async () => {
  const { mail, before } = await applied();
  expect(domain.labels()).toEqual([QUARANTINE]);
  expect(await mail.verify(subject, before)).toEqual({
    holds: true,
    found: `The message has the labels “${QUARANTINE}”`,
  });
  await mail.revert(subject, before);
  expect(domain.labels()).toEqual(BEFORE);
});

test('labels that nobody can take stay on it', async () => {
  domain.ownerLabels(['INBOX', 'SENT']);
  const { mail, before } = await applied();
  expect(domain.labels().sort()).toEqual([QUARANTINE, 'SENT']);
  await mail.revert(subject, before);
  expect(domain.labels()).toEqual(['INBOX', 'SENT']);
});

test('a message without any label is hidden and shown again', async () => {
  domain.ownerLabels([]);
  const { mail, before } = await applied();
  expect(domain.labels()).toEqual([QUARANTINE]);
  await mail.revert(subject, before);
  expect(domain.labels()).toEqual([]);
});

test('of two that make the label at once, the later one uses the other’s', async () => {
  const mail = driver();
  const before = await mail.capture(subject);
  server.interrupt('/labels', () => answering(200, { labels: [] }));
  domain.change(({ labels }) => labels.push({ id: 'Label_9', name: QUARANTINE, type: 'user' }));
  await mail.apply(subject, before);
  expect(domain.labels()).toEqual([QUARANTINE]);
});

describe('what the owner did meanwhile is left alone, and the refusal says what was found', () => {
  const undoneAfter = async (deed: () => void) => {
    const { mail, before } = await applied();
    deed();
    const left = domain.mailbox();
    const error = await refusal(mail.revert(subject, before));
    expect(error).toBeInstanceOf(StateChanged);
    expect(domain.mailbox()).toEqual(left);
    return error.message;
  };

  test.each(['TRASH', 'SPAM'])('threw it away (%s)', async (bin) => {
    const labels = () => domain.mailbox().messages[0]!.labelIds;
    expect(await undoneAfter(() => domain.ownerLabels([...labels(), bin]))).toBe(
      `the message is in ${bin}: someone threw it away`,
    );
  });

  test('took it out of quarantine, to somewhere else', async () => {
    expect(await undoneAfter(() => domain.ownerLabels([]))).toBe(
      'the message has no labels, and is not in quarantine: someone moved it',
    );
  });

  test('deleted it for good', async () => {
    const deleted = () => domain.change(({ messages }) => void messages.shift());
    expect(await undoneAfter(deleted)).toContain('no longer holds the message');
  });

  test('deleted a label that it had', async () => {
    const deleted = () =>
      domain.change((mailbox) => {
        mailbox.labels = mailbox.labels.filter(({ name }) => name !== 'Invoices');
      });
    expect(await undoneAfter(deleted)).toBe(
      'the labels “Invoices” that it had are gone; it remains in quarantine',
    );
  });

  test('but put it back, and read it: then nothing of ours is left', async () => {
    const { mail, before } = await applied();
    domain.ownerLabels(['CATEGORY_UPDATES', 'INBOX', 'Label_7']);
    await mail.revert(subject, before);
    expect(domain.labels()).toEqual(['CATEGORY_UPDATES', 'INBOX', 'Invoices']);
    expect((await mail.verifyReverted(subject, before)).holds).toBe(true);
  });

  test('between the look and the act: then nothing is done', async () => {
    const mail = driver();
    const before = await mail.capture(subject);
    domain.ownerLabels(['TRASH']);
    await expect(mail.apply(subject, before)).rejects.toThrow(
      'the message was moved in the meantime: it is in TRASH',
    );
    expect(domain.labels()).toEqual(['TRASH']);
  });
});

describe('what cannot be found', () => {
  test('a message that was deleted', async () => {
    domain.change(({ messages }) => void messages.shift());
    expect(await refusal(driver().capture(subject))).toBeInstanceOf(NotFound);
  });

  test('a user that is not there', async () => {
    domain.file.write({});
    const error = await refusal(driver().capture(subject));
    expect(error).toBeInstanceOf(NotFound);
    expect(error.message).toContain('Invalid email or User ID');
  });

  test('a user without a mailbox', async () => {
    const message = 'Mail service not enabled';
    const body = { error: { code: 400, message, errors: [{ reason: 'failedPrecondition' }] } };
    server.interrupt('/messages/18c2f0a1b2c3d4e5', () => answering(400, body));
    const error = await refusal(driver().capture(subject));
    expect(error).toBeInstanceOf(NotFound);
    expect(error.message).toContain(message);
  });
});

describe('Gmail', () => {
  const limited = { error: { code: 403, errors: [{ reason: 'userRateLimitExceeded' }] } };
  const grants = () => server.asked.filter((one) => one.endsWith('/token')).length;

  test('is waited for as long as it asks', async () => {
    const busy = () => answering(429, limited, { 'retry-after': '3' });
    server.interrupt('/modify', busy);
    await applied();
    expect(server.slept).toEqual([3000]);
  });

  test('says 403 when it is asked too often: that is no lack of rights', async () => {
    const mail = driver();
    const before = await mail.capture(subject);
    server.interrupt('/modify', () => answering(403, limited));
    expect(await refusal(mail.apply(subject, before))).toBeInstanceOf(Throttled);
  });

  test('is asked for one token, for another when that is over, and for another when it is refused', async () => {
    const { mail, before } = await applied();
    expect(grants()).toBe(1);
    at = new Date(NOW.getTime() + 2 * 3600_000);
    server.interrupt('/modify', () =>
      answering(401, { error: { code: 401, status: 'UNAUTHENTICATED' } }),
    );
    await mail.revert(subject, before);
    expect(grants()).toBe(3);
    expect(domain.labels()).toEqual(BEFORE);
  });

  test('refuses a key that is not the service account’s', async () => {
    const secret = await domain.clients.secret();
    domain.clients.secret = async () => ({ ...secret, client_email: 'x@example.com' });
    expect(await refusal(driver().capture(subject))).toBeInstanceOf(Denied);
  });

  test('is not asked with a key that cannot be read, and nothing shows it', async () => {
    const secret = await domain.clients.secret();
    const private_key = '-----BEGIN PRIVATE KEY-----\nNEVER+SHOWN\n-----END PRIVATE KEY-----';
    domain.clients.secret = async () => ({ ...secret, private_key });
    const error = await refusal(driver().capture(subject));
    expect(error).toBeInstanceOf(InvalidInput);
    expect(JSON.stringify([error.message, error.cause ?? null])).not.toContain('SHOWN');
    expect(server.asked).toEqual([]);
  });
});
