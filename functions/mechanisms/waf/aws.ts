// Connects the WAF mechanisms to AWS.
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { type Env, readEnv } from '../../domain/env.ts';
import { CLOUDFRONT_REGION, IpSets } from '../../domain/ip-set.ts';
import { type Connect, sleep } from '../connect.ts';
import { connected } from '../mechanism.ts';
import type { ConnectWorld } from '../world.ts';
import { blockAddress, watchAddress } from './address.ts';
import type { WafClients } from './ip-set.ts';
import { createWorld } from './world.ts';

const clientsOf = (env: Env): WafClients => ({
  waf: { REGIONAL: new WAFV2({}), CLOUDFRONT: new WAFV2({ region: CLOUDFRONT_REGION }) },
  sets: IpSets.parse(JSON.parse(readEnv(env, 'ipSets').ipSets)),
  sleep,
  random: Math.random,
});

export const connect: Connect = ({ env }) => {
  const clients = clientsOf(env);
  return [connected(watchAddress, clients), connected(blockAddress, clients)];
};

export const connectWorld: ConnectWorld = (env) => createWorld(clientsOf(env));
