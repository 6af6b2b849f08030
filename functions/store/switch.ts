// The kill switch of an account. Absent means `run`; unreadable means `halt`.
import { z } from 'zod';
import { SwitchMode } from '../domain/policy.ts';
import type { Table } from './table.ts';

const Stored = z.object({ mode: SwitchMode, by: z.string(), at: z.string(), why: z.string() });
export type SwitchState = z.infer<typeof Stored>;

export function createKillSwitch(table: Table) {
  const key = (account: string) => ({ pk: `SWITCH#${account}`, sk: 'SWITCH' });
  return {
    async read(account: string): Promise<SwitchState> {
      const item = await table.get(key(account));
      if (!item) return { mode: 'run', by: 'default', at: '', why: '' };
      const parsed = Stored.safeParse(item);
      return parsed.success
        ? parsed.data
        : { mode: 'halt', by: 'countermand', at: '', why: 'the stored switch cannot be read' };
    },
    set: (account: string, state: SwitchState) => table.put({ ...key(account), ...state }),
  };
}
