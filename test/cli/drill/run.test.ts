// Drills on stand-ins: success, failure, Ctrl-C and a killed process.
import { beforeEach, describe, expect, test } from 'vitest';
import { cleanUp, drillAll, type Result, type Run } from '../../../cli/drill/run.ts';
import { drillAtStart, laptopCanaries, standInMechanisms } from '../../../cli/drill/stand-ins.ts';
import { Throttled } from '../../../functions/domain/errors.ts';
import type { Connected } from '../../../functions/mechanisms/mechanism.ts';
import { MECHANISMS } from '../../../functions/mechanisms/registry.ts';
import type { Store } from '../../../functions/store/store.ts';
import { HERE, POLICY as LOCAL, NOW } from '../../fixtures/case.ts';
import { memoryTable, storeOn } from '../../store/memory-table.ts';

const POLICY = { ...LOCAL, canaries: laptopCanaries(LOCAL) };

let drills: Store['drills'];
let mechanisms: Map<string, Connected>;
let stopping: AbortController;
let ids: number;
beforeEach(() => {
  drills = storeOn(memoryTable()).drills;
  mechanisms = standInMechanisms(POLICY);
  stopping = new AbortController();
  ids = 0;
});

const run = (change: Partial<Run> = {}): Run => ({
  policy: POLICY,
  mechanisms,
  drills,
  account: POLICY.account,
  region: 'eu-central-1',
  by: 'person:ana.silva',
  now: () => NOW,
  newId: () => `drill-${++ids}`,
  signal: stopping.signal,
  retryMs: 0,
  report: { begins: () => {}, step: () => {}, ends: () => {} },
  ...change,
});

const BLOCK = 'waf.block-address';
const [first, second] = ['ip 203.0.113.100', 'ip 2001:db8::100'];
const onlyBlock = (change: Partial<Run> = {}) => run({ only: ({ id }) => id === BLOCK, ...change });
const changed = (driver: Partial<Connected['driver']>): Map<string, Connected> => {
  const real = mechanisms.get(BLOCK)!;
  return new Map([...mechanisms, [BLOCK, { ...real, driver: { ...real.driver, ...driver } }]]);
};
const outcomes = (results: readonly Result[]) =>
  results.map(({ canary, outcome }) => [canary, outcome]);
/** Whether the canary is blocked now. */
const isBlocked = async () => {
  const { driver, alreadyInPlace } = mechanisms.get(BLOCK)!;
  const [canary] = POLICY.canaries;
  return alreadyInPlace(
    await driver.capture({
      incidentId: 'inc-0123456789abcdef',
      actionId: 'act-0123456789abcdef-1',
      account: POLICY.account,
      region: 'eu-central-1',
      target: {
        ref: 'ip-1',
        kind: 'ip',
        value: canary!.value,
        part: 'actor',
        foundAt: ['x'],
        attributes: {},
        place: HERE,
      },
      parameters: {},
      durationMinutes: 1,
    }),
  );
};

describe('a drill on stand-ins', () => {
  test('applies and undoes every mechanism, and records each version as passed', async () => {
    const results = await drillAll(run());
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    const recorded = await drills.all();
    for (const { id, version } of MECHANISMS.filter(
      ({ configured }) => configured?.(POLICY) ?? true,
    ))
      expect(recorded.get(id), id).toMatchObject({
        version,
        outcome: 'passed',
        at: NOW.toISOString(),
        account: POLICY.account,
      });
    expect(await drills.unfinished()).toEqual([]);
  });

  test('passes again right after the first drill', async () => {
    await drillAll(run());
    const again = await drillAll(run());
    expect(again.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  });

  test('runs at start for each mechanism without a valid result, and only once', async () => {
    const counted: [number, number][] = [];
    const results = await drillAtStart(
      POLICY,
      drills,
      () => NOW,
      (done, all) => {
        counted.push([done, all]);
      },
    );
    const mechanisms = new Set(results.map(({ mechanism }) => mechanism)).size;
    expect(counted.at(-1), 'counts mechanisms, not canaries').toEqual([mechanisms, mechanisms]);
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['passed']));
    expect(await drillAtStart(POLICY, drills, () => NOW)).toEqual([]);
    const known = (await drills.all()).get(BLOCK)!;
    await drills.record({ ...known, version: known.version + 1 });
    const again = await drillAtStart(POLICY, drills, () => NOW);
    expect(new Set(again.map(({ mechanism }) => mechanism))).toEqual(new Set([BLOCK]));
  });
});

