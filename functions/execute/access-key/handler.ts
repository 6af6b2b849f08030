// Lambda entries of the scope `access-key`.
import { setTimeout as sleep } from 'node:timers/promises';
import { IAM } from '@aws-sdk/client-iam';
import { deploy } from '../deployed.ts';
import { connected } from '../mechanism.ts';
import { deactivateKey } from './access-key.ts';

export const { execute, reverse } = deploy('access-key', () => [
  connected(deactivateKey, {
    iam: new IAM({}),
    sleep: (milliseconds: number) => sleep(milliseconds),
  }),
]);
