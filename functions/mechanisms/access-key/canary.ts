// Canaries of the scope `access-key`: the key of the scope `user`.
import type { Canaries } from '../stand-in.ts';

export const canary: Canaries = {
  states: [],
  targets: [
    {
      mechanisms: ['access-key.inactive'],
      kind: 'access-key',
      value: 'AKIACANARY00EXAMPLE',
      parameters: { userName: 'canary-user' },
    },
  ],
  inStaging: 'An access key of a user without policies: `aws iam create-access-key`',
};
