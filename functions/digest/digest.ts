// Signs a digest of the copies that were logged since the previous one.
import canonicalize from 'canonicalize';
import {
  COPIES,
  CopyLog,
  DIGESTS,
  type Digest,
  digestKey,
  LOG,
  type Logged,
  sha256,
  timeIn,
} from '../store/copy-log.ts';
import type { DigestDeps } from './deps.ts';

const HOUR_MS = 3_600_000;
/** `archive` writes a log file within a minute after it took the time, because it runs no longer. */
const LATE_MS = 5 * 60_000;
/** Log files that are read at once. */
const READS = 20;

/** The last full hour whose log is complete. */
export const lastHour = (now: Date): Date =>
  new Date(Math.floor((now.getTime() - LATE_MS) / HOUR_MS) * HOUR_MS);

/**
 * Signs a list of the copies that were logged before `until`, with the hash of the previous digest. Without any copy,
 * the list is empty: a missing digest shows. The first digest also names the copies of earlier versions. Writes nothing
 * if an earlier digest reaches as far.
 */
export async function signDigest(deps: DigestDeps, until: Date): Promise<void> {
  const { keys, text, put, sign } = deps;
  const last = (await keys(DIGESTS)).at(-1);
  const from = last === undefined ? '' : timeIn(last);
  const end = until.toISOString();
  if (from >= end) return;
  // Lists the copies first: each has its log a moment after it was written.
  const all = last === undefined ? await keys(COPIES) : null;
  const logged = await keys(LOG);
  const logs = logged.filter((key) => timeIn(key) >= from && timeIn(key) < end);
  const [first] = logs;
  const digest: Digest = {
    from: from || (first === undefined ? end : timeIn(first)),
    until: end,
    previous: last === undefined ? null : { key: last, sha256: sha256(await text(last)) },
    copies: await copiesIn(logs, text),
    ...(all && { existing: unlogged(all, await copiesIn(logged, text)) }),
  };
  const line = `${canonicalize(digest)}\n`;
  const signature = await sign(Buffer.from(line));
  await put(digestKey(end), `${line}${Buffer.from(signature).toString('base64')}\n`);
}

function unlogged(keys: readonly string[], copies: readonly Logged[]): string[] {
  const known = new Set(copies.map(({ key }) => key));
  return keys.filter((key) => !known.has(key));
}

async function copiesIn(logs: readonly string[], text: DigestDeps['text']): Promise<Logged[]> {
  const found = new Map<string, Logged>();
  for (let i = 0; i < logs.length; i += READS) {
    const files = await Promise.all(logs.slice(i, i + READS).map(text));
    for (const copy of files.flatMap((file) => CopyLog.parse(JSON.parse(file)).copies))
      found.set(`${copy.key} ${copy.sha256}`, copy);
  }
  return [...found.values()];
}
