// Links under a KMS key: what KMS refuses is a bad link; what KMS cannot do is a fault of ours.
import { describe, expect, test } from 'vitest';
import { Denied, Unavailable } from '../../functions/domain/errors.ts';
import { createKmsMac } from '../../functions/web/kms-mac.ts';
import { issueLink, readLink } from '../../functions/web/link.ts';
import { NOW } from '../fixtures/case.ts';
import { mac as local, minute } from './desk.ts';

type Kms = Parameters<typeof createKmsMac>[0];
const named = (name: string) => Object.assign(new Error(name), { name });
/** KMS as its API reference describes it: an invalid MAC is an exception. */
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

describe('a link under a KMS key', () => {
  test('opens', async () => {
    const mac = createKmsMac(kms(), 'key');
    const token = await issueLink(mac, claims);
    expect(await readLink(mac, token, 'approve', NOW)).toMatchObject({ ok: true });
  });

  test('is not sent without a MAC', async () => {
    const mac = createKmsMac(
      { ...kms(), generateMac: (async () => ({ $metadata: {} })) as Kms['generateMac'] },
      'key',
    );
    await expect(issueLink(mac, claims)).rejects.toThrow(Unavailable);
  });

  test('that KMS finds forged is refused', async () => {
    const mac = createKmsMac(kms(), 'key');
    const token = await issueLink(mac, claims);
    expect(await readLink(mac, `A${token.slice(1)}`, 'approve', NOW)).toMatchObject({ ok: false });
  });

  test('is not called forged when KMS denies us the look', async () => {
    const mac = createKmsMac(kms(named('AccessDeniedException')), 'key');
    const token = await issueLink(mac, claims);
    await expect(readLink(mac, token, 'approve', NOW)).rejects.toThrow(Denied);
  });
});
