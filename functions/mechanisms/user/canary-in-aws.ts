// Creates the canary of the scope `user` in an account.
import { IAM } from '@aws-sdk/client-iam';
import type { CreateCanaries } from '../stand-in.ts';

export const createCanaries: CreateCanaries = async (clientOf) => {
  const UserName = 'canary-user';
  await clientOf(IAM).createUser({ UserName });
  return [{ mechanisms: ['user.deny-all'], kind: 'iam-user', value: UserName }];
};
