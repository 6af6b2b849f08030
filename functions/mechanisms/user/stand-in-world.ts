// The world reader of the scope `user` on a laptop.
import type { StandInAccount } from '../stand-in.ts';
import { DENY_ALL_POLICY, type IamState, LOCAL_IAM } from './stand-in.ts';
import { createWorld, type UserWorldClients } from './world.ts';

/** The laptop's account has no groups and no roles. */
export function world({ state }: StandInAccount) {
  const file = state<IamState>('iam', LOCAL_IAM);
  const listEntitiesForPolicy: UserWorldClients['iam']['listEntitiesForPolicy'] = async ({
    PolicyArn = '',
  }: Parameters<UserWorldClients['iam']['listEntitiesForPolicy']>[0]) => ({
    PolicyUsers: file
      .read()
      .users.filter(({ policies }) => policies.includes(PolicyArn))
      .map(({ name }) => ({ UserName: name })),
    $metadata: {},
  });
  return createWorld({ iam: { listEntitiesForPolicy }, denyAllPolicyArn: DENY_ALL_POLICY });
}
