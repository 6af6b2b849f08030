// Lambda entries of the scope `network`.
import { EC2 } from '@aws-sdk/client-ec2';
import { deploy, sleep } from '../../execute/serve.ts';
import { connected } from '../mechanism.ts';
import { denyAddress } from './deny-address.ts';

const clients = { ec2: new EC2({}), sleep };

export const { execute, reverse, mechanisms } = deploy('network', () => [
  connected(denyAddress, clients),
]);
