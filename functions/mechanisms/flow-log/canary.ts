// Canaries of the scope `flow-log`: the interface of the scope `network`.
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
  inStaging: 'A network interface attached to nothing: `aws ec2 create-network-interface`',
};
