// Connects the flow log mechanism to AWS.
import { EC2 } from '@aws-sdk/client-ec2';
import { type Env, readEnv } from '../../domain/env.ts';
import { type Connect, sleep } from '../connect.ts';
import { connected } from '../mechanism.ts';
import type { ConnectWorld } from '../world.ts';
import { FlowLogDestination } from './flow-logs.ts';
import { recordFlows } from './interface-flows.ts';
import { createWorld } from './world.ts';

const destinationOf = (env: Env) =>
  FlowLogDestination.parse(JSON.parse(readEnv(env, 'flowLogs').flowLogs));

export const connect: Connect = ({ env }) => [
  connected(recordFlows, {
    ec2: new EC2({}),
    destination: destinationOf(env),
    sleep,
  }),
];

export const connectWorld: ConnectWorld = (env) =>
  createWorld({ ec2: new EC2({}), destination: destinationOf(env) });
