// The kill switch of an account: what a person set, or what the breaker came to, whichever is stricter. Absent means
// `run`; unreadable means `halt`.
import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { SwitchMode } from '../domain/kill-switch.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import type { createBreaker, Mishap } from './breaker.ts';
import type { Table } from './table.ts';

const Stored = z.object({
  mode: SwitchMode,
  by: z.string(),
  at: z.iso.datetime(),
  why: z.string(),
});
export type SwitchState = Omit<z.infer<typeof Stored>, 'at'> & { at: string };

const NEVER_MOVED: SwitchState = { mode: 'run', by: 'default', at: '', why: '' };
const unreadable = (why: string): SwitchState => ({ mode: 'halt', by: 'countermand', at: '', why });

export function createKillSwitch(table: Table, breaker: ReturnType<typeof createBreaker>) {
  const key = (account: string) => ({ pk: `SWITCH#${account}`, sk: 'SWITCH' });

  async function setByPeople(account: string): Promise<SwitchState> {
    const item = await table.get(key(account));
    if (!item) return NEVER_MOVED;
    const parsed = Stored.safeParse(item);
    return parsed.success ? parsed.data : unreadable('the stored switch cannot be read');
  }

  return {
    /** As of now. A person's move that lies in the future, a slip of the pen, puts no breaker back. */
    async read(account: string, now: Date): Promise<SwitchState> {
      const [set, broken] = await Promise.all([
        setByPeople(account),
        breaker.find(account).catch((error: unknown) => {
          if (error instanceof InvalidInput) return 'unreadable' as const;
          throw error;
        }),
      ]);
      if (broken === 'unreadable') return unreadable('the stored breaker cannot be read');
      const trip = broken?.tripped;
      const stands = trip && trip.at > movedAt(set, now);
      return stands && set.mode === 'run'
        ? { mode: 'ask', by: 'breaker', at: trip.at, why: trip.why }
        : set;
    },
    /** Only for people: no function of the stack may write it. */
    set: (account: string, state: SwitchState) => table.put({ ...key(account), ...state }),
    /** Counts a mishap towards the breaker. One that cannot be read counts no more: it stands at halt already. */
    note: async (
      account: string,
      what: { mishap: Mishap; actionId: string },
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
