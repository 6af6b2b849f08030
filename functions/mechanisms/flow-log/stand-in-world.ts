// The world reader of the scope `flow-log` on a laptop.
import type { StandInAccount } from '../stand-in.ts';
import { createFlowLogs, LOCAL_FLOW_LOGS, NO_FLOW_LOGS } from './stand-in.ts';
import { createWorld } from './world.ts';

export const world = ({ state }: StandInAccount) =>
  createWorld({
    ec2: createFlowLogs(state('flow-logs', NO_FLOW_LOGS), () => []),
    destination: LOCAL_FLOW_LOGS,
  });
