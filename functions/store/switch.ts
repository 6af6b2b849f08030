// Kill switch: the stricter of a person's setting and the breaker.
import * as z from 'zod/mini';
import { InvalidInput } from '../domain/errors.ts';
import { SwitchMode } from '../domain/kill-switch.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import type { BreakerEvent, createBreaker } from './breaker.ts';
import { singleKey } from './layout.ts';
import type { Table } from './table.ts';

const Stored = z.object({
  mode: SwitchMode,
  by: z.string(),
  at: z.iso.datetime(),
  why: z.string(),
});
export type SwitchState = Omit<z.infer<typeof Stored>, 'at'> & { at: string };

const DEFAULT: SwitchState = { mode: 'run', by: 'default', at: '', why: '' };
const unreadable = (why: string): SwitchState => ({ mode: 'halt', by: 'countermand', at: '', why });

export function createKillSwitch(table: Table, breaker: ReturnType<typeof createBreaker>) {
  const key = (account: string) => singleKey('switch', account);

  async function setByPeople(account: string): Promise<SwitchState> {
    const item = await table.get(key(account));
    if (!item) return DEFAULT;
    const parsed = Stored.safeParse(item);
    return parsed.success ? parsed.data : unreadable("the stored kill switch can't be read");
  }

  return {
    /**
     * The mode at `now`: `run` if never set, `halt` if unreadable. A setting with a time in the future doesn't reset
     * the breaker.
     */
    async read(account: string, now: Date): Promise<SwitchState> {
      const [set, broken] = await Promise.all([
        setByPeople(account),
        breaker.find(account).catch((error: unknown) => {
          if (error instanceof InvalidInput) return 'unreadable' as const;
          throw error;
        }),
      ]);
      if (broken === 'unreadable') return unreadable("the stored breaker can't be read");
      const trip = broken?.tripped;
      const isTripped = trip && trip.at > movedAt(set, now);
      return isTripped && set.mode === 'run'
        ? { mode: 'ask', by: 'breaker', at: trip.at, why: trip.why }
        : set;
    },
    /** Only for people: no function of the stack may write it. */
    set: (account: string, state: SwitchState) => table.put({ ...key(account), ...state }),
    /**
     * Counts an event towards the breaker. Does nothing if the breaker is unreadable, because that already means
     * `halt`.
     */
    note: async (
      account: string,
      what: { mishap: BreakerEvent; actionId: string },
      bounds: Limits['breaker'],
      now: Date,
    ): Promise<void> => {
      const since = movedAt(await setByPeople(account), now);
      await breaker.note(account, what, { bounds, since, now }).catch((error: unknown) => {
        if (!(error instanceof InvalidInput)) throw error;
      });
    },
  };
}

const movedAt = ({ at }: SwitchState, now: Date): string => (at <= now.toISOString() ? at : '');
