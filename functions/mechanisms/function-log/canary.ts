// Canaries of the scope `function-log` on a laptop.

import { type Canaries, canaryState } from '../stand-in.ts';
import { type LambdaState, untouched } from './stand-in.ts';

export const canary: Canaries = {
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
