// Connects the network ACL mechanism to AWS.
import { EC2 } from '@aws-sdk/client-ec2';
import { type Connect, sleep } from '../connect.ts';
import { connected } from '../mechanism.ts';
import type { ConnectWorld } from '../world.ts';
import { denyAddress } from './deny-address.ts';
import { createWorld } from './world.ts';

export const connect: Connect = () => [connected(denyAddress, { ec2: new EC2({}), sleep })];

export const connectWorld: ConnectWorld = () => createWorld({ ec2: new EC2({}) });
