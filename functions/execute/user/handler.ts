// Lambda entries of the scope `user`.
import { setTimeout as sleep } from 'node:timers/promises';
import { IAM } from '@aws-sdk/client-iam';
import { ENV, required } from '../../domain/env.ts';
import { deploy } from '../deployed.ts';
import { connected } from '../mechanism.ts';
import { denyUser } from './deny-all.ts';

export const { execute, reverse } = deploy('user', () => [
  connected(denyUser, {
    iam: new IAM({}),
    denyAllPolicyArn: required(process.env, ENV.denyAllPolicyArn),
    sleep: (milliseconds: number) => sleep(milliseconds),
  }),
]);
