// Lambda entries of the scope `waf`.
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { ENV, required } from '../../domain/env.ts';
import { deploy, sleep } from '../deployed.ts';
import { connected } from '../mechanism.ts';
import { blockAddress, watchAddress } from './address.ts';
import { IpSets } from './ip-set.ts';

const clients = {
  waf: new WAFV2({}),
  sets: IpSets.parse(JSON.parse(required(process.env, ENV.ipSets))),
  sleep,
  random: Math.random,
};

export const { execute, reverse, mechanisms } = deploy('waf', () => [
  connected(watchAddress, clients),
  connected(blockAddress, clients),
]);
