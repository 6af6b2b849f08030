// The table of a folder for commands, with the archive of npm start.

import type { ProofKeys } from '../functions/authority/keys.ts';
import type { Log } from '../functions/platform/log.ts';
import { createArchiver } from './archiver.ts';
import { stateIn } from './aws/state-file.ts';
import { movableClock } from './engine/clock.ts';
import { changeOf } from './engine/stream.ts';
import { type LocalTable, openTable } from './engine/table.ts';
import { keysIn, proofMacs } from './mac.ts';

type Opened = {
  table: LocalTable;
  keys: ProofKeys;
  /** The time in the demo, which "Next hour" moves ahead. */
  now: () => Date;
  close: () => Promise<void>;
};

/** Copies each write to the archive, as npm start does. Closing signs a digest of the copies. */
export function openArchivedTable(folder: string, log: Log): Opened {
  const { now } = movableClock(stateIn(folder)('clock', 0));
  let archiver: ReturnType<typeof createArchiver> | undefined;
  const table = openTable(folder, {
    async onChange(written) {
      archiver ??= createArchiver({ folder, keys, log, now });
      await (await archiver).copy(changeOf(written, now()));
    },
  });
  const keys = proofMacs(keysIn(folder).proofKeys);
  const close = async () => {
    await (await archiver)?.digest();
    await table.close();
  };
  return { table, keys, now, close };
}
