// The world reader of the scope `api-key` on a laptop.
import type { StandInAccount } from '../stand-in.ts';
import { type ApiKeys, createApiKeys, LOCAL_API_KEYS } from './stand-in.ts';
import { createWorld } from './world.ts';

export const world = ({ state }: StandInAccount) =>
  createWorld({ gateway: createApiKeys(state<ApiKeys>('api-keys', LOCAL_API_KEYS)) });
