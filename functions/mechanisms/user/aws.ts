// Connects the deny-all mechanism to AWS.
import { IAM } from '@aws-sdk/client-iam';
import { readEnv } from '../../domain/env.ts';
import { type Connect, sleep } from '../connect.ts';
import { connected } from '../mechanism.ts';
import type { ConnectWorld } from '../world.ts';
import { denyUser } from './deny-all.ts';
import { createWorld } from './world.ts';

export const connect: Connect = ({ env }) => [
  connected(denyUser, {
    iam: new IAM({}),
    denyAllPolicyArn: readEnv(env, 'denyAllPolicyArn').denyAllPolicyArn,
    sleep,
  }),
];

export const connectWorld: ConnectWorld = (env) =>
  createWorld({ iam: new IAM({}), ...readEnv(env, 'denyAllPolicyArn') });
