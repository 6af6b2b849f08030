// Canaries of the scope `user` on a laptop.

import { type Canaries, canaryState } from '../stand-in.ts';
import type { IamState } from './stand-in.ts';

export const canary: Canaries = {
  states: [
    canaryState<IamState>('iam', (state) => ({
      ...state,
      users: [
        ...state.users,
        {
          name: 'canary-user',
          path: '/',
          tags: {},
          policies: [],
          keys: { AKIACANARY00EXAMPLE: 'Active' },
        },
      ],
    })),
  ],
  targets: [{ mechanisms: ['user.deny-all'], kind: 'iam-user', value: 'canary-user' }],
  inStaging: 'A user without policies: `aws iam create-user`',
};
