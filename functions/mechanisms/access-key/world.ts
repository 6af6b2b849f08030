// Reads the access keys that actions hold inactive, for the world check.
import type { IAM } from '@aws-sdk/client-iam';
import { aws, causedBy } from '../../platform/aws-errors.ts';
import { everyUser, type Permissions } from '../permissions.ts';
import type { Entry, Holding, WorldReader } from '../world.ts';
import { deactivateKeyInfo } from './access-key.ts';

export type KeyWorldApi = Pick<IAM, 'listAccessKeys'>;

export const worldPermissions: Permissions = (stack) => [
  {
    sid: 'SeeWhichKeysAreActive',
    actions: ['iam:ListAccessKeys'],
    resources: [everyUser(stack)],
  },
];

/** The account's own inactive keys are no entries: only a key that an action holds is one. */
export function createWorld({ iam }: { iam: KeyWorldApi }): WorldReader {
  const isOurs = ({ mechanism }: Holding) => mechanism === deactivateKeyInfo.id;

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

  return {
    scope: 'access-key',
    entriesOf: (holding) => (isOurs(holding) ? [inactive(holding.target.value)] : []),
    async read(holdings) {
      const held = holdings.filter(isOurs);
      const users = new Set(held.map(({ parameters }) => String(parameters.userName)));
      const active = (await Promise.all([...users].map(activeKeysOf))).flat();
      // A deleted key can't be used either.
      return held
        .map(({ target }) => target.value)
        .filter((keyId) => !active.includes(keyId))
        .map(inactive);
    },
  };
}

const inactive = (keyId: string): Entry => ({
  id: `access-key:${keyId}`,
  text: `the access key ${keyId} as inactive`,
});
