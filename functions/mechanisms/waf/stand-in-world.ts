// The world reader of the scope `waf` on a laptop.
import { CLOUDFRONT_REGION } from '../../domain/ip-set.ts';
import { noSleep, type StandInAccount } from '../stand-in.ts';
import { createWaf, LOCAL_IP_SETS, type WafState } from './stand-in.ts';
import { createWorld } from './world.ts';

export function world({ state }: StandInAccount) {
  const file = state<WafState>('waf', {});
  return createWorld({
    waf: { REGIONAL: createWaf(file), CLOUDFRONT: createWaf(file, CLOUDFRONT_REGION) },
    sets: LOCAL_IP_SETS,
    sleep: noSleep,
    random: () => 0.5,
  });
}
