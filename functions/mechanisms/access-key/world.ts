// Reads the access keys that actions hold inactive, for the world check.
import type { IAM } from '@aws-sdk/client-iam';
import { aws, causedBy } from '../../platform/aws-errors.ts';
import { createHeldReader } from '../held-changes.ts';
import { everyUser, type Permissions } from '../permissions.ts';
import { type Entry, IAM_EVENTS_REGION, type WorldReader, type Written } from '../world.ts';
import { deactivateKeyInfo } from './access-key.ts';

export type KeyWorldApi = Pick<IAM, 'listAccessKeys'>;

export const worldPermissions: Permissions = (stack) => [
  {
    sid: 'SeeWhichKeysAreActive',
    actions: ['iam:ListAccessKeys'],
    resources: [everyUser(stack)],
  },
];

/** CloudFormation activates a key of a template when it updates the key. */
export const written: Written = {
  eventNames: ['UpdateAccessKey'],
  regionOf: () => IAM_EVENTS_REGION,
  isWriteOf: ({ accessKeyId }, list) => accessKeyId === list,
};

export function createWorld({ iam }: { iam: KeyWorldApi }): WorldReader {
  /** The active keys of a user. None if the user no longer exists. */
  async function activeKeysOf(userName: string): Promise<string[]> {
    try {
      const { AccessKeyMetadata = [] } = await aws('reading the keys of a user', { userName }, () =>
        iam.listAccessKeys({ UserName: userName }),
      );
      return AccessKeyMetadata.filter(({ Status }) => Status === 'Active').flatMap(
        ({ AccessKeyId }) => AccessKeyId ?? [],
      );
    } catch (error) {
      if (causedBy(error, 'NoSuchEntityException')) return [];
      throw error;
    }
  }

  return createHeldReader({
    scope: 'access-key',
    mechanism: deactivateKeyInfo.id,
    written,
    entryOf: ({ target }) => inactive(target.value),
    async undone(held) {
      const users = new Set(held.map(({ parameters }) => String(parameters.userName)));
      const active = await Promise.all([...users].map(activeKeysOf));
      return active.flat().map((keyId) => inactive(keyId).id);
    },
  });
}

const inactive = (keyId: string): Entry => ({
  id: `access-key:${keyId}`,
  list: keyId,
  text: `the access key ${keyId} as inactive`,
});
