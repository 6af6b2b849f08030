// Connects the flow log mechanism to AWS.
import { EC2 } from '@aws-sdk/client-ec2';
import { readEnv } from '../../domain/env.ts';
import { type Connect, sleep } from '../connect.ts';
import { connected } from '../mechanism.ts';
import { FlowLogDestination } from './flow-logs.ts';
import { recordFlows } from './interface-flows.ts';

export const connect: Connect = ({ env }) => [
  connected(recordFlows, {
    ec2: new EC2({}),
    destination: FlowLogDestination.parse(JSON.parse(readEnv(env, 'flowLogs').flowLogs)),
    sleep,
  }),
];
