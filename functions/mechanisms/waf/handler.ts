// Lambda entries of the scope `waf`.
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { ENV, required } from '../../domain/env.ts';
import { CLOUDFRONT_REGION, IpSets } from '../../domain/ip-set.ts';
import { deploy, sleep } from '../../execute/serve.ts';
import { connected } from '../mechanism.ts';
import { blockAddress, watchAddress } from './address.ts';

const clients = {
  waf: { REGIONAL: new WAFV2({}), CLOUDFRONT: new WAFV2({ region: CLOUDFRONT_REGION }) },
  sets: IpSets.parse(JSON.parse(required(process.env, ENV.ipSets))),
  sleep,
  random: Math.random,
};

export const { execute, reverse, mechanisms } = deploy('waf', () => [
  connected(watchAddress, clients),
  connected(blockAddress, clients),
]);
