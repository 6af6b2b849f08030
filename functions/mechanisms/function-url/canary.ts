// Canaries of the scope `function-url` on a laptop.
import { type Canaries, canaryState } from '../stand-in.ts';
import { type FunctionUrls, openUrl } from './stand-in.ts';

export const canary: Canaries = {
  states: [
    canaryState<FunctionUrls>('function-urls', (state) => ({
      ...state,
      'canary-function': openUrl,
    })),
  ],
  targets: [
    { mechanisms: ['function-url.require-iam'], kind: 'function', value: 'canary-function' },
  ],
  inStaging:
    'A function whose URL has the auth type `NONE`: `aws lambda create-function-url-config`',
};
