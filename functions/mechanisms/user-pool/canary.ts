// Canaries of the scope `user-pool` on a laptop.

import { type Canaries, canaryState } from '../stand-in.ts';
import type { UserPools } from './stand-in.ts';

export const canary: Canaries = {
  states: [
    canaryState<UserPools>('user-pools', (state) => ({
      ...state,
      'eu-central-1_CANARY000': { 'canary-customer': { enabled: true, signOuts: 0 } },
    })),
  ],
  targets: [
    {
      mechanisms: ['user-pool.disable-user'],
      kind: 'cognito-user',
      value: 'canary-customer',
      parameters: { userPoolId: 'eu-central-1_CANARY000' },
    },
  ],
  inStaging:
    'A user pool with one user: `aws cognito-idp create-user-pool --user-pool-tags countermand=allowed`',
};
