// Secrets and tokens: read when needed, cached for a while, never shown.
import { beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { Denied, InvalidInput, NotFound } from '../../functions/domain/errors.ts';
import { awsFailure } from '../../functions/mechanisms/stand-in.ts';
import { createTokenCache } from '../../functions/platform/oauth-token.ts';
import { type SecretClients, secretOf } from '../../functions/platform/secret.ts';
import { NOW } from '../fixtures/case.ts';

let at: number;
let held: string | Error;
let reads: number;
beforeEach(() => {
  [at, held, reads] = [NOW.getTime(), '{"key": "s3cret"}', 0];
});
const now = () => new Date(at);
const minutesPass = (minutes: number) => {
  at += minutes * 60_000;
};

describe('a secret', () => {
  const secretsManager = {
    getSecretValue: async () => {
      reads += 1;
      if (held instanceof Error) throw held;
      return { SecretString: held, $metadata: {} };
    },
  } as SecretClients['secretsManager'];
  const secret = () =>
    secretOf({ secretsManager, now }, 'arn:aws:secretsmanager:x', z.object({ key: z.string() }));

  test('reads a secret on first use, and again after five minutes', async () => {
    const ask = secret();
    expect(reads).toBe(0);
    expect([await ask(), await ask()]).toEqual([{ key: 's3cret' }, { key: 's3cret' }]);
    expect(reads).toBe(1);
    held = '{"key": "rotated"}';
    minutesPass(5);
    expect(await ask()).toEqual({ key: 'rotated' });
  });

  test('reads a secret again after a failed read', async () => {
    const ask = secret();
    held = awsFailure('ResourceNotFoundException', 400, 'no such secret');
    await expect(ask()).rejects.toThrow(NotFound);
    held = '{"key": "s3cret"}';
    expect(await ask()).toEqual({ key: 's3cret' });
  });

  test.each(['s3cret', '{"key": ["s3cret"]}', '{"kye": "s3cret"}', ''])(
    'throws InvalidInput for a secret of another shape (%j), and does not quote it',
    async (text) => {
      held = text;
      const error: unknown = await secret()().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidInput);
      const shown = JSON.stringify([String(error), (error as Error).cause]);
      expect(shown).not.toContain('s3cret');
      expect(shown).toMatch(/key|the whole value/);
    },
  );
});

describe('a token', () => {
  let granted: number;
  const keeper = () => {
    granted = 0;
    return createTokenCache(
      async () => ({ access_token: `t${++granted}`, token_type: 'Bearer', expires_in: 3600 }),
      now,
    );
  };
  const echo = async (token: string) => token;

  test('keeps a token until two minutes before it expires', async () => {
    const withToken = keeper();
    expect(await withToken(echo)).toBe('t1');
    minutesPass(57);
    expect(await withToken(echo)).toBe('t1');
    minutesPass(1);
    expect(await withToken(echo)).toBe('t2');
  });

  test('requests a new token once when a token is rejected', async () => {
    const withToken = keeper();
    const used: string[] = [];
    const refusing = (refused: string[]) =>
      withToken(async (token) => {
        used.push(token);
        if (refused.includes(token)) throw new Denied('expired', { status: 401 });
        return token;
      });
    expect(await refusing(['t1'])).toBe('t2');
    await expect(refusing(['t2', 't3'])).rejects.toThrow(Denied);
    expect(used).toEqual(['t1', 't2', 't2', 't3']);
  });

  test('requests no new token when the caller lacks permission', async () => {
    const forbidden = keeper()(() => Promise.reject(new Denied('no', { status: 403 })));
    await expect(forbidden).rejects.toThrow(Denied);
    expect(granted).toBe(1);
  });
});
