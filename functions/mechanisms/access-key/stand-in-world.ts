// The world reader of the scope `access-key` on a laptop.
import type { StandInAccount } from '../stand-in.ts';
import { createIam, type IamState, LOCAL_IAM } from '../user/stand-in.ts';
import { createWorld } from './world.ts';

export const world = ({ state }: StandInAccount) =>
  createWorld({ iam: createIam(state<IamState>('iam', LOCAL_IAM)) });
