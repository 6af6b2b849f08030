// One-time schedules: fired when due, once, kept while their target fails, and never mixed up with their successors.
import { describe, expect, test, vi } from 'vitest';
import type { Scheduled } from '../../functions/platform/schedules.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import { createScheduler } from '../../local/engine/scheduler.ts';

type Fire = Parameters<typeof createScheduler>[1];
type File = Parameters<typeof createScheduler>[0];

const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 3, minute));
const reminder = (name: string, minute: number): Scheduled => ({
  name,
  at: at(minute),
  target: { kind: 'remind', input: { incidentId: 'inc-1', actionId: name } },
});

function setUp(fire: Fire = async () => {}) {
  const file: File = inMemory([]);
  const fired = vi.fn(fire);
  const scheduler = createScheduler(file, fired);
  const names = () => fired.mock.calls.map(([, name]) => name);
  const kept = () => file.read().map(({ name }) => name);
  return { scheduler, file, fired, names, kept };
}

describe('a schedule', () => {
  test('fires at the first tick at or after its time, once, and is gone', async () => {
    const { scheduler, names, kept } = setUp();
    await scheduler.put(reminder('one', 10));
    await scheduler.tick(new Date(at(10).getTime() - 1));
    expect(names()).toEqual([]);
    await scheduler.tick(at(10));
    await scheduler.tick(at(11));
    expect(names()).toEqual(['one']);
    expect(kept()).toEqual([]);
  });

  test('that became due while nothing ran fires at the first tick after a restart', async () => {
    const { scheduler, file } = setUp();
    await scheduler.put(reminder('one', 10));
    const fired = vi.fn<Fire>(async () => {});
    await createScheduler(file, fired).tick(at(59));
    expect(fired).toHaveBeenCalledOnce();
  });

  test('put again replaces the first, time and all; removed it never fires', async () => {
    const { scheduler, names } = setUp();
    await scheduler.put(reminder('one', 10));
    await scheduler.put(reminder('one', 20));
    await scheduler.put(reminder('two', 10));
    await scheduler.remove('two');
    await scheduler.remove('never-there');
    await scheduler.tick(at(10));
    expect(names()).toEqual([]);
    await scheduler.tick(at(20));
    expect(names()).toEqual(['one']);
  });

  test('whose target fails is tried again, and does not hold up the others', async () => {
    const failures = [new Error('down'), new Error('down')];
    const { scheduler, names, kept } = setUp(async (_, name) => {
      const failure = name === 'one' ? failures.pop() : undefined;
      if (failure) throw failure;
    });
    await scheduler.put(reminder('one', 10));
    await scheduler.put(reminder('two', 10));
    await scheduler.tick(at(10));
    expect(kept()).toEqual(['one']);
    await scheduler.tick(at(11));
    await scheduler.tick(at(12));
    await scheduler.tick(at(13));
    expect(names()).toEqual(['one', 'two', 'one', 'one']);
    expect(kept()).toEqual([]);
  });

  test('that failed twenty times is given up with its error, after the others of that tick have fired', async () => {
    const { scheduler, fired, kept, names } = setUp(async (_, name) => {
      if (name === 'bad') throw new Error('no such target');
    });
    await scheduler.put(reminder('bad', 10));
    for (let tick = 1; tick < 20; tick++) await scheduler.tick(at(10));
    await scheduler.put(reminder('good', 10));
    await expect(scheduler.tick(at(10))).rejects.toMatchObject({
      errors: [expect.objectContaining({ message: 'no such target' })],
    });
    expect(names().at(-1)).toBe('good');
    expect(fired).toHaveBeenCalledTimes(21);
    expect(kept()).toEqual([]);
  });

  test('that is put for later while it fires is kept for later, also when its target fails', async () => {
    for (const failure of [undefined, new Error('down')]) {
      const { scheduler, file } = setUp(async () => {
        await scheduler.put(reminder('one', 40));
        if (failure) throw failure;
      });
      await scheduler.put(reminder('one', 10));
      await scheduler.tick(at(10));
      expect(file.read()).toMatchObject([{ name: 'one', at: at(40).toISOString(), attempts: 0 }]);
    }
  });

  test('that is removed while it fires does not come back when its target fails', async () => {
    const { scheduler, kept } = setUp(async (_, name) => {
      await scheduler.remove(name);
      throw new Error('down');
    });
    await scheduler.put(reminder('one', 10));
    await scheduler.tick(at(10));
    expect(kept()).toEqual([]);
  });

  test('whose target takes longer than the pause between two ticks is not fired by the second', async () => {
    const slow = Promise.withResolvers<void>();
    const { scheduler, names } = setUp(() => slow.promise);
    await scheduler.put(reminder('one', 10));
    await scheduler.put(reminder('two', 10));
    const ticks = [scheduler.tick(at(10)), scheduler.tick(at(10))];
    slow.resolve();
    await Promise.all(ticks);
    expect(names().toSorted()).toEqual(['one', 'two']);
  });
});
