// The kill switch: only a signed resumption of what was seen ends a halt.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKillSwitch } from '../../functions/store/switch.ts';
import { createMac } from '../../local/mac.ts';
import { KEYS } from '../fixtures/proofs.ts';
import { resume } from '../fixtures/switch.ts';
import { memoryTable, storeOn } from './memory-table.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 30, 2, minutes));
const by = 'person:ana.silva';
const said = (minutes: number) => ({ by, at: at(minutes).toISOString(), why: 'attack on us' });
const idsOf = async ({ killSwitch }: ReturnType<typeof fresh>) =>
  (await killSwitch.read('1')).entries.flatMap(({ id }) => id ?? []);
const fresh = () => storeOn(memoryTable());
const SETTING = { pk: 'SWITCH#1', sk: 'SWITCH' };

describe('a halt', () => {
  test('the kill switch is set to run until a person halts', async () => {
    const store = fresh();
    expect(await store.killSwitch.read('1')).toMatchObject({ mode: 'run', entries: [] });
    await store.killSwitch.halt('1', { mode: 'ask', ...said(1) });
    expect(await store.killSwitch.read('1')).toMatchObject({ mode: 'ask', ...said(1) });
    await store.killSwitch.halt('1', { mode: 'halt', ...said(0) });
    await store.killSwitch.halt('1', { mode: 'ask', ...said(2) });
    expect((await store.killSwitch.read('1')).mode).toBe('halt');
    expect((await store.killSwitch.read('2')).mode, 'another account').toBe('run');
  });

  test.each([
    ['without content', {}],
    ['whose content is overwritten with a run', { mode: 'run', ...said(1) }],
  ])('still halts as an item %s', async (_, content) => {
    const store = fresh();
    await store.killSwitch.halt('1', { mode: 'halt', ...said(1) });
    const [item] = await store.table.query('HALT#1');
    await store.table.put({ pk: 'HALT#1', sk: item!.sk, ...content });
    expect((await store.killSwitch.read('1')).mode).toBe('halt');
  });

  test.each(['halt#now', 'anything', 'run#now#me', 'ask#now'])(
    'counts as halt under the hand-typed key %s without content',
    async (sk) => {
      const store = fresh();
      await store.table.put({ pk: 'HALT#1', sk });
      expect(await store.killSwitch.read('1')).toMatchObject({
        mode: 'halt',
        why: "a stored halt can't be read",
      });
    },
  );
});

describe('the setting of an earlier version', () => {
  test.each([{ mode: 'off' }, { mode: 'HALT', by, at: 'now', why: '' }, {}])(
    'counts as halt if it cannot be read (%j)',
    async (written) => {
      const store = fresh();
      await store.table.put({ ...SETTING, ...written });
      expect(await store.killSwitch.read('1')).toMatchObject({
        mode: 'halt',
        why: expect.stringContaining("can't be read"),
      });
    },
  );

  test('keeps its halt or ask, and a resumption ends exactly this content', async () => {
    const store = fresh();
    await store.table.put({ ...SETTING, mode: 'ask', ...said(1) });
    expect(await store.killSwitch.read('1')).toMatchObject({ mode: 'ask', ...said(1) });
    await resume(store, '1', at(2));
    expect((await store.killSwitch.read('1')).mode).toBe('run');
    await store.table.put({ ...SETTING, mode: 'ask', ...said(3) });
    expect((await store.killSwitch.read('1')).mode).toBe('ask');
  });

  test('counts an unsigned run as halt until a resumption names it', async () => {
    const store = fresh();
    await store.table.put({ ...SETTING, mode: 'run', ...said(1) });
    expect(await store.killSwitch.read('1')).toMatchObject({
      mode: 'halt',
      why: 'the kill switch was set to run without a signature',
    });
    await resume(store, '1', at(2));
    expect((await store.killSwitch.read('1')).mode).toBe('run');
  });
});

