// Kill switch: the strictest entry that no signed resumption has ended.
import type { Signer, Verifier } from '../authority/claims.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { SwitchMode } from '../domain/kill-switch.ts';
import type { Limits } from '../policy/schemas/limits.ts';
import type { Breaker, BreakerEvent, createBreaker } from './breaker.ts';
import { seriesPartition, singleKey } from './layout.ts';
import {
  type Resumption,
  type Resumptions,
  readResumptions,
  signResumption,
} from './resumptions.ts';
import {
  fault,
  type HaltMode,
  haltEntry,
  haltKey,
  type Said,
  type SwitchEntry,
  settingEntry,
  tripEntry,
  tripId,
} from './switch-entries.ts';
import { ABSENT, type Table } from './table.ts';

export type SwitchState = Readonly<
  Said & {
    mode: SwitchMode;
    /** The entries that are not ended, strictest first, then newest first. */
    entries: readonly SwitchEntry[];
  }
>;

const DEFAULT: Said = { by: 'default', at: '', why: '' };

/** The decision of a person who read the list of entries. */
export type ToResume = Omit<Resumption, 'ends'> & {
  /** IDs of the entries in the list. A halt added since then stays in force. */
  seen: readonly string[];
};

export function createKillSwitch(
  table: Table,
  breaker: ReturnType<typeof createBreaker>,
  verifier: Verifier,
) {
  const resumptionsOf = async (account: string): Promise<Resumptions> =>
    readResumptions(verifier, await table.query(seriesPartition('resumption', account)));

  const breakerOf = (account: string): Promise<Breaker | null | 'unreadable'> =>
    breaker.find(account).catch((error: unknown) => {
      if (error instanceof InvalidInput) return 'unreadable';
      throw error;
    });

  const read = async (account: string): Promise<SwitchState> => {
    const [resumptions, setting, halts, broken] = await Promise.all([
      resumptionsOf(account),
      table.get(singleKey('switch', account)),
      table.query(seriesPartition('halt', account)),
      breakerOf(account),
    ]);
    const trip = broken === 'unreadable' ? null : broken?.tripped;
    const all = [
      ...(setting ? [settingEntry(setting)] : []),
      ...halts.map(haltEntry),
      ...resumptions.entries,
      ...(trip ? [tripEntry(trip)] : []),
      ...(broken === 'unreadable' ? [fault("the stored breaker can't be read")] : []),
    ];
    const entries = all
      .filter(({ id }) => id === null || !resumptions.ended.has(id))
      .sort((a, b) => rank(b) - rank(a) || (a.at < b.at ? 1 : -1));
    const [first] = entries;
    const { by, at, why } = first ?? resumptions.latest ?? DEFAULT;
    return { mode: first?.mode ?? 'run', by, at, why, entries };
  };

  return {
    /** The current mode and its entries: `run` without entries, and `halt` if an entry can't be read or verified. */
    read,

    /** Adds an entry without reading. A person's second press in the same millisecond is the same entry. */
    halt: (account: string, { mode, ...said }: Said & { mode: HaltMode }): Promise<void> =>
      table.put({ ...haltKey(account, mode, said.at, said.by), ...said }),

    /**
     * Stores a signed resumption that ends the entries in `seen`. Returns false, and stores nothing, if all of them had
     * ended.
     */
    resume: async (
      account: string,
      signer: Signer,
      id: string,
      { seen, ...decided }: ToResume,
    ): Promise<boolean> => {
      const { ended, superseded } = await resumptionsOf(account);
      if (seen.every((one) => ended.has(one))) return false;
      const ends = [...new Set([...ended, ...superseded, ...seen])].sort();
      const item = await signResumption(signer, account, id, { ...decided, ends });
      await table.put(item, ABSENT);
      return true;
    },

    /**
     * Counts an event towards the breaker. Does nothing if the breaker is unreadable, because that already means
     * `halt`. If the resumptions can't be read, all events in the window count.
     */
    note: async (
      account: string,
      what: { mishap: BreakerEvent; actionId: string },
      bounds: Limits['breaker'],
      now: Date,
    ): Promise<void> => {
      const { latest, ended } = await resumptionsOf(account).catch(() => NO_RESUMPTIONS);
      const since = latest && latest.at <= now.toISOString() ? latest.at : '';
      const isReset = ({ at }: { at: string }) => ended.has(tripId(at));
      await breaker.note(account, what, { bounds, since, isReset, now }).catch((error: unknown) => {
        if (!(error instanceof InvalidInput)) throw error;
      });
    },
  };
}

const rank = ({ mode }: SwitchEntry): number => (mode === 'halt' ? 2 : 1);

const NO_RESUMPTIONS = { latest: null, ended: new Set<string>() };
