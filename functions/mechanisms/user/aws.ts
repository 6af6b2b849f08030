// Connects the deny-all mechanism to AWS.
import { IAM } from '@aws-sdk/client-iam';
import { ENV, required } from '../../domain/env.ts';
import { type Connect, sleep } from '../connect.ts';
import { connected } from '../mechanism.ts';
import { denyUser } from './deny-all.ts';

export const connect: Connect = ({ env }) => [
  connected(denyUser, {
    iam: new IAM({}),
    denyAllPolicyArn: required(env, ENV.denyAllPolicyArn),
    sleep,
  }),
];
