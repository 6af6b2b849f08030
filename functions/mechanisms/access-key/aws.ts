// Connects the access key mechanism to AWS.
import { IAM } from '@aws-sdk/client-iam';
import { type Connect, sleep } from '../connect.ts';
import { connected } from '../mechanism.ts';
import type { ConnectWorld } from '../world.ts';
import { deactivateKey } from './access-key.ts';
import { createWorld } from './world.ts';

export const connect: Connect = () => [connected(deactivateKey, { iam: new IAM({}), sleep })];

export const connectWorld: ConnectWorld = () => createWorld({ iam: new IAM({}) });
