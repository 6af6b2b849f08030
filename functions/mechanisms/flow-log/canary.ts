// What drills of the scope `flow-log` act on: the interface of the scope `network`.
import type { Canaries } from '../stand-in.ts';

export const canary: Canaries = {
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
