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
  inStaging:
    'A function that no one calls: `aws lambda create-function --tags countermand=allowed`',
  motoLacks: 'It does not store the logging configuration',
};
