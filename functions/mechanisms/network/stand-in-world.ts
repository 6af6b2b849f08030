// The world reader of the scope `network` on a laptop.
import type { StandInAccount } from '../stand-in.ts';
import { createEc2, type Ec2State } from './stand-in-ec2.ts';
import { LOCAL_NETWORK } from './stand-in-network.ts';
import { createWorld } from './world.ts';

export const world = ({ state }: StandInAccount) =>
  createWorld({ ec2: createEc2(state<Ec2State>('ec2', LOCAL_NETWORK)) });
