// Copies each change of a record, and signs digests of the copies.
import { join } from 'node:path';
import { archive, type Change, logCopies } from '../functions/archive/archive.ts';
import type { ArchiveDeps } from '../functions/archive/deps.ts';
import { signDigest } from '../functions/digest/digest.ts';
import { errorFields } from '../functions/platform/log.ts';
import { DIGESTS, timeIn } from '../functions/store/copy-log.ts';
import { copiesInFolder, copiesInMemory, type Writable } from './archive-copies.ts';
import { digestSignerIn } from './digest-key.ts';

type Deps = Pick<ArchiveDeps, 'keys' | 'log' | 'now'> & {
  /** Without it, copies stay in memory and no digest is signed. */
  folder: string | undefined;
  /** Where copies go, instead of the folder or memory. */
  copies?: Writable | undefined;
};

export async function createArchiver({ folder, copies, keys, log, now }: Deps) {
  const files = copies ?? (folder ? copiesInFolder(join(folder, 'archive')) : copiesInMemory());
  const sign = folder === undefined ? null : digestSignerIn(folder);
  const last = (await files.keys(DIGESTS)).at(-1);
  let latest = last === undefined ? 0 : Date.parse(timeIn(last));
  /** Rises with each call, so that each log file belongs to one digest even if the clock stands still. */
  const rising = () => {
    latest = Math.max(latest + 1, now().getTime());
    return new Date(latest);
  };
  let isSigned = false;
  return {
    files,
    /** As in AWS, a failed copy doesn't block the write. `npm run audit` finds it. */
    async copy(change: Change): Promise<void> {
      isSigned = false;
      try {
        const copied = await archive({ put: files.put, keys, log }, change);
        await logCopies({ put: files.put, now: rising }, [copied]);
      } catch (error) {
        log('error', 'record not copied', { pk: change.pk, sk: change.sk, ...errorFields(error) });
      }
    },
    async digest(): Promise<void> {
      if (!sign || isSigned) return;
      isSigned = true;
      await signDigest({ ...files, sign }, rising());
    },
  };
}
