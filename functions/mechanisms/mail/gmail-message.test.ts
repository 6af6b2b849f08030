// Quarantine in Gmail over HTTP: changes by owners and errors of Gmail.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NOW } from '../../../test/fixtures/case.ts';
import {
  answering,
  type MailServer,
  startMailServer,
} from '../../../test/mechanisms/mail/loopback.ts';
import { gmail, gmailSubject as subject } from '../../../test/mechanisms/mail/mailboxes.ts';
import {
  Denied,
  InvalidInput,
  NotFound,
  StateChanged,
  TargetGone,
  Throttled,
} from '../../domain/errors.ts';
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

test('leaves only the quarantine label, and restores exactly the previous labels', async () => {
  const { mail, before } = await applied();
  expect(domain.labels()).toEqual([QUARANTINE]);
  expect(await mail.verify(subject, before)).toEqual({
    holds: true,
    found: `The message has the labels “${QUARANTINE}”`,
  });
  await mail.revert(subject, before);
  expect(domain.labels()).toEqual(BEFORE);
});

test('keeps labels that cannot be removed', async () => {
  domain.ownerLabels(['INBOX', 'SENT']);
  const { mail, before } = await applied();
  expect(domain.labels().sort()).toEqual([QUARANTINE, 'SENT']);
  await mail.revert(subject, before);
  expect(domain.labels()).toEqual(['INBOX', 'SENT']);
});

test('quarantines a message without labels and restores it', async () => {
  domain.ownerLabels([]);
  const { mail, before } = await applied();
  expect(domain.labels()).toEqual([QUARANTINE]);
  await mail.revert(subject, before);
  expect(domain.labels()).toEqual([]);
});

test('uses the existing label when another writer creates it at the same time', async () => {
  const mail = driver();
  const before = await mail.capture(subject);
  server.interrupt('/labels', () => answering(200, { labels: [] }));
  domain.change(({ labels }) => labels.push({ id: 'Label_9', name: QUARANTINE, type: 'user' }));
  await mail.apply(subject, before);
  expect(domain.labels()).toEqual([QUARANTINE]);
});

describe('changes by the owner', () => {
  const undoneAfter = async (deed: () => void, becomes: typeof StateChanged = StateChanged) => {
    const { mail, before } = await applied();
    deed();
    const left = domain.mailbox();
    const error = await refusal(mail.revert(subject, before));
    expect(error).toBeInstanceOf(becomes);
    expect(domain.mailbox()).toEqual(left);
    return error.message;
  };

  test.each(['TRASH', 'SPAM'])(
    'revert throws StateChanged if the owner moved the message to %s',
    async (bin) => {
      const labels = () => domain.mailbox().messages[0]!.labelIds;
      expect(await undoneAfter(() => domain.ownerLabels([...labels(), bin]))).toBe(
        `the message is in ${bin}: someone threw it away`,
      );
    },
  );

  test('revert throws StateChanged if the owner removed all labels', async () => {
    expect(await undoneAfter(() => domain.ownerLabels([]))).toBe(
      'the message has no labels, and is not in quarantine: someone moved it',
    );
  });

  test('revert throws TargetGone if the owner deleted the message permanently', async () => {
    const deleted = () => domain.change(({ messages }) => void messages.shift());
    expect(await undoneAfter(deleted, TargetGone)).toContain('no longer holds the message');
  });

  test('revert throws StateChanged if the owner deleted a previous label', async () => {
    const deleted = () =>
      domain.change((mailbox) => {
        mailbox.labels = mailbox.labels.filter(({ name }) => name !== 'Invoices');
      });
    expect(await undoneAfter(deleted)).toBe(
      'the labels “Invoices” that it had are gone; it remains in quarantine',
    );
  });

  test('revert changes nothing if the owner restored and read the message', async () => {
    const { mail, before } = await applied();
    domain.ownerLabels(['CATEGORY_UPDATES', 'INBOX', 'Label_7']);
    await mail.revert(subject, before);
    expect(domain.labels()).toEqual(['CATEGORY_UPDATES', 'INBOX', 'Invoices']);
    expect((await mail.verifyReverted(subject, before)).holds).toBe(true);
  });

  test('apply throws StateChanged if the owner moved the message after the capture', async () => {
    const mail = driver();
    const before = await mail.capture(subject);
    domain.ownerLabels(['TRASH']);
    await expect(mail.apply(subject, before)).rejects.toThrow(
      'the message was moved in the meantime: it is in TRASH',
    );
    expect(domain.labels()).toEqual(['TRASH']);
  });
});

describe('a missing message', () => {
  test('throws NotFound for a deleted message', async () => {
    domain.change(({ messages }) => void messages.shift());
    expect(await refusal(driver().capture(subject))).toBeInstanceOf(NotFound);
  });

  test('throws NotFound for an unknown user', async () => {
    domain.file.write({});
    const error = await refusal(driver().capture(subject));
    expect(error).toBeInstanceOf(NotFound);
    expect(error.message).toContain('Invalid email or User ID');
  });

  test('throws NotFound for a user without a mailbox', async () => {
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

  test('calls Gmail again after the time that it asks for', async () => {
    const busy = () => answering(429, limited, { 'retry-after': '3' });
    server.interrupt('/modify', busy);
    await applied();
    expect(server.slept).toEqual([3000]);
  });

  test('throws Throttled for a 403 that reports a rate limit', async () => {
    const mail = driver();
    const before = await mail.capture(subject);
    server.interrupt('/modify', () => answering(403, limited));
    expect(await refusal(mail.apply(subject, before))).toBeInstanceOf(Throttled);
  });

  test('requests a new token only after the first has expired or was rejected', async () => {
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

  test('throws Denied for a key that does not belong to the service account', async () => {
    const secret = await domain.clients.secret();
    domain.clients.secret = async () => ({ ...secret, client_email: 'x@example.com' });
    expect(await refusal(driver().capture(subject))).toBeInstanceOf(Denied);
  });

  test('throws InvalidInput without the key for an invalid key, and makes no call', async () => {
    const secret = await domain.clients.secret();
    const private_key = '-----BEGIN PRIVATE KEY-----\nNEVER+SHOWN\n-----END PRIVATE KEY-----';
    domain.clients.secret = async () => ({ ...secret, private_key });
    const error = await refusal(driver().capture(subject));
    expect(error).toBeInstanceOf(InvalidInput);
    expect(JSON.stringify([error.message, error.cause ?? null])).not.toContain('SHOWN');
    expect(server.asked).toEqual([]);
  });
});
