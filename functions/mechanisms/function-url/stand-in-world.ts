// The world reader of the scope `function-url` on a laptop.
import type { StandInAccount } from '../stand-in.ts';
import { createFunctionUrls, LOCAL_FUNCTION_URLS } from './stand-in.ts';
import { createWorld } from './world.ts';

export const world = ({ state }: StandInAccount) =>
  createWorld({ lambda: createFunctionUrls(state('function-urls', LOCAL_FUNCTION_URLS)) });
