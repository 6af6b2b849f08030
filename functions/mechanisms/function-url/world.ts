// Reads the function URLs that actions hold closed, for the world check.
import type { Lambda } from '@aws-sdk/client-lambda';
import { aws, causedBy } from '../../platform/aws-errors.ts';
import { createHeldReader } from '../held-changes.ts';
import { arnIn, every, type Permissions } from '../permissions.ts';
import { type Entry, isOfFunction, type WorldReader, type Written } from '../world.ts';
import { requireIamInfo } from './require-iam.ts';

export type UrlWorldApi = Pick<Lambda, 'getFunctionUrlConfig'>;

export const worldPermissions: Permissions = (stack) => [
  {
    sid: 'SeeWhichFunctionUrlsAreOpen',
    actions: ['lambda:GetFunctionUrlConfig'],
    resources: [
      every(arnIn(stack, 'lambda', 'function:*'), 'The action may be about any function'),
    ],
  },
];

/** CloudTrail adds the API's version to the names of some of Lambda's events. */
export const written: Written = {
  eventNames: ['UpdateFunctionUrlConfig20211031', 'UpdateFunctionUrlConfig'],
  regionOf: () => null,
  isWriteOf: isOfFunction,
};

/** Lambda lists the URLs of one function only, so each URL is read. */
export function createWorld({ lambda }: { lambda: UrlWorldApi }): WorldReader {
  async function isOpen(name: string): Promise<boolean> {
    try {
      const { AuthType } = await aws('reading a function URL', { function: name }, () =>
        lambda.getFunctionUrlConfig({ FunctionName: name }),
      );
      return AuthType !== 'AWS_IAM';
    } catch (error) {
      if (causedBy(error, 'ResourceNotFoundException')) return false;
      throw error;
    }
  }

  return createHeldReader({
    scope: 'function-url',
    mechanism: requireIamInfo.id,
    written,
    entryOf: ({ target }) => closed(target.value),
    async undone(held) {
      const open = await Promise.all(
        held.map(async ({ target }) => ((await isOpen(target.value)) ? target.value : null)),
      );
      return open.filter((name) => name !== null).map((name) => closed(name).id);
    },
  });
}

const closed = (name: string): Entry => ({
  id: `function-url:${name}`,
  list: name,
  text: `the auth type AWS_IAM of the URL of the function ${name}`,
});
