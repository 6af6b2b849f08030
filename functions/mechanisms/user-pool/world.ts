// Reads the Cognito users that actions hold disabled, for the world check.
import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { aws, causedBy } from '../../platform/aws-errors.ts';
import { createHeldReader } from '../held-changes.ts';
import { arnIn, every, type Permissions } from '../permissions.ts';
import type { Entry, Holding, WorldReader } from '../world.ts';
import { disableUserInfo } from './cognito-user.ts';

export type UserPoolWorldApi = Pick<CognitoIdentityProvider, 'adminGetUser'>;

export const worldPermissions: Permissions = (stack) => [
  {
    sid: 'SeeWhichUsersOfPoolsAreEnabled',
    actions: ['cognito-idp:AdminGetUser'],
    resources: [every(arnIn(stack, 'cognito-idp', 'userpool/*'), 'The user may be in any pool')],
  },
];

/**
 * Each user is read, because Cognito's list shows user names only, and an action may name the user by an alias. Nothing
 * is put back: CloudTrail hides the names of users, and CloudFormation enables none.
 */
export function createWorld({ cognito }: { cognito: UserPoolWorldApi }): WorldReader {
  async function isEnabled({ target, parameters }: Holding): Promise<boolean> {
    const UserPoolId = String(parameters.userPoolId);
    try {
      const { Enabled = true } = await aws('reading a user of a pool', { UserPoolId }, () =>
        cognito.adminGetUser({ UserPoolId, Username: target.value }),
      );
      return Enabled;
    } catch (error) {
      const isGone = ['UserNotFoundException', 'ResourceNotFoundException'].some((name) =>
        causedBy(error, name),
      );
      if (isGone) return false;
      throw error;
    }
  }

  return createHeldReader({
    scope: 'user-pool',
    mechanism: disableUserInfo.id,
    entryOf: disabled,
    async undone(held) {
      const enabled = await Promise.all(
        held.map(async (holding) => ((await isEnabled(holding)) ? disabled(holding).id : null)),
      );
      return enabled.filter((id) => id !== null);
    },
  });
}

const disabled = ({ target, parameters: { userPoolId } }: Holding): Entry => ({
  id: `user-pool:${userPoolId}:${target.value}`,
  text: `the user ${target.value} of the user pool ${userPoolId} as disabled`,
});
