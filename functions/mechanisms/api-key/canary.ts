// Canaries of the scope `api-key` on a laptop.

import { OPT_IN } from '../../domain/opt-in.ts';
import { type Canaries, canaryState } from '../stand-in.ts';
import type { ApiKeys } from './stand-in.ts';

export const canary: Canaries = {
  states: [
    canaryState<ApiKeys>('api-keys', (state) => ({
      ...state,
      canarykey0: { name: 'canary', enabled: true, tags: { [OPT_IN.key]: OPT_IN.value } },
    })),
  ],
  targets: [{ mechanisms: ['api-key.disabled'], kind: 'api-key', value: 'canarykey0' }],
  inStaging:
    'An API key in no usage plan: `aws apigateway create-api-key --enabled --tags countermand=allowed`',
};
