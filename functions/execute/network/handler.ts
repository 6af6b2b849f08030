// Lambda entries of the scope `network`.
import { setTimeout as sleep } from 'node:timers/promises';
import { EC2 } from '@aws-sdk/client-ec2';
import { deploy } from '../deployed.ts';
import { connected } from '../mechanism.ts';
import { denyAddress } from './deny-address.ts';

const clients = { ec2: new EC2({}), sleep: (milliseconds: number) => sleep(milliseconds) };

export const { execute, reverse } = deploy('network', () => [connected(denyAddress, clients)]);
