// The contract of a function URL's auth type, on the stand-in.
import { describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { contract, type Ground } from '../../../test/contract/mechanism-contract.ts';
import { subjectOn, theFunction } from '../../../test/fixtures/case.ts';
import { NotFound } from '../../domain/errors.ts';
import type { StateFile } from '../stand-in.ts';
import { type FunctionUrlClients, requireIam } from './require-iam.ts';
import { createFunctionUrls, type FunctionUrls, openUrl } from './stand-in.ts';

const subject = subjectOn(theFunction);
const name = theFunction.value;

function groundOn(file: StateFile<FunctionUrls>): Ground<FunctionUrlClients> {
  const lambda = createFunctionUrls(file);
  const setTo = (FunctionName: string, AuthType: 'NONE' | 'AWS_IAM') =>
    lambda.updateFunctionUrlConfig({ FunctionName, AuthType });
  return {
    clients: (wrap) => ({ lambda: wrap(lambda) }),
    snapshot: async () => file.read(),
    othersAdd: async () => void (await setTo('another-function', 'AWS_IAM')),
    deleteTarget: async () => {
      const { [name]: _deleted, ...others } = file.read();
      file.write(others);
    },
    othersUndo: async () => void (await setTo(name, 'NONE')),
  };
}

let file: StateFile<FunctionUrls>;

contract('function-url.require-iam, on the stand-in', {
  mechanism: requireIam,
  subject,
  setup: async () => {
    file = inMemory({ [name]: openUrl, 'another-function': openUrl });
    return groundOn(file);
  },
  // The owner deletes the URL and creates a new one, which was never open.
  othersChange: async () => {
    const CreationTime = '2026-12-01T09:00:00.000Z';
    const replaced = { ...openUrl, AuthType: 'AWS_IAM', CreationTime } as const;
    file.write({ ...file.read(), [name]: replaced });
    return `created at ${CreationTime}: it replaced the one`;
  },
});

describe('a function', () => {
  const driver = (urls: FunctionUrls) =>
    requireIam.connect({ lambda: createFunctionUrls(inMemory(urls)) });

  test('throws NotFound on capture for a function without a URL', async () => {
    await expect(driver({}).capture(subject)).rejects.toThrow(NotFound);
  });

  test('throws StateChanged on a second apply if another URL replaced the captured one', async () => {
    const before = { authType: 'NONE', createdAt: '2026-01-01T00:00:00.000Z' } as const;
    const replaced = driver({ [name]: openUrl });
    await expect(replaced.apply(subject, before)).rejects.toThrow('it replaced the one');
    expect((await replaced.verify(subject, before)).holds).toBe(false);
  });

  test('keeps AWS_IAM on revert if the URL required it before', async () => {
    const closed = driver({ [name]: { ...openUrl, AuthType: 'AWS_IAM' } });
    const before = await closed.capture(subject);
    expect(before).toEqual({ authType: 'AWS_IAM', createdAt: openUrl.CreationTime });
    expect(requireIam.alreadyInPlace(before)).toBe(true);
    await closed.revert(subject, before);
    expect((await closed.verify(subject, before)).holds).toBe(true);
  });

  test('returns no effect for a published version', () => {
    const version = { ...theFunction, attributes: { version: '7' } };
    const alert = {} as Parameters<typeof requireIam.effects>[0];
    expect(requireIam.effects(alert, version, null)).toEqual([]);
    expect(requireIam.effects(alert, theFunction, null)).toEqual([{}]);
  });
});
