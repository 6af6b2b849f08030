// Lambda entries of the scope `user`.
import { IAM } from '@aws-sdk/client-iam';
import { ENV, required } from '../../domain/env.ts';
import { deploy, sleep } from '../../execute/serve.ts';
import { connected } from '../mechanism.ts';
import { denyUser } from './deny-all.ts';

export const { execute, reverse, mechanisms } = deploy('user', () => [
  connected(denyUser, {
    iam: new IAM({}),
    denyAllPolicyArn: required(process.env, ENV.denyAllPolicyArn),
    sleep,
  }),
]);
