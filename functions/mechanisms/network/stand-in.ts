// Stand-in of the scope `network`.
import { connected } from '../mechanism.ts';
import { noSleep, type StandIn } from '../stand-in.ts';
import { denyAddress } from './deny-address.ts';
import { createEc2, type Ec2State } from './stand-in-ec2.ts';
import { LOCAL_NETWORK } from './stand-in-network.ts';

export const standIn: StandIn = {
  connect: ({ state }) => [
    connected(denyAddress, {
      ec2: createEc2(state<Ec2State>('ec2', LOCAL_NETWORK)),
      sleep: noSleep,
    }),
  ],
};
