// One-time schedules: due times, failing targets, and replacement while firing.
import { describe, expect, test, vi } from 'vitest';
import type { Scheduled } from '../../functions/platform/schedules.ts';
import { rowsOf } from '../../local/aws/rows.ts';
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
  const file: File = rowsOf();
  const fired = vi.fn(fire);
  const scheduler = createScheduler(file, fired);
  const names = () => fired.mock.calls.map(([, name]) => name);
  const kept = () => file.all().map(({ name }) => name);
  return { scheduler, file, fired, names, kept };
}

describe('a schedule', () => {
  test('a schedule fires once, at the first tick at or after its time', async () => {
    const { scheduler, names, kept } = setUp();
    await scheduler.put(reminder('one', 10));
    await scheduler.tick(new Date(at(10).getTime() - 1));
    expect(names()).toEqual([]);
    await scheduler.tick(at(10));
    await scheduler.tick(at(11));
    expect(names()).toEqual(['one']);
    expect(kept()).toEqual([]);
  });

  test('a schedule that became due while the process was down fires after the restart', async () => {
    const { scheduler, file } = setUp();
    await scheduler.put(reminder('one', 10));
    const fired = vi.fn<Fire>(async () => {});
    await createScheduler(file, fired).tick(at(59));
    expect(fired).toHaveBeenCalledOnce();
  });

  test('a schedule that is put again has the new time, and a removed one never fires', async () => {
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

  test('a schedule whose target fails fires again at the next tick, and others still fire', async () => {
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

  test('the tick rejects with the error of a schedule after its twentieth failure', async () => {
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

  test('a schedule that is put again while it fires remains for its new time', async () => {
    for (const failure of [undefined, new Error('down')]) {
      const { scheduler, file } = setUp(async () => {
        await scheduler.put(reminder('one', 40));
        if (failure) throw failure;
      });
      await scheduler.put(reminder('one', 10));
      await scheduler.tick(at(10));
      expect(file.all()).toMatchObject([{ name: 'one', at: at(40).toISOString(), attempts: 0 }]);
    }
  });

  test('a schedule that is removed while it fires is not retried', async () => {
    const { scheduler, kept } = setUp(async (_, name) => {
      await scheduler.remove(name);
      throw new Error('down');
    });
    await scheduler.put(reminder('one', 10));
    await scheduler.tick(at(10));
    expect(kept()).toEqual([]);
  });

  test('a schedule that is still firing does not fire again at the next tick', async () => {
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
