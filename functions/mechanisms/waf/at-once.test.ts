// 200 concurrent changes to one IP set, with one change per second allowed.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { attacker, subjectOn } from '../../../test/fixtures/case.ts';
import { RetryableError } from '../../domain/errors.ts';
import { awsFailure } from '../stand-in.ts';
import { blockAddress } from './address.ts';
import type { WafApi } from './ip-set.ts';
import { createWaf, LOCAL_IP_SETS, type WafState } from './stand-in.ts';

/** Simulated time, which advances when nothing is left to do at the current time. */
function simulatedTime() {
  let now = 0;
  const waiting: { at: number; wake: () => void }[] = [];
  return {
    now: () => now,
    sleep: (milliseconds: number) =>
      new Promise<void>((wake) => {
        waiting.push({ at: now + milliseconds, wake });
      }),
    async until(work: Promise<unknown>) {
      let over = false;
      void work.finally(() => {
        over = true;
      });
      while (!over) {
        await new Promise((resolve) => setImmediate(resolve));
        waiting.sort((a, b) => b.at - a.at);
        const next = waiting.pop();
        if (!next) continue;
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
}

/** A deterministic random generator: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function dice(seed: number) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

type Time = ReturnType<typeof simulatedTime>;
/**
 * Includes slow calls: only then can another change come between our read and our write after the next second has
 * begun.
 */
const LONGEST_CALL_MS = 2_000;

/** WAF as documented: calls take time, and a second change within one second is rejected. */
function busyWaf(real: WafApi, { now, sleep }: Time, random: () => number): WafApi {
  const underWay = () => sleep(20 + LONGEST_CALL_MS * random() ** 2);
  let changedAt = Number.NEGATIVE_INFINITY;
  return {
    ...real,
    getIPSet: (async (request: Parameters<WafApi['getIPSet']>[0]) => {
      await underWay();
      return real.getIPSet(request);
    }) as WafApi['getIPSet'],
    updateIPSet: (async (request: Parameters<WafApi['updateIPSet']>[0]) => {
      await underWay();
      if (now() - changedAt < 1_000) throw awsFailure('ThrottlingException', 400, 'Rate exceeded');
      const answer = await real.updateIPSet(request);
      changedAt = now();
      return answer;
    }) as WafApi['updateIPSet'],
  };
}

type Retry = {
  IntervalSeconds: number;
  BackoffRate: number;
  MaxAttempts: number;
  MaxDelaySeconds: number;
};
const machine = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../../statemachines/${name}.asl.json`, import.meta.url), 'utf8'),
  ).States;
const RETRIES: Record<'execute' | 'reverse', Retry> = {
  execute: machine('respond')['each-action'].ItemProcessor.States.execute.Retry[0],
  reverse: machine('reverse').reverse.Retry[0],
};

test('applies and reverts 200 changes without losing or leaving any', {
  timeout: 120_000,
}, async () => {
  const time = simulatedTime();
  const random = dice(7);
  const host = (n: number) => `10.0.${Math.floor(n / 250)}.${n % 250}`;
  const old = Array.from({ length: 100 }, (_, i) => host(i));
  const fresh = Array.from({ length: 100 }, (_, i) => host(500 + i));
  const theirs = '198.51.100.0/24';
  const file = inMemory<WafState>({
    'block-ipv4': { addresses: [theirs, ...old.map((value) => `${value}/32`)], lock: 1 },
  });
  const waf = busyWaf(createWaf(file), time, random);
  /** A separate Lambda function: it shares no queue with the others. */
  const process = () =>
    blockAddress.connect({
      waf: { REGIONAL: waf, CLOUDFRONT: waf },
      sets: LOCAL_IP_SETS,
      sleep: time.sleep,
      random,
    });
  const about = (value: string) => subjectOn({ ...attacker, value });
  const ours = {
    sets: [{ scope: 'REGIONAL' as const, name: 'countermand-block-ipv4', present: false }],
  };

  let longest = 0;
  const patiently = async (
    { IntervalSeconds, BackoffRate, MaxAttempts, MaxDelaySeconds }: Retry,
    work: () => Promise<void>,
  ) => {
    for (let attempt = 0; ; attempt++) {
      const began = time.now();
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof RetryableError) || attempt === MaxAttempts) throw error;
        const delay = Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
        await time.sleep(delay * 1000 * random());
      } finally {
        longest = Math.max(longest, time.now() - began);
      }
    }
  };
  const all = Promise.allSettled([
    ...fresh.map((value) =>
      patiently(RETRIES.execute, async () => {
        const before = await process().capture(about(value));
        await process().apply(about(value), before);
      }),
    ),
    ...old.map((value) => patiently(RETRIES.reverse, () => process().revert(about(value), ours))),
  ]);
  await time.until(all);
  const gaveUp = (await all).filter(({ status }) => status === 'rejected');
  expect(gaveUp).toEqual([]);
  expect(longest, 'the timeout of the Lambda function is 120 s').toBeLessThan(100_000);
  expect(file.read()['block-ipv4']?.addresses.sort()).toEqual(
    [theirs, ...fresh.map((value) => `${value}/32`)].sort(),
  );
});
