// Whether an API key or a user pool carries the opt-in tag.
import { expect, test } from 'vitest';
import { known } from '../../functions/domain/facts.ts';
import { optInOf, type TagApis } from '../../functions/enrich/opt-in.ts';
import { attacker, customer, partnerKey } from '../fixtures/case.ts';

const asked: unknown[] = [];
const depsWith = (tags: Record<string, string> | Error) => {
  const answer = (input: unknown) => {
    asked.push(input);
    return tags instanceof Error ? Promise.reject(tags) : { tags, Tags: tags };
  };
  return {
    gateway: { getTags: answer } as unknown as TagApis['gateway'],
    cognito: { listTagsForResource: answer } as unknown as TagApis['cognito'],
    readDeadline: () => new AbortController().signal,
    log: () => {},
  };
};

test('reads the tags of a key and of a pool by their ARNs', async () => {
  expect(await optInOf(depsWith({ countermand: 'allowed' }), partnerKey)).toEqual(known(true));
  expect(await optInOf(depsWith({ countermand: 'allowed' }), customer)).toEqual(known(true));
  expect(asked).toEqual([
    { resourceArn: 'arn:aws:apigateway:eu-central-1::/apikeys/k4partner9' },
    {
      ResourceArn: 'arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_EXAMPLE12',
    },
  ]);
});

test.each([
  {},
  { countermand: 'protected' },
  { Countermand: 'allowed' },
  { countermand: 'ALLOWED' },
])('counts the tags %j as no opt-in', async (tags) => {
  expect(await optInOf(depsWith(tags as Record<string, string>), partnerKey)).toEqual(known(false));
});

test('is unknown if the tags cannot be read or the ID is not one', async () => {
  expect(await optInOf(depsWith(new Error('no permission')), customer)).toMatchObject({
    known: false,
    why: expect.stringContaining('no permission'),
  });
  expect(
    await optInOf(depsWith({ countermand: 'allowed' }), { ...partnerKey, value: '../tags' }),
  ).toMatchObject({ known: false });
});

test('is not read for other kinds', async () => {
  expect(await optInOf(depsWith({}), attacker)).toBeNull();
});
