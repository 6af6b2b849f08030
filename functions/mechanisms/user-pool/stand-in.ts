// Stand-in of Cognito user pools: enabled state and sign-outs per user.
import { OPT_IN } from '../../domain/opt-in.ts';
import type { TagApis } from '../../enrich/opt-in.ts';
import { connected } from '../mechanism.ts';
import type { StateFile } from '../stand-in.ts';
import { awsFailure, type StandIn } from '../stand-in.ts';
import type { UserPoolApi } from './cognito-user.ts';
import { disableUser } from './cognito-user.ts';

export type PoolUser = { enabled: boolean; signOuts: number; createdAt?: string };
/** By pool ID, then by user name. */
export type UserPools = Record<string, Record<string, PoolUser>>;

/** The users that the samples name. */
export const LOCAL_USER_POOLS: UserPools = {
  'eu-central-1_EXAMPLE12': {
    'customer-4711': { enabled: true, signOuts: 0 },
    'customer-4712': { enabled: true, signOuts: 0 },
  },
};

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminDisableUser.html */
export function createUserPools(file: StateFile<UserPools>): UserPoolApi & TagApis['cognito'] {
  type Request = { UserPoolId: string | undefined; Username: string | undefined };
  const find = (pools: UserPools, { UserPoolId = '', Username = '' }: Request): PoolUser => {
    if (!/^[\w-]+_[0-9a-zA-Z]+$/.test(UserPoolId) || Username === '' || Username.length > 128)
      throw awsFailure('InvalidParameterException', 400, '1 validation error detected');
    const pool = pools[UserPoolId];
    if (!pool)
      throw awsFailure('ResourceNotFoundException', 400, `User pool ${UserPoolId} does not exist.`);
    const user = pool[Username];
    if (!user) throw awsFailure('UserNotFoundException', 400, 'User does not exist.');
    return user;
  };
  const change = (edit: (user: PoolUser) => void) => async (request: Request) => {
    const pools = file.read();
    edit(find(pools, request));
    file.write(pools);
    return { $metadata: {} };
  };
  return {
    adminGetUser: async (request: Request) => {
      const { enabled, createdAt = '2026-01-01T00:00:00.000Z' } = find(file.read(), request);
      return {
        Username: request.Username,
        Enabled: enabled,
        UserCreateDate: new Date(createdAt),
        UserStatus: 'CONFIRMED',
        $metadata: {},
      };
    },
    // Disabling a disabled user and enabling an enabled user succeeds.
    adminDisableUser: change((user) => {
      user.enabled = false;
    }),
    adminEnableUser: change((user) => {
      user.enabled = true;
    }),
    adminUserGlobalSignOut: change((user) => {
      user.signOuts += 1;
    }),
    /** Every pool is opted in. */
    listTagsForResource: async () => ({
      Tags: { [OPT_IN.key]: OPT_IN.value },
      $metadata: {},
    }),
  } as UserPoolApi & TagApis['cognito'];
}

export const standIn: StandIn = {
  connect: ({ state }) => [
    connected(disableUser, {
      cognito: createUserPools(state<UserPools>('user-pools', LOCAL_USER_POOLS)),
    }),
  ],
};
