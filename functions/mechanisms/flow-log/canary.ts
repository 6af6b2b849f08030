// What drills of the scope `flow-log` act on: the interface of the scope `network`.
import type { StandIn } from '../stand-in.ts';

export const canary: StandIn['canary'] = {
  states: [],
  targets: [
    {
      mechanisms: ['flow-log.interface'],
      kind: 'network-interface',
      value: 'eni-0c0c0c0c0c0c0c0c0',
      parameters: { interfaceId: 'eni-0c0c0c0c0c0c0c0c0' },
    },
  ],
};
