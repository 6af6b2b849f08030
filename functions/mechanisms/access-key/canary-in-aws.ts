// Creates the canary of the scope `access-key` in an account.
import { IAM } from '@aws-sdk/client-iam';
import type { CreateCanaries } from '../stand-in.ts';

export const createCanaries: CreateCanaries = async (clientOf) => {
  const iam = clientOf(IAM);
  const UserName = 'canary-key-user';
  await iam.createUser({ UserName });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  return [
    {
      mechanisms: ['access-key.inactive'],
      kind: 'access-key',
      value: AccessKey?.AccessKeyId ?? '',
      parameters: { userName: UserName },
    },
  ];
};
