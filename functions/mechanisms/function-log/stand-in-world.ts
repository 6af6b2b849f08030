// The world reader of the scope `function-log` on a laptop.
import type { StandInAccount } from '../stand-in.ts';
import { createLambda, LOCAL_FUNCTIONS } from './stand-in.ts';
import { createWorld } from './world.ts';

export const world = ({ state }: StandInAccount) =>
  createWorld({ lambda: createLambda(state('functions', LOCAL_FUNCTIONS)) });
