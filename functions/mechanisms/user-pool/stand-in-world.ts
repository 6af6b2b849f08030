// The world reader of the scope `user-pool` on a laptop.
import type { StandInAccount } from '../stand-in.ts';
import { createUserPools, LOCAL_USER_POOLS, type UserPools } from './stand-in.ts';
import { createWorld } from './world.ts';

export const world = ({ state }: StandInAccount) =>
  createWorld({ cognito: createUserPools(state<UserPools>('user-pools', LOCAL_USER_POOLS)) });
