// Connects the WAF mechanisms to AWS.
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { readEnv } from '../../domain/env.ts';
import { CLOUDFRONT_REGION, IpSets } from '../../domain/ip-set.ts';
import { type Connect, sleep } from '../connect.ts';
import { connected } from '../mechanism.ts';
import { blockAddress, watchAddress } from './address.ts';

export const connect: Connect = ({ env }) => {
  const clients = {
    waf: { REGIONAL: new WAFV2({}), CLOUDFRONT: new WAFV2({ region: CLOUDFRONT_REGION }) },
    sets: IpSets.parse(JSON.parse(readEnv(env, 'ipSets').ipSets)),
    sleep,
    random: Math.random,
  };
  return [connected(watchAddress, clients), connected(blockAddress, clients)];
};
