// Signed links are valid only as issued, for their purpose, until they expire.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issueLink, type LinkClaims, readLink } from '../../functions/links/link.ts';
import { type Mac, signClaims } from '../../functions/links/signed-claims.ts';
import { createMac } from '../../local/mac.ts';
import { NOW } from '../fixtures/case.ts';
import { mac, minute } from '../web/approval-pages.ts';

const claims: LinkClaims = {
  purpose: 'approve',
  incidentId: 'inc-0123456789abcdef',
  actionId: 'act-0123456789abcdef-1',
  digest: 'a'.repeat(64),
  person: 'ana.silva',
  expires: minute(15).getTime() / 1000,
};
const encoded = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url');
const INVALID = { ok: false, why: 'invalid' };
/** All base64url characters, the separator, and characters that some decoders accept. */
const ALPHABET = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=% '];

describe('a link', () => {
  test('returns the claims of a valid link', async () => {
    const token = await issueLink(mac, claims);
    expect(await readLink(mac, token, 'approve', NOW)).toEqual({ ok: true, claims });
  });

  test('expires at the exact second', async () => {
    const token = await issueLink(mac, claims);
    const last = new Date(minute(15).getTime() - 1);
    expect(await readLink(mac, token, 'approve', last)).toMatchObject({ ok: true });
    expect(await readLink(mac, token, 'approve', minute(15))).toEqual({
      ok: false,
      why: 'expired',
      claims,
    });
  });

  test('rejects a link for another purpose, even when its claims name that purpose', async () => {
    const token = await issueLink(mac, claims);
    expect(await readLink(mac, token, 'review', NOW)).toEqual(INVALID);
    const [, code] = token.split('.');
    const review = Buffer.from(JSON.stringify({ ...claims, purpose: 'review' }));
    const mixed = `${review.toString('base64url')}.${code}`;
    expect(await readLink(mac, mixed, 'review', NOW)).toEqual(INVALID);
    expect(await readLink(mac, mixed, 'approve', NOW)).toEqual(INVALID);
  });

  test('rejects the claims of a review link with a MAC from the approval domain', async () => {
    const payloadOf = (token: string) => token.split('.')[0]!;
    const review = payloadOf(await issueLink(mac, { ...claims, purpose: 'review' }));
    let code = '';
    /** Signs the claims of a review link in the domain of an approval link. */
    const switching: Pick<Mac, 'generate'> = {
      generate: async (message) => {
        const text = new TextDecoder().decode(message);
        const approve = encoded(claims);
        expect(text.endsWith(approve)).toBe(true);
        const switched = new TextEncoder().encode(text.slice(0, -approve.length) + review);
        code = Buffer.from(await mac.generate(switched)).toString('base64url');
        return mac.generate(message);
      },
    };
    await issueLink(switching, claims);
    expect(await readLink(mac, `${review}.${code}`, 'review', NOW)).toEqual(INVALID);
  });

  test('rejects a link of the right domain whose claims name another purpose', async () => {
    const token = await signClaims(mac, 'countermand link v1\nreview', claims);
    expect(await readLink(mac, token, 'review', NOW)).toEqual(INVALID);
  });

  test('rejects a link signed with another key', async () => {
    const token = await issueLink(createMac(new Uint8Array(32).fill(8)), claims);
    expect(await readLink(mac, token, 'approve', NOW)).toEqual(INVALID);
  });

  test('rejects a link in which any character is changed, removed or added', async () => {
    const token = await issueLink(mac, claims);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(token.length - 1),
        fc.constantFrom(...ALPHABET),
        fc.constantFrom('change', 'remove', 'add'),
        async (at, character, how) => {
          const rest = token.slice(how === 'add' ? at : at + 1);
          const forged = token.slice(0, at) + (how === 'remove' ? '' : character) + rest;
          fc.pre(forged !== token);
          expect(await readLink(mac, forged, 'approve', NOW)).toEqual(INVALID);
        },
      ),
      { numRuns: 4000 },
    );
  });

  test('rejects a link with another encoding of the same MAC', async () => {
    const token = await issueLink(mac, claims);
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const spellings = [...last].map((one) => token.slice(0, -1) + one).filter((x) => x !== token);
    for (const spelling of [...spellings, `${token}=`, `${token}==`])
      expect(await readLink(mac, spelling, 'approve', NOW)).toEqual(INVALID);
  });

  test('rejects any text that was not issued as a link', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.base64String().map((text) => `${text}.${text}`),
          fc.json().map((text) => `${Buffer.from(text).toString('base64url')}.AAAA`),
        ),
        async (token) => {
          expect(await readLink(mac, token, 'approve', NOW)).toEqual(INVALID);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('rejects a link that is too long without using the key', async () => {
    let asked = 0;
    const counting = { verify: async () => ++asked > 0 };
    expect(await readLink(counting, `${'A'.repeat(3000)}.AAAA`, 'approve', NOW)).toEqual(INVALID);
    expect(asked).toBe(0);
  });

  test('rejects a link with a valid MAC and claims of another shape', async () => {
    const payload = Buffer.from(JSON.stringify({ ...claims, extra: true })).toString('base64url');
    const message = new TextEncoder().encode(`countermand link v1\napprove\n${payload}`);
    const code = Buffer.from(await mac.generate(message)).toString('base64url');
    expect(await readLink(mac, `${payload}.${code}`, 'approve', NOW)).toEqual(INVALID);
  });
});
