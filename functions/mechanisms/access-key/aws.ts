// Connects the access key mechanism to AWS.
import { IAM } from '@aws-sdk/client-iam';
import { type Connect, sleep } from '../connect.ts';
import { connected } from '../mechanism.ts';
import { deactivateKey } from './access-key.ts';

export const connect: Connect = () => [connected(deactivateKey, { iam: new IAM({}), sleep })];