describe('a drill that fails', () => {
  test('reverts a change that was not verified, and still drills the other mechanisms', async () => {
    const blind = changed({ verify: async () => ({ holds: false, found: 'the list is empty' }) });
    const results = await drillAll(run({ mechanisms: blind }));
    const failed = results.filter(({ outcome }) => outcome === 'failed');
    expect(new Set(failed.map(({ mechanism }) => mechanism))).toEqual(new Set([BLOCK]));
    expect(failed[0]?.text).toContain('the list is empty');
    expect(await isBlocked()).toBe(false);
    expect((await drills.all()).get(BLOCK)).toMatchObject({
      outcome: 'failed',
      text: expect.stringContaining('the list is empty'),
    });
  });

  test('prints the commands for a change that it cannot undo, and the next drill undoes it', async () => {
    const stuck = changed({ revert: () => Promise.reject(new Error('no permission')) });
    const results = await drillAll(onlyBlock({ mechanisms: stuck }));
    expect(results[0]).toMatchObject({
      outcome: 'failed',
      text: expect.stringContaining('no permission'),
    });
    expect(results[0]?.leftBehind.join('\n')).toContain('aws wafv2 update-ip-set');
    expect(await isBlocked()).toBe(true);
    const said: string[] = [];
    expect(await cleanUp(run(), (line) => said.push(line))).toEqual([]);
    expect(said[0]).toContain(`undid an earlier drill: ${BLOCK}`);
    expect(await isBlocked()).toBe(false);
    expect(await drills.unfinished()).toEqual([]);
  });

  test('keeps an unfinished drill on record while its change cannot be undone', async () => {
    const stuck = changed({ revert: () => Promise.reject(new Error('no permission')) });
    await drillAll(onlyBlock({ mechanisms: stuck }));
    const left = await cleanUp(run({ mechanisms: stuck }), () => {});
    expect(left[0]).toContain('no permission');
    expect(await drills.unfinished()).toHaveLength(2);
  });

  test('fails when the reversal leaves a part of the change', async () => {
    const sticky = changed({
      verifyReverted: async () => ({ holds: false, found: 'still listed' }),
    });
    const [result] = await drillAll(onlyBlock({ mechanisms: sticky }));
    expect(result).toMatchObject({
      outcome: 'failed',
      text: expect.stringContaining('still listed'),
    });
  });

  test('does not touch an effect that existed before the drill', async () => {
    const stuck = changed({ revert: () => Promise.reject(new Error('no permission')) });
    await drillAll(onlyBlock({ mechanisms: stuck }));
    const [result] = await drillAll(onlyBlock());
    expect(result).toMatchObject({
      outcome: 'failed',
      text: expect.stringContaining('already had this effect'),
    });
    expect(await isBlocked()).toBe(true);
  });

  test('passes after it retries a throttled call', async () => {
    let calls = 0;
    const { driver } = mechanisms.get(BLOCK)!;
    const busy = changed({
      apply: async (subject, before) => {
        if (++calls === 1) throw new Throttled('slow down');
        await driver.apply(subject, before);
      },
    });
    expect(outcomes(await drillAll(onlyBlock({ mechanisms: busy })))).toEqual([
      [first, 'passed'],
      [second, 'passed'],
    ]);
  });

  test('fails a mechanism for which policy names no canary', async () => {
    const policy = { ...POLICY, canaries: [] };
    expect((await drillAll(onlyBlock({ policy })))[0]?.text).toContain('no canary');
    expect((await drills.all()).get(BLOCK)?.outcome).toBe('failed');
  });

  test('skips a service that the account does not use', async () => {
    const results = await drillAll(run({ policy: { ...POLICY, integrations: {} } }));
    expect(results.filter(({ mechanism }) => mechanism.startsWith('mail.'))).toEqual([]);
  });
});

describe('Ctrl-C', () => {
  const undo = ['revert', 'verify the undo'];
  test.each([
    ['capture', ['capture', ...undo]],
    ['apply', ['capture', 'apply', ...undo]],
    ['verify', ['capture', 'apply', 'verify', ...undo]],
    ['revert', ['capture', 'apply', 'verify', ...undo]],
  ])(
    'Ctrl-C during %s reverts the change, starts no other drill and records no result',
    async (during, expected) => {
      const steps: string[] = [];
      const step = (name: string) => {
        steps.push(name);
        if (name === during) stopping.abort();
      };
      expect(outcomes(await drillAll(onlyBlock({ report: { ...run().report, step } })))).toEqual([
        [first, 'interrupted'],
        [second, 'not drilled'],
      ]);
      expect(steps).toEqual(expected);
      expect(await isBlocked()).toBe(false);
      expect(await drills.unfinished()).toEqual([]);
      expect(await drills.all()).toEqual(new Map());
    },
  );
});

describe('a killed drill', () => {
  const never = () => new Promise<never>(() => {});
  const { driver: real } = standInMechanisms(POLICY).get(BLOCK)!;
  const steps = [
    'apply',
    'verify',
    'revert',
    'verifyReverted',
  ] as const satisfies (keyof typeof real)[];

  test.each(
    steps.flatMap((step) => (['before', 'after'] as const).map((when) => [when, step] as const)),
  )(
    'a drill that is killed %s %s is undone by the next drill, which then passes',
    async (when, step) => {
      let reached = () => {};
      const killed = new Promise<void>((resolve) => {
        reached = resolve;
      });
      const { driver } = mechanisms.get(BLOCK)!;
      const dying = changed({
        [step]: async (subject: never, before: never) => {
          if (when === 'after') await driver[step](subject, before);
          reached();
          return never();
        },
      });
      void drillAll(onlyBlock({ mechanisms: dying }));
      await killed;
      expect(await drills.unfinished()).toHaveLength(1);
      expect(await cleanUp(run(), () => {})).toEqual([]);
      expect(await isBlocked()).toBe(false);
      expect(outcomes(await drillAll(onlyBlock()))).toEqual([
        [first, 'passed'],
        [second, 'passed'],
      ]);
    },
  );
});
