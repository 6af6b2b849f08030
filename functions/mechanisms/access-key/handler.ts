// Lambda entries of the scope `access-key`.
import { IAM } from '@aws-sdk/client-iam';
import { deploy, sleep } from '../../execute/serve.ts';
import { connected } from '../mechanism.ts';
import { deactivateKey } from './access-key.ts';

export const { execute, reverse, mechanisms } = deploy('access-key', () => [
  connected(deactivateKey, {
    iam: new IAM({}),
    sleep,
  }),
]);
