// Lambda entries of the scope `flow-log`.
import { EC2 } from '@aws-sdk/client-ec2';
import { ENV, required } from '../../domain/env.ts';
import { deploy, sleep } from '../../execute/serve.ts';
import { connected } from '../mechanism.ts';
import { FlowLogDestination } from './flow-logs.ts';
import { recordFlows } from './interface-flows.ts';

const clients = {
  ec2: new EC2({}),
  destination: FlowLogDestination.parse(JSON.parse(required(process.env, ENV.flowLogs))),
  sleep,
};

export const { execute, reverse, mechanisms } = deploy('flow-log', () => [
  connected(recordFlows, clients),
]);
