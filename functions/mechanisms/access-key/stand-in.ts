// Stand-in of the scope `access-key`. It shares the users of scope `user`.
import { connected } from '../mechanism.ts';
import { noSleep, type StandIn } from '../stand-in.ts';
import { createIam, type IamState, LOCAL_IAM } from '../user/stand-in.ts';
import { deactivateKey } from './access-key.ts';

export const standIn: StandIn = {
  connect: ({ state }) => [
    connected(deactivateKey, {
      iam: createIam(state<IamState>('iam', LOCAL_IAM)),
      sleep: noSleep,
    }),
  ],
};