describe('a resumption', () => {
  const halted = async () => {
    const store = fresh();
    await store.killSwitch.halt('1', { mode: 'halt', ...said(1) });
    return store;
  };

  test('does not end a halt that was added after the page was shown', async () => {
    const store = await halted();
    const seen = await idsOf(store);
    await store.killSwitch.halt('1', { mode: 'halt', ...said(2) });
    await resume(store, '1', at(3), { seen });
    expect(await store.killSwitch.read('1')).toMatchObject({ mode: 'halt', ...said(2) });
    await resume(store, '1', at(4));
    expect(await store.killSwitch.read('1')).toMatchObject({
      mode: 'run',
      by: 'person:mei.tanaka',
      why: 'looked into it',
    });
  });

  test('to ask lets no action run without approval until the next resumption', async () => {
    const store = await halted();
    await resume(store, '1', at(3), { mode: 'ask' });
    expect((await store.killSwitch.read('1')).mode).toBe('ask');
    await resume(store, '1', at(4));
    expect((await store.killSwitch.read('1')).mode).toBe('run');
  });

  test('stores nothing the second time', async () => {
    const store = await halted();
    const seen = await idsOf(store);
    expect(await resume(store, '1', at(3), { seen })).toBe(true);
    expect(await resume(store, '1', at(4), { seen, mode: 'ask' })).toBe(false);
    expect(await store.table.query('RESUME#1')).toHaveLength(1);
  });

  test('ends nothing if it is signed by another key, altered, or stored under another item key', async () => {
    const store = await halted();
    await resume(store, '1', at(3));
    const [item] = await store.table.query('RESUME#1');
    await store.killSwitch.halt('1', { mode: 'halt', ...said(4) });
    const [later] = await idsOf(store);
    for (const forged of [
      { ...item!, ends: [later] },
      { ...item!, ends: [...(item!.ends as string[]), later] },
      { ...item!, sk: `${item!.sk}x` },
      { ...item!, mode: 'ask' },
      { ...item!, proof: 'x.y' },
      { pk: 'RESUME#1', sk: '9' },
    ]) {
      const other = storeOn(memoryTable());
      await other.killSwitch.halt('1', { mode: 'ask', ...said(4) });
      await other.table.put(forged);
      const { mode, entries } = await other.killSwitch.read('1');
      expect(mode, JSON.stringify(forged)).toBe('halt');
      expect(entries.map(({ why }) => why)).toContain("a stored resumption can't be verified");
    }
    const foreign = createKillSwitch(store.table, store.breaker, createMac(new Uint8Array(32)));
    expect((await foreign.read('1')).mode).toBe('halt');
  });

  test('counts as a halt after two key rotations, until a later resumption names it', async () => {
    const store = await halted();
    await resume(store, '1', at(3));
    const rotated = createMac(new Uint8Array(32).fill(99));
    const killSwitch = createKillSwitch(store.table, store.breaker, rotated);
    const { mode, entries } = await killSwitch.read('1');
    expect([mode, entries.length]).toEqual(['halt', 2]);
    const seen = entries.flatMap(({ id }) => id ?? []);
    const decided = { ...said(5), authTime: null, mode: 'run', seen } as const;
    await killSwitch.resume('1', rotated, 'r', decided);
    expect((await killSwitch.read('1')).mode).toBe('run');
  });

  test('is verified once per read, however many came before', async () => {
    const store = fresh();
    for (const minute of [1, 3, 5, 7]) {
      await store.killSwitch.halt('1', { mode: 'halt', ...said(minute) });
      await resume(store, '1', at(minute + 1));
    }
    let verified = 0;
    const { verify } = KEYS.resumptions;
    const counting = {
      verify: (...args: Parameters<typeof verify>) => {
        verified++;
        return verify(...args);
      },
    };
    const { mode } = await createKillSwitch(store.table, store.breaker, counting).read('1');
    expect([mode, verified]).toEqual(['run', 1]);
  });
});

type Model = {
  store: ReturnType<typeof fresh>;
  /** The entries that halt, by the ID that the page shows. */
  open: Map<string, string>;
  minute: number;
};
type Step = (model: Model) => Promise<void>;

/** Adds the entries of a step, with the modes that they must count as. */
async function added({ store, open }: Model, mode: string): Promise<void> {
  for (const id of await idsOf(store)) if (!open.has(id)) open.set(id, mode);
}
const halting =
  (mode: 'ask' | 'halt'): Step =>
  async (model) => {
    await model.store.killSwitch.halt('1', { mode, ...said(model.minute) });
    await added(model, mode);
  };
const setting =
  (mode: string): Step =>
  async (model) => {
    const { store, open, minute } = model;
    for (const id of open.keys()) if (id.startsWith('SWITCH')) open.delete(id);
    await store.table.put({ ...SETTING, mode, ...said(minute) });
    await added(model, mode === 'ask' ? 'ask' : 'halt');
  };
/** A person sees some of the entries, and resumes. */
const resuming =
  (mode: 'run' | 'ask', bits: number): Step =>
  async (model) => {
    const { store, open, minute } = model;
    const seen = [...open.keys()].filter((_, i) => (bits >> i) % 2 === 1);
    expect(await resume(store, '1', at(minute), { mode, seen })).toBe(seen.length > 0);
    for (const id of seen) open.delete(id);
    if (seen.length > 0) await added(model, mode);
  };
/** The newest resumption under a later key, as it is or with another content; or an item without any proof. */
const forging =
  (how: 'planted' | 'replayed' | 'altered'): Step =>
  async (model) => {
    const { store, open, minute } = model;
    const [last] = await store.table.query('RESUME#1', { newestFirst: true, limit: 1 });
    const sk = `${at(minute).toISOString()}#f`;
    const genuine = how === 'planted' ? {} : last;
    const ends = how === 'altered' ? { ends: [...open.keys()] } : {};
    await store.table.put({ ...genuine, ...ends, pk: 'RESUME#1', sk });
    await added(model, 'halt');
  };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom('ask' as const, 'halt' as const).map(halting),
  fc.constantFrom('ask', 'halt', 'run', 'off').map(setting),
  fc
    .tuple(fc.constantFrom('run' as const, 'ask' as const), fc.nat())
    .map(([mode, bits]) => resuming(mode, bits)),
  fc.constantFrom('planted' as const, 'replayed' as const, 'altered' as const).map(forging),
);

test('P9: no sequence of halts, resumptions and forged entries loosens the mode without a signature over the listed entries', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const store = fresh();
      const open = new Map<string, string>();
      for (const [minute, take] of steps.entries()) {
        await take({ store, open, minute });
        const modes = [...open.values()];
        const expected = modes.includes('halt') ? 'halt' : modes.includes('ask') ? 'ask' : 'run';
        expect((await store.killSwitch.read('1')).mode).toBe(expected);
      }
    }),
    { numRuns: 150 },
  );
});
