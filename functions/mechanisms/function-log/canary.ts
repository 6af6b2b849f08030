// What drills of the scope `function-log` act on, on a laptop.

import { canaryState, type StandIn } from '../stand-in.ts';
import { type LambdaState, untouched } from './stand-in.ts';

export const canary: StandIn['canary'] = {
  states: [
    canaryState<LambdaState>('functions', (state) => ({
      ...state,
      'canary-function': untouched('canary-function'),
    })),
  ],
  targets: [
    {
      mechanisms: ['function-log.debug-level'],
      kind: 'function',
      value: 'canary-function',
    },
  ],
};
