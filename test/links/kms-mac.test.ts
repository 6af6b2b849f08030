// Links signed with a KMS key: forged links, KMS errors and key rotation.
import { describe, expect, test } from 'vitest';
import { Denied, Unavailable } from '../../functions/domain/errors.ts';
import { createKmsMac } from '../../functions/links/kms-mac.ts';
import { issueLink, readLink } from '../../functions/links/link.ts';
import { createMac } from '../../local/mac.ts';
import { NOW } from '../fixtures/case.ts';
import { memoryTable, storeOn } from '../store/memory-table.ts';
import { createPages, mac as local, minute, put, waiting } from '../web/approval-pages.ts';

type Kms = Parameters<typeof createKmsMac>[0];
const named = (name: string) => Object.assign(new Error(name), { name });
/** KMS as in its API reference: an invalid MAC is an exception. */
const kms = (fault?: Error): Kms =>
  ({
    generateMac: async ({ Message }: { Message: Uint8Array }) => ({
      Mac: await local.generate(Message),
    }),
    verifyMac: async ({ Message, Mac }: { Message: Uint8Array; Mac: Uint8Array }) => {
      if (fault) throw fault;
      if (!(await local.verify(Message, Mac))) throw named('KMSInvalidMacException');
      return { MacValid: true };
    },
  }) as unknown as Kms;
const claims = {
  purpose: 'approve' as const,
  incidentId: 'inc-0123456789abcdef',
  actionId: 'act-0123456789abcdef-1',
  digest: 'a'.repeat(64),
  person: 'ana.silva',
  expires: minute(15).getTime() / 1000,
};

describe('a link signed with a KMS key', () => {
  test('accepts a link that was signed with the key', async () => {
    const mac = createKmsMac(kms(), 'key');
    const token = await issueLink(mac, claims);
    expect(await readLink(mac, token, 'approve', NOW)).toMatchObject({ ok: true });
  });

  test('throws Unavailable when KMS returns no MAC', async () => {
    const mac = createKmsMac(
      { ...kms(), generateMac: (async () => ({ $metadata: {} })) as Kms['generateMac'] },
      'key',
    );
    await expect(issueLink(mac, claims)).rejects.toThrow(Unavailable);
  });

  test('rejects a link whose MAC is invalid', async () => {
    const mac = createKmsMac(kms(), 'key');
    const token = await issueLink(mac, claims);
    expect(await readLink(mac, `A${token.slice(1)}`, 'approve', NOW)).toMatchObject({ ok: false });
  });

  test('throws Denied, and does not call the link forged, when KMS denies access', async () => {
    const mac = createKmsMac(kms(named('AccessDeniedException')), 'key');
    const token = await issueLink(mac, claims);
    await expect(readLink(mac, token, 'approve', NOW)).rejects.toThrow(Denied);
  });
});

describe('key rotation', () => {
  const keys = Object.fromEntries(
    ['first', 'second', 'third'].map((id, index) => [
      id,
      createMac(new Uint8Array(32).fill(index + 1)),
    ]),
  );
  /** KMS with three keys. Verifying with the key in `broken` fails. */
  const rotating = (broken?: string): Kms =>
    ({
      generateMac: async ({ KeyId, Message }: { KeyId: string; Message: Uint8Array }) => ({
        Mac: await keys[KeyId]!.generate(Message),
      }),
      verifyMac: async (given: { KeyId: string; Message: Uint8Array; Mac: Uint8Array }) => {
        if (given.KeyId === broken) throw named('KMSInvalidStateException');
        if (!(await keys[given.KeyId]!.verify(given.Message, given.Mac)))
          throw named('KMSInvalidMacException');
        return { MacValid: true };
      },
    }) as unknown as Kms;
  const linkOf = (key: string, previous?: string) =>
    issueLink(createKmsMac(rotating(), key, previous), claims);
  const opened = async (token: string, current: string, previous?: string, broken?: string) =>
    readLink(createKmsMac(rotating(broken), current, previous), token, 'approve', NOW);

  test('accepts links signed with the previous and with the current key', async () => {
    expect(await opened(await linkOf('first'), 'second', 'first')).toMatchObject({ ok: true });
    expect(await opened(await linkOf('second', 'first'), 'second', 'first')).toMatchObject({
      ok: true,
    });
  });

  test('accepts a decision through a link of the previous key, and rejects one of a retired key', async () => {
    const store = storeOn(memoryTable());
    const action = await put(store, waiting());
    const { incidentId, actionId, digest } = action;
    const sent = { ...claims, incidentId, actionId, digest };
    const path = `/approve/${await issueLink(createKmsMac(rotating(), 'first'), sent)}`;
    const form = { verdict: 'approve', reason: '', digest };
    const status = async () => (await store.records.action(incidentId, actionId)).status;
    const twice = createPages(store, { mac: createKmsMac(rotating(), 'third', 'second') });
    expect((await twice.post(path, form)).status).toBe(403);
    expect(await status()).toBe('awaiting-approval');
    const once = createPages(store, { mac: createKmsMac(rotating(), 'second', 'first') });
    expect((await once.post(path, form)).status).toBe(200);
    expect(await status()).toBe('approved');
  });

  test('signs links only with the current key', async () => {
    const token = await linkOf('second', 'first');
    expect(await opened(token, 'second')).toMatchObject({ ok: true });
    expect(await opened(token, 'first')).toMatchObject({ why: 'invalid' });
  });

  test('rejects a link of a retired key as invalid', async () => {
    expect(await opened(await linkOf('first'), 'third', 'second')).toEqual({
      ok: false,
      why: 'invalid',
    });
  });

  test('accepts links of the current key when the previous key fails, and throws for links of the previous key', async () => {
    const current = await linkOf('second');
    expect(await opened(current, 'second', 'first', 'first')).toMatchObject({ ok: true });
    await expect(opened(await linkOf('first'), 'second', 'first', 'first')).rejects.toThrow();
  });
});
